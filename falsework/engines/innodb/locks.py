"""The session lock, and who else is there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.exc import DBAPIError

from falsework.engines.innodb.errors import number
from falsework.engines.innodb.session import ours
from falsework.model.schema import TableName

_SHOWN = 60  # characters of another session's query

_HOLDER = """
SELECT p.id, p.user, p.host FROM information_schema.processlist p WHERE p.id = IS_USED_LOCK(:name)
"""
_SESSIONS = """
SELECT p.id, p.user, p.host, p.command, p.time
FROM information_schema.processlist p
WHERE p.db IN (SELECT DATABASE()) AND p.id NOT IN :ours
  AND p.command NOT IN ('Daemon', 'Binlog Dump', 'Binlog Dump GTID', 'Slave_SQL', 'Slave_IO')
ORDER BY p.user, p.id
"""
_PROGRAMS = """
SELECT processlist_id, attr_value FROM performance_schema.session_connect_attrs
WHERE attr_name = 'program_name'
"""


class NamedLock:
    """``GET_LOCK``: the server frees it when the session ends, however it ends.

    Names belong to the server, not to a database, and have at most 64 characters. The caller's name
    says the database.
    """

    def acquire(self, connection: Connection, name: str) -> bool:
        """Take the lock if it is free; a session that has it gets it once more."""
        own = not connection.in_transaction()
        query = text("SELECT GET_LOCK(:name, 0)")
        taken = connection.execute(query, {"name": _key(name)}).scalar()
        if own:
            connection.commit()
        return taken == 1

    def holder(self, connection: Connection, name: str) -> str | None:
        """The session that holds it."""
        row = connection.execute(text(_HOLDER), {"name": _key(name)}).first()
        if row is None:
            return None
        number, user, host = row
        return f"process {number}, {user} from {host}"


def _key(name: str) -> str:
    """A fingerprint: the server compares names without regard to case."""
    return f"falsework {hashlib.sha256(name.encode()).hexdigest()[:40]}"


def make_way(_: Connection, __: Sequence[TableName]) -> bool:
    """Nothing: these servers do nothing to a table by themselves that holds a lock for long."""
    return False


def programs(connection: Connection) -> dict[int, str]:
    """What sessions call themselves; nothing where performance_schema is off."""
    return {int(row[0]): str(row[1]) for row in connection.execute(text(_PROGRAMS))}


NOT_ALLOWED = frozenset({1142, 1143, 1227})


def programs_if_known(connection: Connection) -> dict[int, str]:
    """The same, and nothing where this user may not look."""
    try:
        return programs(connection)
    except DBAPIError as error:
        if number(error) not in NOT_ALLOWED:
            raise
        return {}


def sessions(connection: Connection, names: dict[int, str]) -> tuple[str, ...]:
    """Other clients of this database; ``names`` are what sessions call themselves."""
    query = text(_SESSIONS).bindparams(bindparam("ours", expanding=True))
    found = connection.execute(query, {"ours": list(ours(connection)) or [0]})
    return tuple(
        f"{names.get(number) or 'no name'}: process {number}, {user} from {host}, "
        f"{str(command).lower()} for {seconds or 0} s"
        for number, user, host, command, seconds in found
        if names.get(number) != "falsework"
    )


def without_literals(query: str) -> str:
    """A query without the values in it: they may be anybody's secret."""

    def cover(match: re.Match[str]) -> str:
        if match["comment"]:
            return " "
        return match.group() if match["name"] else "?"

    return " ".join(_LITERAL.sub(cover, query).split())


# The server may have cut the query inside of a literal: whatever has no end goes to the end.
_LITERAL = re.compile(
    r"""(?P<comment>--\s[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z))
      |(?P<name>`(?:[^`]|``)*`?)
      |'(?:[^'\\]|\\.|'')*(?:'|\Z)|"(?:[^"\\]|\\.|"")*(?:"|\Z)
      |(?<![\w$])\d[\w.]*""",
    re.VERBOSE | re.DOTALL,
)


def shown(query: str | None) -> str:
    """The beginning of a query without its values, for people."""
    return f": {without_literals(query)[:_SHOWN]}" if query else ""


def whose(
    number: int, name: str | None, state: str, seconds: float | None, tables: Sequence[str]
) -> str:
    """One blocker, for people."""
    age = "" if seconds is None else f", its transaction open for {seconds:.0f} s"
    held = f" holds a lock on {', '.join(tables)}" if tables else ""
    return f"process {number}, {name or 'no name'}, {state.lower()}{held}{age}"
