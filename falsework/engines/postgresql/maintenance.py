"""Getting past an autovacuum, which no short try for a lock ever does.

The server cancels an autovacuum only for a session that has waited ``deadlock_timeout`` (1 s by
default) for a lock it holds. Tries of 50 ms never wait that long: measured on 16 and 18, 40 tries
in 6 s all failed. Waiting that long for ACCESS EXCLUSIVE would hold up every reader. So the wait is
for SHARE UPDATE EXCLUSIVE, which an autovacuum holds too and which no reader or writer feels.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from falsework.engines.postgresql.names import qualified
from falsework.model.schema import TableName

_WORKERS = """
SELECT n.nspname, c.relname
FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS w (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
JOIN pg_catalog.pg_locks l ON l.locktype = 'relation' AND l.relation = c.oid AND l.granted
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid AND a.backend_type = 'autovacuum worker'
GROUP BY 1, 2 ORDER BY 1, 2
"""

_PATIENCE = (
    "SELECT pg_catalog.set_config('lock_timeout', "
    "(extract(epoch FROM current_setting('deadlock_timeout')::interval) * 1000 + 500)::int::text, "
    "true)"
)


def make_way(connection: Connection, tables: Sequence[TableName]) -> bool:
    """Have the server cancel an autovacuum of one of the tables; whether there was one.

    Takes up to the server's ``deadlock_timeout`` and half a second for each, in the transaction
    that ``connection`` is in. One that keeps transaction ids from running out is not cancelled for
    anybody: it stays, and the next try names it as the blocker.
    """
    given = {"schemas": [t.schema for t in tables], "names": [t.name for t in tables]}
    found = [TableName(*row) for row in connection.execute(text(_WORKERS), given)]
    for table in found:
        connection.execute(text(_PATIENCE))
        lock = f"LOCK TABLE {qualified(table)} IN SHARE UPDATE EXCLUSIVE MODE"
        with suppress(DBAPIError), connection.begin_nested():
            connection.exec_driver_sql(lock, execution_options={"no_parameters": True})
    return bool(found)
