"""What a plan takes: time per phase, who waits, room on disk, and by which rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from falsework.model.forecast import Origin
from falsework.model.plan import Phase, Step
from falsework.report.words import duration, forecast, size

NOTICED = 0.05  # seconds: below that nobody feels it
ROOM = 10_000_000  # bytes: every disk has that much left

Places = Sequence[tuple[int, Step]]
"""Steps that are left, with their places in the plan, counted from 1."""


def forecast_lines(left: Places, rates: str, budget: float | None) -> Iterator[tuple[str, str]]:
    """Labels and texts; ``rates`` as the plan has them, ``budget`` in seconds or not to be told."""
    steps = [s for _, s in left]
    yield "forecast", f"{times_of(steps)}; waiting for locks aside"
    if any(s.labour and (s.forecast is None or s.forecast >= NOTICED) for s in steps):
        yield "rates", rates or Origin.SHIPPED.text
    yield "others wait", _waits(left, budget)
    room, place = max(((s.disk or 0, n) for n, s in left), default=(0, 0))
    if room >= ROOM:
        yield "disk", f"{disk_words(room)}, in step {place}"


def times_of(steps: Sequence[Step]) -> str:
    """The time of each phase that has steps."""
    times = [(p, [s for s in steps if s.phase is p]) for p in Phase]
    return ", ".join(f"{p} {time_of(some)}" for p, some in times if some)


def time_of(steps: Sequence[Step]) -> str:
    """The time of all steps together; a lower bound where rows of some are not known."""
    most = sum(s.forecast or 0.0 for s in steps)
    least = sum(s.least or 0.0 for s in steps)
    if any(s.forecast is None for s in steps):
        return f"more than {duration(most)}" if most >= NOTICED else "time not known"
    return forecast(most, least)


def disk_words(room: int) -> str:
    """How much room is needed besides, while it runs."""
    return f"{size(room)} more at most, while it runs"


def longest(steps: Sequence[Step]) -> str:
    """The longest that somebody else stands still."""
    stalls = [s.stall for s in steps]
    if None in stalls:
        return "nobody knows how long"
    most = max((s or 0.0 for s in stalls), default=0.0)
    return "for moments only" if most < NOTICED else forecast(most)


def _waits(left: Places, budget: float | None) -> str:
    """The same, and in which step."""
    limit = "" if budget is None else f"; the lock budget is {duration(budget)}"
    _, where = max(((_heavy(s), -n) for n, s in left), default=(0.0, 0))
    text = longest([s for _, s in left])
    place = "" if text == "for moments only" else f", in step {-where}"
    return f"{text}{place}{limit}"


def _heavy(step: Step) -> float:
    return float("inf") if step.stall is None else step.stall
