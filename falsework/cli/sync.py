"""``db-sync``: all three phases in one go, for an empty database or a stopped application."""

from __future__ import annotations

import click

from falsework.cli.call import Call
from falsework.cli.frame import command
from falsework.cli.options import lose, pace, release, wait, writing


@command("sync", example="db-sync --url env:DATABASE_URL --models nova.db.models:metadata --yes")
@pace
@wait
@release
@click.option(
    "--offline", is_flag=True, help="The application is stopped: nobody has to be spared."
)
@lose
@writing
def sync(
    call: Call, *, wait: float, offline: bool, lose: tuple[str, ...], yes: bool, dry_run: bool
) -> int:
    """All three phases in one go, while no application runs.

    A database with tables in it needs --offline, the operator's word that no release runs.
    """
    from falsework.cli.offline import run_all
    from falsework.cli.phases import Wish

    return run_all(
        call, Wish(yes=yes, dry_run=dry_run, wait=wait, lose=frozenset(lose)), offline=offline
    )
