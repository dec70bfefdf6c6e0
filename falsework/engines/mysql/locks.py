"""Who holds what, by performance_schema: it is on, with its instrument for metadata locks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.exc import DBAPIError

from falsework.engines.innodb import locks
from falsework.engines.innodb.errors import number
from falsework.model.schema import TableName

# Any lock on a table keeps an exclusive one away, so everybody who holds one is named.
_BLOCKERS = """
SELECT t.processlist_id, t.processlist_command, a.attr_value,
       TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), LEFT(t.processlist_info, 1000),
       GROUP_CONCAT(DISTINCT m.object_name ORDER BY m.object_name)
FROM performance_schema.metadata_locks m
JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id
LEFT JOIN performance_schema.session_connect_attrs a
  ON a.processlist_id = t.processlist_id AND a.attr_name = 'program_name'
LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = t.processlist_id
WHERE m.object_type = 'TABLE' AND m.lock_status = 'GRANTED'
  AND (m.object_schema, m.object_name) IN :tables AND t.processlist_id <> CONNECTION_ID()
GROUP BY 1, 2, 3, 4, 5 ORDER BY 4 DESC, 1
"""


def blockers(connection: Connection, tables: Sequence[TableName]) -> tuple[str, ...]:
    """Whoever holds a lock on one of the tables, the oldest transaction first.

    Nobody where this user may not look into performance_schema.
    """
    return tuple(said for _, said in holders(connection, tables))


def holders(
    connection: Connection, tables: Sequence[TableName]
) -> tuple[tuple[float | None, str], ...]:
    """The same, each with the seconds that its transaction has been open, where that is known."""
    if not tables:
        return ()
    query = text(_BLOCKERS).bindparams(bindparam("tables", expanding=True))
    given = {"tables": [(t.schema, t.name) for t in tables]}
    try:
        found = connection.execute(query, given).all()
    except DBAPIError as error:
        if number(error) in locks.NOT_ALLOWED:
            return ()
        raise
    return tuple(
        (
            age,
            locks.whose(session, name, command, age, str(names).split(","))
            + locks.shown(query_text),
        )
        for session, command, name, age, query_text, names in found
    )


def sessions(connection: Connection) -> tuple[str, ...]:
    """Other clients of this database."""
    return locks.sessions(connection, locks.programs_if_known(connection))
