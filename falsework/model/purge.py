"""What an upgrade takes once rows that nobody needs are gone: the forecast of a smaller table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from falsework.model.plan import Step
from falsework.model.schema import TableName

Shares = Mapping[TableName, float]
"""The part of each table's rows that goes, from 0 to 1."""


def purged(steps: Iterable[Step], shares: Shares) -> tuple[Step, ...]:
    """The steps with the rows, bytes and times of what is left.

    All of these grow with the rows. The way a step goes is as it was planned: of a much smaller
    table a new plan may take the direct one. Room that a server keeps for rows to come counts as
    given back, which it is only by writing the table anew.
    """
    return tuple(_less(step, 1 - shares.get(step.table, 0.0)) for step in steps)


def _less(step: Step, part: float) -> Step:
    if step.labour is None or part >= 1:
        return step
    return replace(
        step,
        rows=None if step.rows is None else round(step.rows * part),
        size=None if step.size is None else round(step.size * part),
        disk=None if step.disk is None else round(step.disk * part),
        forecast=None if step.forecast is None else step.forecast * part,
        least=None if step.least is None else step.least * part,
    )


def saved(steps: Iterable[Step], shares: Shares) -> tuple[float, float]:
    """Seconds that a purge saves, at least and at most; unknown times are left out."""
    before = tuple(steps)
    after = purged(before, shares)
    least = sum(s.least or 0.0 for s in before) - sum(s.least or 0.0 for s in after)
    most = sum(s.forecast or 0.0 for s in before) - sum(s.forecast or 0.0 for s in after)
    return least, most
