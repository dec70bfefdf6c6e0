"""Breaking off a wait for a lock sooner than the servers can: they count seconds.

A statement that waits for an exclusive metadata lock makes everybody wait who comes after it. So
the wait is broken off by ``KILL QUERY`` over a second session, which looks once, when the time is
up: what waits then has done no work worth speaking of. What is at work by then is left alone to
its end, the second wait at the end of an online build included: that one ends by itself after a
second (lock_wait_timeout), or the build is lost.

An UPDATE or DELETE that waits for a row keeps all rows that it has changed from others meanwhile,
for the second or two that the server takes to count one; of a small table it may read all rows,
whatever keys it names. So it is looked at again, and broken off when it waits at two looks in a
row: its transaction is run again.
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

# Without the right to see it (PROCESS), the server's own timeout stays.
_ROW_WAIT = """
SELECT count(*) FROM information_schema.innodb_trx
WHERE trx_mysql_thread_id = {:d} AND trx_state = 'LOCK WAIT'
  AND LEFT(trx_query, 7) IN ('UPDATE ', 'DELETE ')
"""
# The servers renew that table only for somebody who has not looked for 0.1 s.
LOOK_SECONDS = 0.12
LOOKS = 25  # a chunk of a fill takes 0.1 s; who is at work for so long is no chunk


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
                    self._look_for_rows(watcher)
        except SQLAlchemyError:
            return  # the server's own timeout stays

    def _look(self, watcher: Connection) -> None:
        state = watcher.exec_driver_sql(_STATE.format(self._session)).scalar()
        if state == WAITING:
            self._kill(watcher)

    def _look_for_rows(self, watcher: Connection) -> None:
        """Break off an UPDATE or DELETE that has waited from one look to the next."""
        waited = False
        for _ in range(LOOKS):
            waits = watcher.exec_driver_sql(_ROW_WAIT.format(self._session)).scalar() == 1
            if waits and waited:
                self._kill(watcher)
            waited = waits
            if self._over.wait(LOOK_SECONDS):
                return

    def _kill(self, watcher: Connection) -> None:
        if not self._over.is_set():
            self._killed = True
            watcher.exec_driver_sql(f"KILL QUERY {self._session:d}")
            self._over.set()
