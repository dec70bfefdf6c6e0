"""The connections that work goes over: one that writes, one that only looks.

Both are made when they are first needed and dropped when anything is wrong with them; SQLAlchemy's
own silent reconnect never happens here, because a new session has none of the old one's settings.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from falsework.engines.connect import Target
from falsework.errors import AnotherRunner, Interrupted
from falsework.migrate.connections import autocommit, dead, discard, transactional
from falsework.migrate.locks import lock_name, pauses
from falsework.migrate.observer import Event, Moment, Observer
from falsework.migrate.record import transaction
from falsework.migrate.settings import Settings
from falsework.model.schema import Schema, TableName

LOOK_MS = 2_000  # a catalog query may wait behind somebody's strong lock; it blocks nobody itself


class Session:
    """The work connection and the looking one. Methods raise DBAPIError as it comes."""

    def __init__(
        self,
        target: Target,
        settings: Settings,
        observer: Observer,
        stop: Callable[[], bool],
        *,
        alone: bool = True,
    ) -> None:
        """``alone``: whether the work session of an earlier runner has to be gone first."""
        self.target = target
        self.settings = settings
        self.observer = observer
        self.stop = stop
        self.alone = alone
        self._work: Connection | None = None
        self._eyes: Connection | None = None
        self._waits: int | None = 0

    def close(self) -> None:
        """Drop both connections; the next use makes new ones."""
        for connection in (self._work, self._eyes):
            if connection is not None:
                discard(connection)
        self._work = self._eyes = None

    @contextmanager
    def transaction(self, step: str | None = None) -> Iterator[Connection]:
        """A transaction on the work connection; statements wait briefly for locks."""
        connection = self._worker()
        with transaction(connection, self.observer, step):
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """The work connection, each statement committed by itself."""
        connection = self._worker()
        autocommit(connection)
        try:
            yield connection
        finally:
            try:
                if not dead(connection):
                    connection.rollback()  # of SQLAlchemy's own bookkeeping: nothing is open
                    transactional(connection)
            except DBAPIError:
                self.close()  # what was done is done; whoever comes next connects anew

    def wait_for_locks(self, milliseconds: int | None) -> None:
        """How long the work connection's statements wait for a lock; None: without bound."""
        self._worker()
        if milliseconds == self._waits:
            return
        with self.autocommit() as connection:
            self.target.driver.wait_for_locks(connection, milliseconds)
        self._waits = milliseconds

    def read(self, names: Sequence[TableName]) -> Schema:
        """The live schema of these tables, by a transaction that cannot write."""
        with self.looking() as connection:
            return self.read_by(connection, names)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A transaction that cannot write, on a connection of its own."""
        if self._eyes is not None and dead(self._eyes):
            self.close()
        if self._eyes is None:
            made = self.target.pool.connect().execution_options(falsework_read_only=True)
            try:
                self.target.driver.begin_session(made, lock_ms=LOOK_MS)
                made.rollback()
            except BaseException:
                discard(made)
                raise
            self._eyes = made
        with self._eyes.begin():
            yield self._eyes

    def read_by(self, connection: Connection, names: Sequence[TableName]) -> Schema:
        """The live schema of these tables as ``connection`` sees it."""
        schemas = sorted({n.schema for n in names} or {self.target.schema})
        tables = sorted({n.name for n in names})
        return self.target.driver.read(connection, schemas, tables).only(names)

    def execute(self, connection: Connection, sql: str, step: str | None) -> bool:
        """Run planned SQL as it is; whether it gave a row. Nothing in it is taken as parameter."""
        self.observer(Event(Moment.BEFORE_STATEMENT, step, sql))
        with self.impatient(connection):
            result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            row = result.first() if result.returns_rows else None
        self.observer(Event(Moment.AFTER_STATEMENT, step, sql))
        return row is not None

    def impatient(self, connection: Connection) -> AbstractContextManager[None]:
        """What holds a statement to the wait for locks that was set."""
        if self._waits is None:
            return nullcontext()
        return self.target.driver.impatient(connection, self._waits)

    def blockers(self, tables: Sequence[TableName]) -> tuple[str, ...]:
        """Who holds locks on the tables, as far as the server can say."""
        try:
            with self.looking() as connection:
                return self.target.driver.blockers(connection, tables)
        except DBAPIError:
            return ()

    def make_way(self, tables: Sequence[TableName]) -> bool:
        """End the server's own work on the tables, where it is what keeps the lock."""
        try:
            with self.looking() as connection:
                return self.target.driver.make_way(connection, tables)
        except DBAPIError:
            return False

    def _worker(self) -> Connection:
        if self._work is not None and dead(self._work):
            self.close()
        if self._work is None:
            made = self.target.pool.connect()
            try:
                self._prepare(made)
            except BaseException:
                discard(made)
                raise
            self._work = made
        return self._work

    def _prepare(self, connection: Connection) -> None:
        driver = self.target.driver
        autocommit(connection)
        driver.begin_session(connection, lock_ms=self.settings.lock_try_ms)
        connection.rollback()
        self._claim(connection)
        transactional(connection)
        self._waits = self.settings.lock_try_ms

    def _claim(self, connection: Connection) -> None:
        """Wait for the work session of a runner that died: the server may still be at its SQL."""
        lock, name = self.target.driver.session_lock, lock_name(self.target) + " work"
        if lock is None or not self.alone:
            return
        deadline = time.monotonic() + self.settings.lock_wait_seconds
        for pause in pauses():
            if lock.acquire(connection, name):
                break
            holder = lock.holder(connection, name) or "a session that cannot be seen"
            connection.rollback()
            if time.monotonic() > deadline:
                raise AnotherRunner(
                    f"the server is still at work for an earlier runner on {self.target.identity}",
                    why=f"its session is {holder}",
                    do="wait until the server has ended that session, or end it, then try again",
                )
            if self.stop():
                raise Interrupted("stopped while the server was at work for an earlier runner")
            time.sleep(pause)
        connection.rollback()
