"""One runner per database and schema: a session lock where the engine has one, else a lease.

Both count the fencing token up when they are taken. The session lock is freed by the server when
its session ends; the lease by its owner, by the death of its owner on this host, or by the
database's clock.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Update, func, select, update
from sqlalchemy.exc import DBAPIError

from falsework.engines.connect import Target
from falsework.migrate import liveness
from falsework.migrate.connections import autocommit, dead, discard
from falsework.migrate.record import lost_lock
from falsework.migrate.settings import Settings
from falsework.migrate.tables import LOCK_ROW, tables

OWNER = 200  # characters of the owner that are kept
POLLS = (0.02, 0.5)  # seconds between two looks: at first, and after a while


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


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the lock, for people; ``leaving``: it is about to be free, nobody works under it."""

    who: str
    leaving: bool = False


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
    def take(self) -> Holder | None:
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
                owner=liveness.owner()[:OWNER],
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
