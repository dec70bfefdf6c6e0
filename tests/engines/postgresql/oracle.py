"""What the server itself says about a statement: which locks it took, and what it did to rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from falsework.model.engine import Cost
from tests.engines.postgresql.conftest import Database

# Weakest first; the server's name for each: https://www.postgresql.org/docs/current/view-pg-locks.html
MODES = {
    "AccessShareLock": "ACCESS SHARE",
    "RowShareLock": "ROW SHARE",
    "RowExclusiveLock": "ROW EXCLUSIVE",
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}

# What the server logs at DEBUG1 while it works (src/backend/commands/tablecmds.c).
WORK = {
    r'rewriting table "t"': Cost.REWRITE,
    r'building index "[^"]*" on table "t"': Cost.BUILD,
    r'verifying table "t"': Cost.SCAN,
    r"validating foreign key constraint": Cost.SCAN,
}


class Seen(NamedTuple):
    """The strongest lock on the table ``t``, on others by name, and the dearest work on ``t``."""

    lock: str
    others: dict[str, str]
    cost: Cost


def seen(db: Database, sql: Iterable[str]) -> Seen:
    """Run the statements in a transaction that is rolled back, and see what they did."""
    tables = "SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200"
    with db.with_driver("psycopg2").connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        cursor = raw.cursor()  # SQLAlchemy's own would take the notices away
        cursor.execute(tables)
        names = dict(cursor.fetchall())
        cursor.execute("SET client_min_messages = debug1")
        raw.notices.clear()
        for text in sql:
            cursor.execute(text)
        said = "".join(raw.notices)
        cursor.execute("SET client_min_messages = notice")
        cursor.execute(tables)
        names |= dict(cursor.fetchall())
        cursor.execute(
            "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = "
            "ANY (%s::oid[])",
            (list(names),),
        )
        found = [(names[oid], mode) for oid, mode in cursor.fetchall()]
        raw.rollback()
    order = list(MODES)
    locks: dict[str, str] = {}
    for name, mode in sorted(found, key=lambda row: order.index(row[1])):
        locks[name] = MODES[mode]
    costs = [cost for pattern, cost in WORK.items() if re.search(pattern, said)]
    return Seen(locks.pop("t", ""), locks, max(costs, default=Cost.METADATA))
