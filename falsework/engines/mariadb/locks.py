"""Who holds what: by performance_schema where it looks at locks, else by open transactions.

It is off as the server comes, and its instrument for metadata locks is off where it is on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.exc import DBAPIError

from falsework.engines.innodb import locks
from falsework.engines.innodb.errors import number
from falsework.model.schema import TableName

_HOLDERS = """
SELECT t.processlist_id, t.processlist_command,
       TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), LEFT(t.processlist_info, 1000),
       GROUP_CONCAT(DISTINCT m.object_name ORDER BY m.object_name)
FROM performance_schema.metadata_locks m
JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id
LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = t.processlist_id
WHERE m.object_type = 'TABLE' AND m.lock_status = 'GRANTED'
  AND (m.object_schema, m.object_name) IN :tables AND t.processlist_id <> CONNECTION_ID()
GROUP BY 1, 2, 3, 4 ORDER BY 3 DESC, 1
"""
# Which tables a transaction has touched is not said.
_TRANSACTIONS = """
SELECT p.id, p.command, TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), LEFT(p.info, 1000), ''
FROM information_schema.innodb_trx x
JOIN information_schema.processlist p ON p.id = x.trx_mysql_thread_id
WHERE p.db IN :schemas AND p.id <> CONNECTION_ID() ORDER BY 3 DESC, 1
"""
_NOT_ALLOWED = locks.NOT_ALLOWED | {1109}  # no such table


def blockers(connection: Connection, tables: Sequence[TableName]) -> tuple[str, ...]:
    """Whoever holds a lock on one of the tables or may do so, the oldest transaction first."""
    return tuple(said for _, said in holders(connection, tables))


def holders(
    connection: Connection, tables: Sequence[TableName]
) -> tuple[tuple[float | None, str], ...]:
    """The same, each with the seconds that its transaction has been open, where that is known."""
    if not tables:
        return ()
    names = locks.programs_if_known(connection)
    found = _ask(connection, _HOLDERS, "tables", [(t.schema, t.name) for t in tables])
    if not found:
        found = _ask(connection, _TRANSACTIONS, "schemas", sorted({t.schema for t in tables}))
    return tuple(_shown(found, names))


def _ask(
    connection: Connection, sql: str, name: str, given: Sequence[object]
) -> Sequence[Sequence[object]]:
    query = text(sql).bindparams(bindparam(name, expanding=True))
    try:
        return connection.execute(query, {name: given}).all()
    except DBAPIError as error:
        if number(error) in _NOT_ALLOWED:
            return ()
        raise


def _shown(
    found: Sequence[Sequence[object]], names: dict[int, str]
) -> Iterator[tuple[float | None, str]]:
    for session, command, age, query, tables in found:
        who, seconds = int(str(session)), None if age is None else float(str(age))
        held = [t for t in str(tables or "").split(",") if t]
        said = locks.whose(who, names.get(who), str(command), seconds, held)
        yield seconds, said + locks.shown(None if query is None else str(query))


def sessions(connection: Connection) -> tuple[str, ...]:
    """Other clients of this database."""
    return locks.sessions(connection, locks.programs_if_known(connection))
