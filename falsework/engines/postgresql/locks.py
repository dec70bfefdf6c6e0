"""The session lock, and who holds what."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from falsework.engines.postgresql.session import settled
from falsework.model.schema import TableName

_SHOWN = 60  # characters of another session's query

_HOLDER = """
SELECT a.pid, a.application_name, host(a.client_addr), a.usename
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.classid = CAST(:high AS bigint)::oid AND l.objid = CAST(:low AS bigint)::oid
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
"""

# Any lock on a table keeps ACCESS EXCLUSIVE away, so everybody who holds one is named. A prepared
# transaction has no process.
_BLOCKERS = """
SELECT l.pid, a.state, a.application_name, a.backend_type,
       extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)),
       left(a.query, 1000), p.gid, array_agg(DISTINCT c.relname::text ORDER BY c.relname::text)
FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS w (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
JOIN pg_catalog.pg_locks l ON l.locktype = 'relation' AND l.relation = c.oid AND l.granted
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_catalog.pg_locks x ON l.pid IS NULL AND x.virtualtransaction = l.virtualtransaction
    AND x.locktype = 'transactionid'
LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid
WHERE l.pid IS DISTINCT FROM pg_backend_pid()
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 5 DESC NULLS LAST, 1
"""

# Of other users' sessions a user without pg_read_all_stats sees no more than that they are there.
_SESSIONS = """
SELECT pid, application_name, usename, host(client_addr), state,
       extract(epoch FROM clock_timestamp() - coalesce(state_change, backend_start))
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database() AND coalesce(backend_type, 'client backend') = 'client backend'
  AND pid <> pg_backend_pid() AND application_name <> 'falsework'
ORDER BY application_name, pid
"""


class AdvisoryLock:
    """``pg_try_advisory_lock``: the server frees it when the session ends, however it ends.

    Behind a pooler that gives each transaction another server session it does not hold.
    """

    def acquire(self, connection: Connection, name: str) -> bool:
        """Take the lock if it is free; a session that has it gets it once more."""
        given = {"key": _key(name)}
        return bool(settled(connection, "SELECT pg_catalog.pg_try_advisory_lock(:key)", given))

    def holder(self, connection: Connection, name: str) -> str | None:
        """The session that holds it, in this database."""
        key = _key(name) % 2**64
        given = {"high": key >> 32, "low": key % 2**32}
        row = connection.execute(text(_HOLDER), given).first()
        if row is None:
            return None
        pid, application, address, user = row
        return f"process {pid}, {application or 'no name'}, {user} from {address or 'this machine'}"


def _key(name: str) -> int:
    """64 bits of the name's fingerprint, signed: the server's own hash differs between versions."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def blockers(connection: Connection, tables: Sequence[TableName]) -> tuple[str, ...]:
    """Whoever holds a lock on one of the tables, the oldest transaction first."""
    return tuple(said for _, said in holders(connection, tables))


def holders(
    connection: Connection, tables: Sequence[TableName]
) -> tuple[tuple[float | None, str], ...]:
    """The same, each with the seconds that its transaction has been open, where that is known."""
    given = {"schemas": [t.schema for t in tables], "names": [t.name for t in tables]}
    return tuple((row[4], _blocker(row)) for row in connection.execute(text(_BLOCKERS), given))


def _blocker(row: Sequence[Any]) -> str:
    pid, state, application, kind, seconds, query, prepared, tables = row
    who = f"process {pid}" if prepared is None else f"prepared transaction {prepared}"
    if kind not in (None, "client backend"):
        who += f", {kind}"
    elif prepared is None:
        who += f", {application or 'no name'}, {state or 'state not shown'}"
    age = "" if seconds is None else f", its transaction open for {seconds:.0f} s"
    shown = f": {without_literals(query)[:_SHOWN]}" if query else ""
    return f"{who} holds a lock on {', '.join(tables)}{age}{shown}"


# The server may have cut the query inside of a literal: whatever has no end goes to the end.
_LITERAL = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
      |(?P<name>"(?:[^"]|"")*"?)
      |\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)
      |[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)|'(?:[^']|'')*(?:'|\Z)
      |(?<![\w$])\d[\w.]*""",
    re.VERBOSE | re.DOTALL,
)


def without_literals(query: str) -> str:
    """A query without the values in it: they may be anybody's secret."""

    def cover(match: re.Match[str]) -> str:
        if match["comment"]:
            return " "
        return match.group() if match["name"] else "?"

    return " ".join(_LITERAL.sub(cover, query).split())


def sessions(connection: Connection) -> tuple[str, ...]:
    """Other clients of this database; sessions of falsework itself are known by the run lock."""
    return tuple(
        f"{application or 'no name'}: process {pid}, {user} from {address or 'this machine'}, "
        f"{state or 'state not shown'} for {seconds or 0:.0f} s"
        for pid, application, user, address, state, seconds in connection.execute(text(_SESSIONS))
    )
