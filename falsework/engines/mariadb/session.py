"""What MariaDB's sessions are set to, and what they are connected to."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from falsework.engines.innodb import session
from falsework.model.engine import Version

# A step may run for hours, and its session may be idle while another one works.
SETTINGS = (
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    (
        f"SET SESSION sql_mode = '{session.SQL_MODE}', SESSION foreign_key_checks = 1, "
        "SESSION unique_checks = 1, SESSION check_constraint_checks = 1, "
        "SESSION max_statement_time = 0, SESSION wait_timeout = 604800"
    ),
)


def mine(connection: Connection) -> bool:
    """MariaDB, whose version says so."""
    return "mariadb" in str(session.value(connection, "SELECT VERSION()")).lower()


def version(connection: Connection) -> Version:
    """(11, 8, 9)."""
    name = str(session.value(connection, "SELECT VERSION()"))
    return tuple(int(part) for part in re.findall(r"\d+", name)[:3])


def begin_session(connection: Connection, *, lock_ms: int) -> None:
    """Settings before any step."""
    session.run(connection, *SETTINGS)
    session.wait_for_locks(connection, lock_ms)
