"""Breaking off a wait for a lock sooner than the servers can: they count seconds.

A statement that waits for an exclusive metadata lock makes everybody wait who comes after it. So
the wait is broken off by ``KILL QUERY`` over a second session, which looks once, when the time is
up: what waits then has done no work worth speaking of. What is at work by then is left alone to
its end, the second wait at the end of an online build included: that one ends by itself after a
second (lock_wait_timeout), or the build is lost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from falsework.engines.innodb.errors import INTERRUPTED, LOCK_TIMEOUT, number

WAITING = "Waiting for table metadata lock"
_STATE = "SELECT state FROM information_schema.processlist WHERE id = {:d}"


@contextmanager
def impatient(connection: Connection, lock_ms: int) -> Iterator[None]:
    """Let no statement of the block wait longer than ``lock_ms`` for its lock at the start.

    One that did fails as after a lock timeout of the server's own.
    """
    watch = _Watch(connection, lock_ms / 1000)
    try:
        yield
    except DBAPIError as error:
        if watch.end() and number(error) == INTERRUPTED and error.orig is not None:
            error.orig.args = (LOCK_TIMEOUT, "Lock wait timeout exceeded; try again")
        raise
    finally:
        watch.end()


class _Watch:
    """A thread that looks after the statement of another session."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        raw: Any = connection.connection.dbapi_connection
        self._session: int = raw.thread_id()
        self._engine = connection.engine
        self._until = time.monotonic() + seconds
        self._over = threading.Event()
        self._killed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> bool:
        """Stop watching; whether the statement was broken off. Nothing is killed afterwards."""
        self._over.set()
        self._thread.join()
        return self._killed

    def _run(self) -> None:
        # Connecting takes some milliseconds: most statements are over before it begins.
        if self._over.wait((self._until - time.monotonic()) / 5):
            return
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
                if not self._over.wait(max(0.0, self._until - time.monotonic())):
                    self._look(watcher)
        except SQLAlchemyError:
            return  # the server's own timeout stays

    def _look(self, watcher: Connection) -> None:
        state = watcher.exec_driver_sql(_STATE.format(self._session)).scalar()
        if state == WAITING and not self._over.is_set():
            self._killed = True
            watcher.exec_driver_sql(f"KILL QUERY {self._session:d}")
