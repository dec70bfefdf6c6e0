"""Where a database stands: the stored plan, the state of its steps, who owns the schema."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from falsework.engines.connect import Target
from falsework.expand_contract.recorded import Record, joined, under_way
from falsework.migrate.tables import LOCK_ROW, Tables, stored, tables
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema
from falsework.model.wire import load_plan, load_record, load_schema


class State(StrEnum):
    """A journal entry's meaning: of a step, of a phase, of the plan as a whole."""

    STARTED = "started"
    DONE = "done"
    FOUND = "found"  # the effect was there: a run ended between the statement and its record
    REPAIRED = "repaired"  # the remains of a broken-off statement were removed
    FAILED = "failed"
    PHASE_BEGUN = "phase begun"
    PHASE_FINISHED = "phase finished"
    PLAN_STORED = "plan stored"
    PLAN_SUPERSEDED = "plan superseded"
    PLAN_FINISHED = "plan finished"
    RELEASE_STORED = "release stored"


PLAN_OVER = frozenset({State.PLAN_FINISHED, State.PLAN_SUPERSEDED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, by the database's clock. It holds no row values.

    ``step``   "" for entries about a phase or the plan
    ``phase``  None for entries about the plan
    ``note``   the class of the error of a FAILED entry; who put the models of a stored plan into
               words
    """

    at: datetime
    step: str
    phase: Phase | None
    state: State
    seconds: float | None
    rows: int | None
    digest: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fill has come: rows filled, by the database's clock."""

    step: str
    rows: int
    finished: bool
    updated: datetime


@dataclass(frozen=True, slots=True)
class Journal:
    """A picture of the journal, read at once; reading writes nothing and takes no lock.

    ``plan``      the plan under way; None where there is none, or the last one is finished
    ``last``      the digest of that plan, or else of the one before; "" where there was none
    ``number``    that plan's number in the journal
    ``aims_at``   the release whose schema the plan leads to, as db-expand was told
    ``picture``   the schema as it was read after the last step of it
    ``states``    the last state of each of its steps that has one
    ``finished``  the phases of it that are done
    ``release``   the name of the release that owns the schema, as far as the journal knows
    ``owned``     what that release owns; None where nothing was recorded yet
    ``spelled``   how the server spelled that release's texts, as far as it was recorded
    ``runner``    who holds or last held the run lock; "" for nobody
    """

    plan: Plan | None = None
    last: str = ""
    number: int = 0
    aims_at: str = ""
    picture: Schema | None = None
    states: tuple[tuple[str, State], ...] = ()
    finished: frozenset[Phase] = frozenset()
    progress: tuple[Progress, ...] = ()
    history: tuple[Entry, ...] = ()
    release: str = ""
    owned: Schema | None = None
    spelled: Record = ()
    runner: str = ""

    @classmethod
    def open(cls, target: Target) -> Journal:
        """Read it; empty where the database has no journal yet.

        Raises PlanMismatch for a journal that a newer falsework wrote, Unreachable, Denied.
        """
        found = tables(target.schema)
        with target.pool.connect().execution_options(falsework_read_only=True) as connection:
            return cls.read(connection, found) if stored(connection, found) else cls()

    @classmethod
    def read(cls, connection: Connection, found: Tables) -> Journal:
        """Read it over a connection; the tables must be there."""
        runner = connection.scalar(select(found.lock.c.owner).where(found.lock.c.id == LOCK_ROW))
        release = _last_release(connection, found)
        journal = cls(
            runner=runner or "",
            release=release.release_name if release else "",
            owned=load_schema(release.document) if release else None,
            spelled=load_record(release.picture) if release and release.picture else (),
        )
        row = _last_plan(connection, found)
        if row is None:
            return journal
        history = _history(connection, found, row.id)
        journal = replace(journal, last=row.digest, history=history)
        if any(e.state in PLAN_OVER for e in history):
            return journal
        return replace(
            journal,
            plan=load_plan(row.document, "the plan in the journal"),
            number=row.id,
            aims_at=row.release_name,
            picture=load_schema(row.picture) if row.picture is not None else None,
            states=tuple({e.step: e.state for e in history if e.step}.items()),
            finished=frozenset(
                e.phase for e in history if e.phase and e.state is State.PHASE_FINISHED
            ),
            progress=_progress(connection, found, row.id),
        )

    def state(self, step: str) -> State | None:
        """The step's last state; None where it has not begun."""
        return dict(self.states).get(step)

    @property
    def done(self) -> frozenset[str]:
        """The steps whose effect is there, by the journal."""
        return frozenset(s for s, state in self.states if state in (State.DONE, State.FOUND))

    @property
    def begun(self) -> frozenset[Phase]:
        """The phases that a run has begun."""
        return frozenset(e.phase for e in self.history if e.phase and e.state is State.PHASE_BEGUN)

    @property
    def digest(self) -> str | None:
        """The digest of the schema that the last entry with one recorded."""
        return next((e.digest for e in reversed(self.history) if e.digest), None)

    @property
    def worded_by(self) -> str:
        """Who put the models of the plan into words; "" where that was not recorded."""
        return next((e.note for e in self.history if e.state is State.PLAN_STORED), "")

    @property
    def record(self) -> Record:
        """What is known of how the server spells texts, by the steps so far, too."""
        if self.plan is None or self.picture is None:
            return self.spelled
        newer = under_way(self.plan, self.done, self.picture, self.worded_by)
        return joined(self.spelled, newer)

    @property
    def due(self) -> Phase | None:
        """The phase to run next; None where no plan is under way."""
        if self.plan is None:
            return None
        return next((p for p in Phase if p not in self.finished), None)


def _last_plan(connection: Connection, found: Tables) -> Row[Any] | None:
    table = found.plan
    query = select(table).where(table.c.kind == "plan").order_by(table.c.id.desc()).limit(1)
    return connection.execute(query).first()


def _last_release(connection: Connection, found: Tables) -> Row[Any] | None:
    table = found.plan
    query = select(table).where(table.c.kind == "release").order_by(table.c.id.desc()).limit(1)
    return connection.execute(query).first()


def _history(connection: Connection, found: Tables, plan: int) -> tuple[Entry, ...]:
    table = found.journal
    rows = connection.execute(select(table).where(table.c.plan == plan).order_by(table.c.id))
    return tuple(
        Entry(
            at=row.written,
            step=row.step,
            phase=Phase(row.phase) if row.phase else None,
            state=State(row.state),
            seconds=row.seconds,
            rows=row.row_count,
            digest=row.digest,
            note=row.note,
        )
        for row in rows
    )


def _progress(connection: Connection, found: Tables, plan: int) -> tuple[Progress, ...]:
    table = found.progress
    rows = connection.execute(select(table).where(table.c.plan == plan).order_by(table.c.step))
    return tuple(
        Progress(step=r.step, rows=r.row_count, finished=r.finished, updated=r.written)
        for r in rows
    )
