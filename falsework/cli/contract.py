"""``db-contract``: the last phase; what only release A needed goes, what B asks for is enforced."""

from __future__ import annotations

from falsework.cli.call import Call
from falsework.cli.frame import command
from falsework.cli.options import (
    allow_downtime,
    lock_budget,
    lose,
    pace,
    release,
    wait,
    writing,
)


@command("contract", example="db-contract --url env:DATABASE_URL --yes --lose hosts.rack")
@lock_budget
@allow_downtime
@pace
@wait
@release
@lose
@writing
def contract(
    call: Call,
    *,
    allow_downtime: tuple[str, ...],
    wait: float,
    lose: tuple[str, ...],
    yes: bool,
    dry_run: bool,
) -> int:
    """Last phase, when no A runs any more: enforce and drop.

    Enforces what release B asks for, drops what only release A needed.
    Takes the plan that db-expand stored, counts the rows that stand in the way first, and names
    what will be lost.
    """
    from falsework.cli.phases import Wish, run_phase
    from falsework.model.plan import Phase

    wish = Wish(
        yes=yes,
        dry_run=dry_run,
        wait=wait,
        allow_downtime=frozenset(allow_downtime),
        lose=frozenset(lose),
    )
    return run_phase(call, Phase.CONTRACT, wish)
