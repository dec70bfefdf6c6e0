"""What SQLAlchemy leaves to its users when a connection is dead."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError


def autocommit(connection: Connection) -> None:
    """Let each statement be committed by itself. Raises DBAPIError where the connection is dead."""
    _set(connection, "AUTOCOMMIT")


def transactional(connection: Connection) -> None:
    """Leave autocommit again. Raises DBAPIError where the connection is dead."""
    _set(connection, connection.default_isolation_level or "READ COMMITTED")


def dead(connection: Connection) -> bool:
    """Whether the connection is known to be gone; SQLAlchemy would silently make a new one."""
    return connection.closed or connection.invalidated


def _set(connection: Connection, level: IsolationLevel) -> None:
    """Set the isolation level, outside a transaction."""
    try:
        connection.execution_options(isolation_level=level)
    except connection.dialect.loaded_dbapi.Error as error:  # SQLAlchemy does not wrap it here
        if not isinstance(error, Exception):
            raise
        discard(connection)
        raise OperationalError(None, None, error, connection_invalidated=True) from None


def discard(connection: Connection) -> None:
    """Close a connection that may be dead, without a word of it in the log."""
    with suppress(SQLAlchemyError):
        if not dead(connection):
            connection.invalidate()
    with suppress(DBAPIError):
        connection.close()
