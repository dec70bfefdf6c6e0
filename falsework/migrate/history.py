"""How long steps took that ran in this database: samples for the forecasts to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from falsework.errors import PlanMismatch
from falsework.migrate.journal import State
from falsework.migrate.tables import Tables
from falsework.model.forecast import Labour, Sample
from falsework.model.plan import Step
from falsework.model.wire import load_plan

PLANS = 10  # the last ones: servers and tables change with the years
LONG = 0.2  # seconds; a shorter step says more of the journal's own writes than of its work

MOST, HARDLY_ANY = 0.5, 0.05  # the share of rows that a fill wrote, to say what its time is of


def samples(connection: Connection, found: Tables, *, at_least: float = LONG) -> tuple[Sample, ...]:
    """What the steps of the last plans took that were done in one go.

    ``at_least``  seconds; steps that took less are left out

    A step that was begun twice (stopped, killed, repaired) is left out: its time is not whole.
    What a step takes whatever the table holds (the journal's own writes, a look at the schema) is
    no part of its time. Two statements, however long the journal is.
    """
    done = _done(connection, found)
    return tuple(
        sample
        for number, steps in _steps(connection, found, _worth(done, at_least)).items()
        for sample in _of_plan(steps, done[number], at_least)
    )


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds of a step; ``filled`` are the rows of a fill."""

    seconds: float
    filled: int | None


Done = Mapping[int, Mapping[str, _Took]]
"""By plan and step."""


def _done(connection: Connection, found: Tables) -> Done:
    journal = found.journal.c
    begun = (
        select(journal.plan, journal.step)
        .where(journal.state == State.STARTED.value)
        .group_by(journal.plan, journal.step)
        .having(func.count() == 1)
        .subquery()
    )
    first = select(func.max(journal.plan) - PLANS).scalar_subquery()
    query = (
        select(journal.plan, journal.step, journal.seconds, journal.row_count)
        .join(begun, (begun.c.plan == journal.plan) & (begun.c.step == journal.step))
        .where(journal.state == State.DONE.value, journal.plan > first)
    )
    steps: dict[int, dict[str, _Took]] = {}
    for number, step, seconds, rows in connection.execute(query):
        steps.setdefault(number, {})[step] = _Took(seconds or 0.0, rows)
    return steps


def _worth(done: Done, at_least: float) -> Sequence[int]:
    """The plans that have a step which took so long."""
    return [n for n, steps in done.items() if any(t.seconds >= at_least for t in steps.values())]


def _steps(
    connection: Connection, found: Tables, numbers: Sequence[int]
) -> Mapping[int, Sequence[Step]]:
    """The steps of these plans; a plan that this release cannot read has none."""
    if not numbers:
        return {}
    plan = found.plan.c
    query = select(plan.id, plan.document).where(plan.id.in_(numbers), plan.kind == "plan")
    return {row.id: tuple(_read(row.document)) for row in connection.execute(query)}


def _read(document: bytes) -> Iterator[Step]:
    try:
        yield from load_plan(document, "a plan in the journal").steps
    except PlanMismatch:
        return  # what an older or newer release wrote tells nothing, and stops nobody


def _of_plan(steps: Sequence[Step], done: Mapping[str, _Took], at_least: float) -> Iterator[Sample]:
    """The samples of one plan, less what its quickest step took."""
    idle = min((took.seconds for took in done.values()), default=0.0)
    for step in steps:
        took = done.get(step.id)
        if took is None or took.seconds - idle < at_least:
            continue
        if (sample := _sample(step, took.seconds - idle, took.filled)) is not None:
            yield sample


def _sample(step: Step, seconds: float, filled: int | None) -> Sample | None:
    """What the time of a step is the time of; None where nobody can say."""
    if step.labour is None or not step.rows:
        return None
    if filled is None:
        return Sample(step.labour, step.rows, step.size, seconds)
    share = filled / step.rows
    if share <= HARDLY_ANY:
        return Sample(Labour.WALK, step.rows, step.size, seconds)
    if share >= MOST:
        size = None if step.size is None else round(step.size * share)
        return Sample(Labour.FILL, filled, size, seconds)
    return None
