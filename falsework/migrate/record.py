"""Writing the journal. Every write carries the fencing token of the one who writes.

A write first takes the lock row by its token, in the transaction of the work it records: a runner
that was replaced finds no such row, and one that is about to be replaced makes its successor wait
until it has committed. So no work of a former runner is ever recorded after its successor began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, exists, func, insert, literal, select, update

from falsework.errors import LostLock
from falsework.migrate.journal import State
from falsework.migrate.observer import Event, Moment, Observer
from falsework.migrate.tables import LOCK_ROW, Tables
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema
from falsework.model.texts import Spelled
from falsework.model.wire import dump_plan, dump_record, dump_schema

NOTE = 200  # characters of a note, and of a release's name, that are kept


def lost_lock() -> LostLock:
    """The error of a runner that was replaced."""
    return LostLock(
        "another runner has taken over this database: this one stops",
        why="its run lock was gone: it was frozen or cut off for too long",
        do="let the other runner go on; see db-status",
        done="everything up to the last journal entry of this runner",
    )


@contextmanager
def transaction(
    connection: Connection, observer: Observer, step: str | None = None
) -> Iterator[None]:
    """One transaction on ``connection``; the observer hears of its commit."""
    with connection.begin():
        yield
        observer(Event(Moment.BEFORE_COMMIT, step))
    observer(Event(Moment.AFTER_COMMIT, step))


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes journal, progress and plan rows inside the caller's transaction.

    Every method raises LostLock when the token is no longer this runner's.
    """

    tables: Tables
    token: int
    observer: Observer

    def fence(self, connection: Connection) -> None:
        """Hold the lock row until the transaction ends; this renews a lease, too."""
        lock = self.tables.lock
        held = connection.execute(
            update(lock)
            .where(lock.c.id == LOCK_ROW, lock.c.token == self.token)
            .values(beat=lock.c.beat + 1, renewed=func.current_timestamp())
        )
        if held.rowcount != 1:
            raise lost_lock()

    def entry(
        self,
        connection: Connection,
        plan: int,
        state: State,
        *,
        phase: Phase | None = None,
        step: str = "",
        seconds: float | None = None,
        rows: int | None = None,
        digest: str | None = None,
        note: str = "",
    ) -> None:
        """Add one line to the journal."""
        with self._told(step or None, state):
            self.fence(connection)
            self._add(
                connection,
                self.tables.journal,
                {
                    "plan": plan,
                    "step": step,
                    "phase": phase or "",
                    "state": state.value,
                    "seconds": seconds,
                    "row_count": rows,
                    "digest": digest,
                    "note": note[:NOTE],
                },
            )

    def store_plan(self, connection: Connection, plan: Plan, picture: Schema, release: str) -> int:
        """Store a plan with the schema as it was read; returns its number."""
        with self._told(None, State.PLAN_STORED):
            self.fence(connection)
            row = {
                "kind": "plan",
                "digest": plan.digest,
                "release_name": release[:NOTE],
                "document": dump_plan(plan),
                "picture": dump_schema(picture),
            }
            return self._add(connection, self.tables.plan, row)

    def store_release(
        self, connection: Connection, release: str, owned: Schema, record: tuple[Spelled, ...]
    ) -> int:
        """Store what a release owns, and how the server spelled its texts; the row's number."""
        with self._told(None, State.RELEASE_STORED):
            self.fence(connection)
            row = {
                "kind": "release",
                "digest": owned.digest,
                "release_name": release[:NOTE],
                "document": dump_schema(owned),
                "picture": dump_record(record),
            }
            return self._add(connection, self.tables.plan, row)

    def picture(self, connection: Connection, plan: int, picture: Schema) -> None:
        """Keep the schema as it is now, for the next run to compare with."""
        table = self.tables.plan
        kept = connection.execute(
            update(table)
            .where(table.c.id == plan, self._mine())
            .values(picture=dump_schema(picture), written=func.current_timestamp())
        )
        if kept.rowcount != 1:
            raise lost_lock()

    def begin_progress(
        self, connection: Connection, plan: int, step: str, values: Mapping[str, object]
    ) -> None:
        """Add the progress row of a fill."""
        with self._told(step, State.STARTED):
            self.fence(connection)
            row = {"plan": plan, "step": step, "part": 0, **values}
            self._insert(connection, self.tables.progress, row)

    def progress(
        self, connection: Connection, plan: int, step: str, values: Mapping[str, object]
    ) -> None:
        """Move the progress row of a fill on."""
        table = self.tables.progress
        with self._told(step, "progress"):
            self.fence(connection)
            moved = connection.execute(
                update(table)
                .where(table.c.plan == plan, table.c.step == step, table.c.part == 0, self._mine())
                .values(**values, token=self.token, written=func.current_timestamp())
            )
            if moved.rowcount != 1:
                raise lost_lock()

    @contextmanager
    def _told(self, step: str | None, note: str) -> Iterator[None]:
        self.observer(Event(Moment.BEFORE_JOURNAL, step, note=note))
        yield
        self.observer(Event(Moment.AFTER_JOURNAL, step, note=note))

    def _mine(self) -> Any:  # noqa: ANN401 - SQLAlchemy has no public name for it
        lock = self.tables.lock
        return exists().where(lock.c.id == LOCK_ROW, lock.c.token == self.token)

    def _add(self, connection: Connection, table: Table, values: Mapping[str, object]) -> int:
        """Insert with the next number. The lock row is held, so nobody else takes that number."""
        last = connection.scalar(select(func.max(table.c.id)))
        number = (last or 0) + 1
        self._insert(connection, table, {"id": number, **values})
        return number

    def _insert(self, connection: Connection, table: Table, values: Mapping[str, object]) -> None:
        lock = self.tables.lock
        row = {name: literal(value, table.c[name].type) for name, value in values.items()}
        source = select(*row.values(), lock.c.token, func.current_timestamp()).where(
            lock.c.id == LOCK_ROW, lock.c.token == self.token
        )
        statement = insert(table).from_select([*row, "token", "written"], source)
        # Without being asked SQLAlchemy keeps the count of an INSERT for some drivers only.
        added = connection.execute(statement, execution_options={"preserve_rowcount": True})
        if added.rowcount != 1:
            raise lost_lock()
