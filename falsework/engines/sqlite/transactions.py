"""Transactions that begin when they are said to, and end when they fail.

Python's driver begins none before DDL, so that a rollback would leave half a step behind, and
SQLAlchemy sends no ROLLBACK after a COMMIT that failed, so that the lock would be held for good.
The driver is told to keep out, and both are said here.

Writers begin with IMMEDIATE: a transaction that reads first and writes later cannot wait for its
lock once somebody else has committed in between (SQLITE_BUSY_SNAPSHOT comes at once).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError

READ_ONLY = "falsework_read_only"
_BEGAN = "falsework_began"
# New readers wait as long as a commit waits for old ones: well within the lock budget.
_LONGEST_COMMIT_MS = 10_000


def begin(connection: Connection) -> None:
    """Begin for SQLAlchemy, which calls this for an autocommit connection, too."""
    options = connection.get_execution_options()
    read_only = bool(options.get(READ_ONLY))
    raw = _raw(connection)
    _pragma(raw, f"query_only={'ON' if read_only else 'OFF'}")
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
        connection.info[_BEGAN] = time.monotonic()


def commit(connection: Connection) -> None:
    """Commit for SQLAlchemy, whose own commit finds nothing left to do."""
    raw = _raw(connection)
    if not raw.in_transaction:
        return
    try:
        with _patience(connection, raw):
            connection.exec_driver_sql("COMMIT")
    except DBAPIError:
        raw.rollback()
        raise


@contextmanager
def _patience(connection: Connection, raw: DBAPIConnection) -> Iterator[None]:
    """Wait for readers at most as long as the work took that would be lost with the commit.

    In rollback-journal mode a commit needs every reader gone. A session waits only briefly for
    locks by default, which is right for a lock that is to be had, and wrong for one that guards
    minutes of work.
    """
    took = time.monotonic() - connection.info.get(_BEGAN, time.monotonic())
    usual = int(_pragma(raw, "busy_timeout"))
    _pragma(raw, f"busy_timeout={max(usual, min(int(took * 1000), _LONGEST_COMMIT_MS))}")
    try:
        yield
    finally:
        _pragma(raw, f"busy_timeout={usual}")


def _raw(connection: Connection) -> DBAPIConnection:
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise ValueError("the connection is closed")
    return raw


def _pragma(raw: DBAPIConnection, text: str) -> int:
    """Say the pragma; the number it answers, or 0."""
    cursor = raw.cursor()
    try:
        cursor.execute(f"PRAGMA {text}")
        row = cursor.fetchone()
    finally:
        cursor.close()
    return int(row[0]) if row else 0
