"""The run lock where the engine has session locks: freed by the server when its session ends."""

from __future__ import annotations

import time
from contextlib import suppress

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import SessionLock
from falsework.engines.connect import Target
from falsework.migrate import liveness
from falsework.migrate.locks import Holder, RunLock, lock_name, pauses
from falsework.migrate.record import lost_lock
from falsework.migrate.settings import Settings
from falsework.migrate.tables import LOCK_ROW


class Held(RunLock):
    """The engine's session lock, on a connection of its own."""

    def __init__(self, target: Target, settings: Settings, lock: SessionLock) -> None:
        super().__init__(target, settings)
        self._lock = lock

    def take(self) -> Holder | None:
        with self._guard:
            connection = self._open()
            with connection.begin():
                if not self._lock.acquire(connection, lock_name(self.target)):
                    return self._holder(connection)
            with connection.begin():
                connection.execute(self._taking(0.0))
                table = self._table
                query = select(table.c.token).where(table.c.id == LOCK_ROW)
                self.token = connection.scalar(query) or 0
        return None

    def _holder(self, connection: Connection) -> Holder:
        """Who holds the session lock. One who is gone does so until the server has noticed."""
        table = self._table
        query = select(table.c.owner, table.c.process).where(table.c.id == LOCK_ROW)
        row = connection.execute(query).one()
        session = self._lock.holder(connection, lock_name(self.target))
        who = " = ".join(filter(None, (row.owner, session))) or "a session that cannot be seen"
        return Holder(who, leaving=not row.owner or liveness.dead(row.process))

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
