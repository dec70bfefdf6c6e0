"""``db-migrate``: the second phase; rows get the values that release B asks for."""

from __future__ import annotations

from falsework.cli.call import Call
from falsework.cli.frame import command
from falsework.cli.options import pace, wait, writing


@command("migrate", example="db-migrate --url env:DATABASE_URL --time-budget 2h --yes")
@pace
@wait
@writing
def migrate(call: Call, *, wait: float, yes: bool, dry_run: bool) -> int:
    """Second phase, while A and B run: fill rows, chunk by chunk.

    Takes the plan that db-expand stored. Exit code 1 when a budget ended it: call it again, it goes
    on where it was.
    """
    from falsework.cli.phases import Wish, run_phase
    from falsework.model.plan import Phase

    return run_phase(call, Phase.MIGRATE, Wish(yes=yes, dry_run=dry_run, wait=wait))
