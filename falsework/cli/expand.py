"""``db-expand``: the first phase; release A does not notice, and B may start after it."""

from __future__ import annotations

from pathlib import Path

import click

from falsework.cli.call import Call
from falsework.cli.frame import command
from falsework.cli.options import (
    FILE,
    accept,
    allow_downtime,
    lock_budget,
    pace,
    rates,
    release,
    wait,
    writing,
)


@command("expand", example="db-expand --url env:DATABASE_URL --plan plan.json --yes")
@lock_budget
@rates
@allow_downtime
@accept
@pace
@wait
@release
@click.option(
    "--plan",
    "file",
    type=FILE,
    metavar="FILE",
    help="Run this plan of db-plan --out, instead of making one.",
)
@click.option(
    "--supersede",
    is_flag=True,
    help="Plan anew from the schema as it is now, although another plan is under way.",
)
@writing
def expand(
    call: Call,
    *,
    allow_downtime: tuple[str, ...],
    accept: tuple[str, ...],
    wait: float,
    file: Path | None,
    supersede: bool,
    yes: bool,
    dry_run: bool,
) -> int:
    """First phase, while A runs: add what release B needs.

    Also loosens what stops B. Stores the plan in the database, for db-migrate and db-contract.
    Ended at any point, it goes on where it was when called again.
    """
    from falsework.cli.phases import Wish, run_phase
    from falsework.model.plan import Phase

    wish = Wish(
        yes=yes,
        dry_run=dry_run,
        wait=wait,
        file=file,
        supersede=supersede,
        allow_downtime=frozenset(allow_downtime),
        accept=frozenset(accept),
    )
    return run_phase(call, Phase.EXPAND, wish)
