"""``db-abort``: take an upgrade back, as far as it has come."""

from __future__ import annotations

from falsework.cli.call import Call
from falsework.cli.frame import command
from falsework.cli.options import allow_downtime, lock_budget, lose, pace, wait, writing


@command("abort", example="db-abort --url env:DATABASE_URL --yes")
@lock_budget
@allow_downtime
@pace
@wait
@lose
@writing
def abort(
    call: Call,
    *,
    allow_downtime: tuple[str, ...],
    wait: float,
    lose: tuple[str, ...],
    yes: bool,
    dry_run: bool,
) -> int:
    """Take an upgrade back, while A runs on. Stop release B first.

    Plans the way back from the schema as it is, proves that A can work all the time, and counts
    the rows of B's that A's rules would not let be, before it writes anything. Possible until
    db-contract has begun its first step without return. Ended at any point, it goes on where it
    was when called again.
    """
    from falsework.cli.back import run_back
    from falsework.cli.phases import Wish

    wish = Wish(
        yes=yes,
        dry_run=dry_run,
        wait=wait,
        allow_downtime=frozenset(allow_downtime),
        lose=frozenset(lose),
    )
    return run_back(call, wish)
