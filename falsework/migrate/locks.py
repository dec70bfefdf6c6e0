"""One runner per database and schema: a session lock where the engine has one, else a lease.

Both count the fencing token up when they are taken. The session lock is freed by the server when
its session ends; the lease by its owner, by the death of its owner on this host, or by the
database's clock.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Update, func, select, update
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import SessionLock, Trouble
from falsework.engines.connect import Target
from falsework.errors import AnotherRunner, Interrupted
from falsework.migrate import liveness
from falsework.migrate.connections import autocommit, dead, discard
from falsework.migrate.observer import Event, Moment, Observer
from falsework.migrate.record import lost_lock
from falsework.migrate.settings import Settings
from falsework.migrate.tables import LOCK_ROW, tables

BEATS = 3  # renewals within a lease: two may be lost
POLLS = (0.02, 0.5)  # seconds between two looks: at first, and after a while
NOT_NOW = frozenset({Trouble.LOCK_TIMEOUT, Trouble.RETRY})


def lock_name(target: Target) -> str:
    """The session lock's name.

    The same whatever way leads to the database, so no host name is in it; an engine whose lock
    names reach beyond one database adds the database.
    """
    return f"falsework {target.schema}"


def pauses() -> Iterator[float]:
    """Seconds to sleep between looks at something that may happen at once, or in an hour."""
    pause, longest = POLLS
    while True:
        yield pause
        pause = min(longest, pause * 1.5)


class RunLock(ABC):
    """The right to run steps here. ``token`` is the fencing token it came with."""

    def __init__(self, target: Target, settings: Settings) -> None:
        self.target = target
        self.settings = settings
        self.token = 0
        self._table = tables(target.schema).lock
        self._guard = threading.Lock()  # the heartbeat and the runner share one connection
        self._connection: Connection | None = None

    def verify(self) -> None:
        """Return while this runner holds the lock. Raises LostLock; DBAPIError when cut off."""
        with self._guard:
            try:
                self._check(self._open())
            except DBAPIError:
                self._drop()
                raise

    def close(self) -> None:
        """Drop the connection, as after an error; ``verify`` takes a new one."""
        with self._guard:
            self._drop()

    @abstractmethod
    def take(self) -> str | None:
        """Take the lock if it is free, at once; otherwise say who holds it."""

    @abstractmethod
    def free(self) -> None:
        """Give the lock back."""

    @abstractmethod
    def beat(self) -> None:
        """Keep the lock alive."""

    def _open(self) -> Connection:
        if self._connection is not None and dead(self._connection):
            self._drop()
        if self._connection is None:
            made = self.target.pool.connect()
            try:
                autocommit(made)
                self.target.driver.begin_session(made, lock_ms=self.settings.lock_try_ms)
                made.rollback()
                self._reopened(made)
            except BaseException:
                discard(made)
                raise
            self._connection = made
        return self._connection

    def _reopened(self, connection: Connection) -> None:  # noqa: B027 - a lease needs nothing here
        """The connection is a new one."""

    def _drop(self) -> None:
        if self._connection is not None:
            discard(self._connection)
            self._connection = None

    def _check(self, connection: Connection) -> None:
        table = self._table
        with connection.begin():
            token = connection.scalar(select(table.c.token).where(table.c.id == LOCK_ROW))
        if token != self.token:
            raise lost_lock()

    def _taking(self, lease_seconds: float) -> Update:
        table = self._table
        return (
            update(table)
            .where(table.c.id == LOCK_ROW)
            .values(
                token=table.c.token + 1,
                beat=0,
                owner=liveness.owner(),
                process=liveness.process(),
                lease_seconds=lease_seconds,
                renewed=func.current_timestamp(),
            )
        )

    def _freeing(self) -> Update:
        table = self._table
        return (
            update(table)
            .where(table.c.id == LOCK_ROW, table.c.token == self.token)
            .values(owner="", process="")
        )


class Held(RunLock):
    """The engine's session lock, on a connection of its own."""

    def __init__(self, target: Target, settings: Settings, lock: SessionLock) -> None:
        super().__init__(target, settings)
        self._lock = lock

    def take(self) -> str | None:
        with self._guard:
            connection = self._open()
            with connection.begin():
                if not self._lock.acquire(connection, lock_name(self.target)):
                    holder = self._lock.holder(connection, lock_name(self.target))
                    return holder or "a session that cannot be seen"
            with connection.begin():
                connection.execute(self._taking(0.0))
                table = self._table
                query = select(table.c.token).where(table.c.id == LOCK_ROW)
                self.token = connection.scalar(query) or 0
        return None

    def free(self) -> None:
        with self._guard, suppress(DBAPIError):
            if self._connection is not None:
                with self._connection.begin():
                    self._connection.execute(self._freeing())
        self.close()

    def beat(self) -> None:
        """A session that is never used may be ended as idle."""
        self.verify()

    def _reopened(self, connection: Connection) -> None:
        """After a lost connection: take the lock again, unless somebody else did meanwhile."""
        if not self.token:
            return
        deadline = time.monotonic() + self.settings.reconnect_seconds
        for pause in pauses():
            self._check(connection)
            with connection.begin():
                if self._lock.acquire(connection, lock_name(self.target)):
                    break
            if time.monotonic() > deadline:
                raise lost_lock()
            time.sleep(pause)  # the server may not know yet that the old session is gone
        self._check(connection)


@dataclass(frozen=True, slots=True)
class _Lease:
    """The lock row as it was read; ``age`` in seconds by the database's clock."""

    token: int
    beat: int
    owner: str
    process: str
    lease_seconds: float
    age: float

    @property
    def over(self) -> bool:
        return not self.owner or self.age > self.lease_seconds or liveness.dead(self.process)


class Lease(RunLock):
    """A row that has to be renewed, for engines without session locks."""

    def take(self) -> str | None:
        with self._guard:
            connection = self._open()
            lease = self._read(connection)
            if not lease.over:
                return f"{lease.owner}, last heard of {max(lease.age, 0):.0f} s ago"
            table = self._table
            taking = self._taking(self.settings.lease_seconds).where(
                table.c.token == lease.token, table.c.beat == lease.beat
            )
            with connection.begin():
                if connection.execute(taking).rowcount != 1:
                    return "a runner that began at this moment"
            self.token = lease.token + 1
        return None

    def free(self) -> None:
        with self._guard, suppress(DBAPIError):
            connection = self._open()
            with connection.begin():
                connection.execute(self._freeing())
        self.close()

    def beat(self) -> None:
        table = self._table
        renewing = (
            update(table)
            .where(table.c.id == LOCK_ROW, table.c.token == self.token)
            .values(beat=table.c.beat + 1, renewed=func.current_timestamp())
        )
        with self._guard:
            connection = self._open()
            with connection.begin():
                connection.execute(renewing)

    def _read(self, connection: Connection) -> _Lease:
        table = self._table
        with connection.begin():
            row = connection.execute(
                select(table, func.current_timestamp().label("now")).where(table.c.id == LOCK_ROW)
            ).one()
        return _Lease(
            token=row.token,
            beat=row.beat,
            owner=row.owner,
            process=row.process,
            lease_seconds=row.lease_seconds,
            age=(row.now - row.renewed).total_seconds(),
        )


@contextmanager
def run_lock(
    target: Target,
    settings: Settings,
    observer: Observer,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[RunLock]:
    """Hold the run lock for the length of a block; the journal's tables must be there.

    Raises AnotherRunner when ``settings.wait_seconds`` are over and somebody still holds it.
    """
    session = target.driver.session_lock
    lock: RunLock = Held(target, settings, session) if session else Lease(target, settings)
    try:
        observer(Event(Moment.BEFORE_JOURNAL, note="run lock"))
        _wait(lock, settings, stop)
        observer(Event(Moment.AFTER_JOURNAL, note="run lock"))
        over = threading.Event()
        pulse = threading.Thread(target=_keep, args=(lock, over, settings), daemon=True)
        pulse.start()
        try:
            yield lock
        finally:
            over.set()
            pulse.join(settings.lease_seconds)
            lock.free()
    finally:
        lock.close()


def _wait(lock: RunLock, settings: Settings, stop: Callable[[], bool]) -> None:
    began = time.monotonic()
    for pause in pauses():
        holder = _take(lock, began, settings)
        if holder is None:
            return
        if holder and time.monotonic() >= began + settings.wait_seconds:
            raise AnotherRunner(
                f"another runner is at work on {lock.target.identity}",
                why=f"the run lock is held by {holder}",
                do="wait until it is done (db-status shows it), or wait here with --wait SECONDS",
            )
        if stop():
            raise Interrupted("stopped while another runner was at work")
        time.sleep(pause)


def _take(lock: RunLock, began: float, settings: Settings) -> str | None:
    """None when it is taken, else who holds it; "" while the lock row itself is locked."""
    try:
        return lock.take()
    except DBAPIError as error:
        busy = lock.target.driver.trouble(error) in NOT_NOW
        if not busy or time.monotonic() >= began + settings.lock_wait_seconds:
            raise
        return ""


def _keep(lock: RunLock, over: threading.Event, settings: Settings) -> None:
    """Renew the lock until the run is over. Trouble is left for the runner to find."""
    while not over.wait(settings.lease_seconds / BEATS):
        with suppress(Exception):
            lock.beat()
