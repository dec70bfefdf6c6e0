"""What soft-deleted rows cost, in words."""

from __future__ import annotations

from collections.abc import Sequence

from falsework.checks.unpurged import NO_POLICY, Dead, shares
from falsework.model.plan import Step
from falsework.model.purge import purged
from falsework.report.forecast import longest, times_of
from falsework.report.words import duration, forecast, number


def dead_text(dead: Dead, least: float, most: float) -> str:
    """What was counted, and what a purge saves of the steps left, in seconds."""
    share = f"{100 * dead.share:.0f} %"
    text = (
        f"{number(dead.due)} of {number(dead.rows)} rows ({share}) have been marked deleted for "
        f"more than {duration(dead.age)}"
    )
    if most < 0.05:
        return text
    return f"{text}; without them the upgrade takes {forecast(most, least)} less"


def purged_text(dead: Sequence[Dead], left: Sequence[Step]) -> str:
    """What the steps left take once these rows are gone."""
    going = [d for d in dead if d.due]
    if not going:
        return "no soft-deleted row may go" if dead else NO_POLICY
    rows = "; ".join(f"{number(d.due)} of {number(d.rows)} rows of {d.table}" for d in going)
    after = purged(left, shares(dead))
    return f"without {rows}: {times_of(after)}; others wait {longest(after)}"
