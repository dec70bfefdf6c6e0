"""One step, from wherever the database stands: look, repair, run, record, look again."""

from __future__ import annotations

import time
from contextlib import suppress
from enum import Enum, auto
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.errors import Drift, FalseworkError, LostLock, NeedsHuman, Refused
from falsework.migrate import backfill, statements
from falsework.migrate.drift import after, differences
from falsework.migrate.journal import Journal, State
from falsework.migrate.keyset import named
from falsework.migrate.observer import Moment
from falsework.migrate.retry import note_of
from falsework.migrate.settings import StepOutcome
from falsework.migrate.work import Work
from falsework.model.edits import AddIndex, DropIndex, Edit
from falsework.model.plan import Backfill, Statement, Step
from falsework.model.schema import Schema


class Look(Enum):
    """What the live schema says about a step."""

    BEFORE = auto()
    PARTIAL = auto()
    AFTER = auto()


def run_step(work: Work, step: Step) -> StepOutcome:
    """Bring the step to its end. Raises DBAPIError never, the rest of ``executor.run`` all."""
    work.tell(Moment.STEP, step)
    outcome = _persist(work, step)
    work.tell(Moment.STEP_DONE, step, rows=outcome.rows)
    return outcome


def _persist(work: Work, step: Step) -> StepOutcome:
    """Try as often as it takes."""
    began = time.monotonic()
    patience = work.patience(step)
    started = unsure = False
    try:
        while True:
            try:
                work.lock.verify()
                if unsure and (outcome := _recorded(work, step, began)):
                    return outcome
                if not started:
                    _note(work, step, State.STARTED)
                    started = True
                outcome = _try(work, step, began)
            except DBAPIError as error:
                unsure = patience.after(error) is Trouble.LOST or unsure
            else:
                if outcome is not None:
                    return outcome
    except NeedsHuman as error:
        if not isinstance(error, LostLock):
            _failed(work, step, error)
        raise


def _recorded(work: Work, step: Step, began: float) -> StepOutcome | None:
    """What the journal says after a lost connection: the answer to a COMMIT may have been lost."""
    journal = Journal.open(work.target)
    if step.id not in journal.done or journal.picture is None:
        return None
    work.picture = journal.picture
    rows = next((e.rows for e in reversed(journal.history) if e.step == step.id), None)
    found = journal.state(step.id) is State.FOUND
    return StepOutcome(step.id, found=found, seconds=time.monotonic() - began, rows=rows)


def _try(work: Work, step: Step, began: float) -> StepOutcome | None:
    """One try; None where remains were removed and the step is still to be run."""
    live = work.session.read(work.names)
    look = _look(work, step, live)
    if look is Look.AFTER:
        statements.confirm(work, step)
        work.session.wait_for_locks(work.settings.lock_try_ms)
        with work.session.transaction(step.id) as connection:
            statements.record(work, step, connection, State.FOUND, picture=live, seconds=0.0)
        work.picture = live
        return StepOutcome(step.id, found=True, seconds=0.0)
    if look is Look.PARTIAL and step.repair is not None:
        statements.repair(work, step, step.repair)
        return None
    _within_budget(work, step)
    rows = None
    if isinstance(step.work, Backfill):
        rows = backfill.fill(work, step, step.work)
        with work.session.transaction(step.id) as connection:
            seconds = time.monotonic() - began
            statements.record(
                work, step, connection, State.DONE, picture=work.picture, seconds=seconds, rows=rows
            )
    else:
        statements.perform(work, step, step.work)
    return StepOutcome(step.id, found=False, seconds=time.monotonic() - began, rows=rows)


def _look(work: Work, step: Step, live: Schema) -> Look:
    """Whether the step is to be run; raises Drift where the schema is not the plan's any more."""
    if live == work.picture:
        return Look.BEFORE
    if step.effect and _is(work, step.effect, live):
        return Look.AFTER
    if step.partial and step.repair is not None and _is(work, step.partial, live):
        return Look.PARTIAL
    if (half := _half_dropped(step)) and _is(work, half, live):
        return Look.BEFORE  # dropping goes on where it was
    raise drift(work, live, step.id)


def _half_dropped(step: Step) -> tuple[Edit, ...]:
    """What a broken-off drop outside a transaction leaves: indexes that are there and not valid."""
    if not isinstance(step.work, Statement) or step.work.transaction:
        return ()
    dropped = [e for e in step.effect if isinstance(e, DropIndex)]
    return tuple(
        edit
        for drop in dropped
        for edit in (
            drop,
            AddIndex(table=drop.table, index=replace(drop.index, valid=False)),
        )
    )


def _is(work: Work, effect: tuple[Edit, ...], live: Schema) -> bool:
    reader = work.target.driver.reader
    try:
        schema = after(effect, work.picture, reader)
    except ValueError:
        return False
    return not differences(schema, live, reader)


def drift(work: Work, live: Schema, before: str) -> Drift:
    """The error for a schema that somebody else has changed."""
    found = differences(work.picture, live, None) or ("what cannot be compared is different",)
    return Drift(
        f"the schema is not as the last step left it: {before} is not run",
        why="; ".join(found),
        do="take the change back, or plan anew for the schema as it is now: db-plan --anew, then "
        "db-expand --supersede",
        done="the steps before it stay done",
    )


def _within_budget(work: Work, step: Step) -> None:
    """Count again before others are made to wait. Raises Refused where they would wait too long."""
    if not step.blocking or step.named_in(work.settings.allow_downtime):
        return
    budget = work.settings.lock_budget
    if budget is None:
        budget = work.target.driver.engine.lock_budget
    if step.rate <= 0:
        too_long = step.forecast is None or step.forecast > budget
        rows = "an unknown number of"
    else:
        most = int(budget * step.rate)
        counted = _count(work, step, most + 1)
        too_long, rows = counted > most, f"more than {most}"
    if too_long:
        raise Refused(
            f"{step.id} would make others wait for longer than {budget:g} s",
            why=f"{step.table} has {rows} rows, and the step blocks {step.lock.blocks} for its run",
            do=f"choose a quiet hour and run this again with --allow-downtime {step.id}",
            done="nothing of this step; the steps before it stay done",
        )


def _count(work: Work, step: Step, most: int) -> int:
    """The rows of the step's table, up to ``most``: counting on would tell nothing more."""
    some: Select[Any] = select(literal_column("1")).select_from(named(step.table)).limit(most)
    with work.session.looking() as connection:
        return connection.scalar(select(func.count()).select_from(some.subquery())) or 0


def _note(work: Work, step: Step, state: State, note: str = "") -> None:
    work.session.wait_for_locks(work.settings.lock_try_ms)
    with work.session.transaction(step.id) as connection:
        work.recorder.entry(
            connection, work.number, state, phase=work.phase, step=step.id, note=note
        )


def _failed(work: Work, step: Step, error: FalseworkError) -> None:
    """Leave word of a failure, and nothing half built; the error itself matters more than both."""
    with suppress(DBAPIError, FalseworkError):
        live = work.session.read(work.names)
        if step.repair is not None and step.partial and _is(work, step.partial, live):
            statements.repair(work, step, step.repair)
    with suppress(DBAPIError, FalseworkError):
        _note(work, step, State.FAILED, note_of(error))
