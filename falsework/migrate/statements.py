"""Run one statement step: with its settings around it, its effect held against the live schema."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from falsework.errors import PlanMismatch, StepFailed
from falsework.migrate.drift import after, differences
from falsework.migrate.journal import State
from falsework.migrate.work import Work
from falsework.model.plan import Statement, Step
from falsework.model.schema import Schema


def perform(work: Work, step: Step, statement: Statement) -> None:
    """Run the statement, see its effect, record it. Raises DBAPIError, StepFailed, LostLock."""
    began = time.monotonic()
    expected(work, step)
    work.session.wait_for_locks(work.settings.lock_try_ms if statement.lock_timeout else None)
    if statement.transaction:
        picture = _as_one(work, step, statement, began)
    else:
        picture = _one_by_one(work, step, statement, began)
    work.picture = picture


def repair(work: Work, step: Step, statement: Statement) -> None:
    """Remove what a broken-off statement left behind, and record that."""
    work.session.wait_for_locks(work.settings.lock_try_ms if statement.lock_timeout else None)
    with _settings(work, step, statement):
        if statement.transaction:
            with work.session.transaction(step.id) as connection:
                _execute(work, step, statement, connection)
        else:
            with work.session.autocommit() as connection:
                _execute(work, step, statement, connection)
    with work.session.transaction(step.id) as connection:
        work.recorder.entry(connection, work.number, State.REPAIRED, phase=work.phase, step=step.id)


def record(
    work: Work,
    step: Step,
    connection: Connection,
    state: State,
    *,
    picture: Schema,
    seconds: float,
    rows: int | None = None,
) -> None:
    """Write down that the step's effect is there, and the schema as it is now."""
    work.recorder.entry(
        connection,
        work.number,
        state,
        phase=work.phase,
        step=step.id,
        seconds=seconds,
        rows=rows,
        digest=picture.digest,
    )
    work.recorder.picture(connection, work.number, picture)


def expected(work: Work, step: Step) -> Schema:
    """The schema once the step has run. Raises PlanMismatch where its effect does not fit."""
    try:
        return after(step.effect, work.picture, work.target.driver.reader)
    except ValueError as error:
        raise PlanMismatch(
            f"{step.id} does not fit the schema it is to change",
            why=str(error),
            do="make the plan again from the schema as it is now",
            done="nothing of this step; the steps before it stay done",
        ) from None


def _as_one(work: Work, step: Step, statement: Statement, began: float) -> Schema:
    with _settings(work, step, statement), work.session.transaction(step.id) as connection:
        _execute(work, step, statement, connection)
        picture = work.session.read_by(connection, work.names)
        _see_effect(work, step, picture)
        seconds = time.monotonic() - began
        record(work, step, connection, State.DONE, picture=picture, seconds=seconds)
    return picture


def _one_by_one(work: Work, step: Step, statement: Statement, began: float) -> Schema:
    with _settings(work, step, statement), work.session.autocommit() as connection:
        _execute(work, step, statement, connection)
    picture = work.session.read(work.names)
    _see_effect(work, step, picture)
    work.session.wait_for_locks(work.settings.lock_try_ms)
    with work.session.transaction(step.id) as connection:
        seconds = time.monotonic() - began
        record(work, step, connection, State.DONE, picture=picture, seconds=seconds)
    return picture


def _execute(work: Work, step: Step, statement: Statement, connection: Connection) -> None:
    for sql in statement.sql:
        if not statement.transaction:
            work.lock.verify()  # nothing takes back what a runner that was replaced has committed
        work.session.execute(connection, sql, step.id)
    _look_for_rows(work, step, statement, connection)
    _grant(work, step, statement, connection)


def confirm(work: Work, step: Step) -> None:
    """Where a run ended between a statement and what belongs to it: that, before it is done."""
    if not isinstance(step.work, Statement):
        return
    if not step.work.transaction:
        with work.session.looking() as connection:
            _look_for_rows(work, step, step.work, connection)
    if step.work.grants:
        work.session.wait_for_locks(work.settings.lock_try_ms)
        with work.session.autocommit() as connection:
            _grant(work, step, step.work, connection)


def _grant(work: Work, step: Step, statement: Statement, connection: Connection) -> None:
    for sql in statement.grants:
        work.session.execute(connection, sql, step.id)


def _look_for_rows(work: Work, step: Step, statement: Statement, connection: Connection) -> None:
    for query in statement.must_be_empty:
        if work.session.execute(connection, query, step.id):
            kept = "nothing of this step" if statement.transaction else "the statement, unrecorded"
            raise StepFailed(
                f"{step.id}: rows of {step.table} stand in the way",
                why="a query that must find nothing found a row",
                do="run db-check: it counts these rows and says how to find them; mend them, "
                "then run this again",
                done=f"{kept}; the steps before it stay done",
            )


def _see_effect(work: Work, step: Step, picture: Schema) -> None:
    """The statement went through; it must also have done what the plan says, and no more."""
    found = differences(expected(work, step), picture, work.target.driver.reader)
    if found:
        raise StepFailed(
            f"{step.id}: the statement ran, and its effect is not the planned one",
            why="; ".join(found),
            do="see whether somebody else changed the table at this moment, then run this again",
            done="nothing of this step, unless it runs outside a transaction: see db-status",
        )


@contextmanager
def _settings(work: Work, step: Step, statement: Statement) -> Iterator[None]:
    """Session settings for the length of a statement.

    Where they cannot be taken back the session is given up: they end with it.
    """
    try:
        if statement.setup:
            with work.session.autocommit() as connection:
                for sql in statement.setup:
                    work.session.execute(connection, sql, step.id)
        yield
    finally:
        if statement.teardown:
            _take_back(work, step, statement)


def _take_back(work: Work, step: Step, statement: Statement) -> None:
    try:
        with work.session.autocommit() as connection:
            for sql in statement.teardown:
                work.session.execute(connection, sql, step.id)
    except DBAPIError:
        work.session.close()
