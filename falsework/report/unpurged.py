"""What soft-deleted rows cost, in words."""

from __future__ import annotations

from falsework.checks.unpurged import Dead
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
