"""What both servers say of their own condition in the same words.

Sources: https://dev.mysql.com/doc/refman/9.7/en/information-schema-innodb-trx-table.html,
https://mariadb.com/kb/en/information-schema-innodb_trx-table/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, text
from sqlalchemy.exc import DBAPIError

from falsework.engines.clock import skew
from falsework.engines.condition import Ask, CannotTell, Look, Scope
from falsework.engines.innodb.errors import number
from falsework.engines.innodb.locks import NOT_ALLOWED, shown
from falsework.engines.innodb.session import off_host
from falsework.engines.innodb.types import INTEGERS
from falsework.engines.room import room
from falsework.model.remark import Remark
from falsework.model.schema import TableName

Holders = Callable[[Connection, Sequence[TableName]], Sequence[tuple[float | None, str]]]
Sessions = Callable[[Connection], Sequence[str]]

# A transaction that only reads has one here too, once it has read something.
_TRANSACTIONS = """
SELECT x.trx_mysql_thread_id, p.user, p.host, p.command,
       TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), LEFT(p.info, 1000)
FROM information_schema.innodb_trx x
LEFT JOIN information_schema.processlist p ON p.id = x.trx_mysql_thread_id
WHERE x.trx_mysql_thread_id <> CONNECTION_ID()
  AND TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) > :seconds
ORDER BY 5 DESC, 1
"""


_NOT_ALLOWED = "this user may not ask: docs/operating.md says what to grant"


def allowed(
    connection: Connection, query: str, given: Mapping[str, object] | None = None
) -> Sequence[RowMapping]:
    """The rows of a query by column. Raises CannotTell where this user may not ask it."""
    try:
        return connection.execute(text(query), given or {}).mappings().all()
    except DBAPIError as error:
        if number(error) in NOT_ALLOWED:
            raise CannotTell(_NOT_ALLOWED) from None
        raise


def long_transactions(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Of the whole server: an online build waits for each that has used the table."""
    given = {"seconds": scope.limits.transaction}
    for row in allowed(connection, _TRANSACTIONS, given):
        session, user, host, command, seconds, query = (row[key] for key in row)
        who = f"{user} from {host}, {str(command).lower()}" if user else "of a user not shown"
        said = f"{who}, has a transaction open for {seconds} s{shown(query)}"
        yield Remark(f"process {session}", said, f"KILL {int(session):d} ends it.")


def held(holders: Holders, source: str) -> Look:
    """Holders of locks on the tables, whose transaction is not of this moment.

    ``source``  a query that tells whether this user may see them
    """

    def look(connection: Connection, scope: Scope) -> Iterator[Remark]:
        allowed(connection, source)
        for seconds, said in holders(connection, scope.touched):
            if seconds is None or seconds > scope.limits.held:
                yield Remark("", said)

    return look


def sessions(connected: Sessions) -> Look:
    """Other clients of this database; without PROCESS only those of the same user are there."""

    def look(connection: Connection, _: Scope) -> Iterator[Remark]:
        found = connected(connection)
        if not found:
            allowed(connection, TRANSACTIONS)
        yield from (Remark("", said) for said in found)

    return look


TRANSACTIONS = "SELECT 1 FROM information_schema.innodb_trx LIMIT 1"
"""What only a user with PROCESS may ask."""

_MODES = "SELECT @@GLOBAL.sql_mode"
_STRICT = frozenset({"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "TRADITIONAL"})


def strict(connection: Connection, _: Scope) -> Iterator[Remark]:
    """The mode that sessions begin with; an application may set its own."""
    modes = str(connection.scalar(text(_MODES)) or "")
    if not _STRICT.intersection(modes.upper().split(",")):
        said = f"the server's sql_mode is not strict ({modes or 'empty'})"
        yield Remark("", said, "SET PERSIST or the server's configuration: STRICT_TRANS_TABLES.")


_COUNTERS = """
SELECT t.table_schema, t.table_name, c.column_name, c.data_type, c.column_type, t.auto_increment
FROM information_schema.tables t
JOIN information_schema.columns c
  ON c.table_schema = t.table_schema AND c.table_name = t.table_name
WHERE t.table_schema IN :schemas AND c.table_schema IN :schemas AND c.extra LIKE '%auto_increment%'
  AND t.auto_increment IS NOT NULL
ORDER BY 1, 2
"""
_BYTES = dict(zip(INTEGERS, (1, 2, 3, 4, 8), strict=True))


def counters(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Counted columns, by the number that is next."""
    query = text(_COUNTERS).bindparams(bindparam("schemas", expanding=True))
    found = connection.execute(query, {"schemas": list(scope.schemas)})
    for schema, table, column, type, whole, following in found:
        bits = 8 * _BYTES.get(str(type), 8) - ("unsigned" not in str(whole))
        last, most = int(following) - 1, 2**bits - 1
        if last > scope.limits.key_share * most:
            said = f"{100 * last / most:.0f} % of its numbers are used up ({last} of {most})"
            yield Remark(f"{schema}.{table}.{column}", said)


_TABLES = """
SELECT table_schema, table_name, engine, table_collation
FROM information_schema.tables
WHERE table_schema IN :schemas AND table_type = 'BASE TABLE'
  AND table_name NOT LIKE 'falsework\\_%'
ORDER BY 1, 2
"""
_TRANSACTIONAL = frozenset({"InnoDB", "ndbcluster"})


def mixed(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Tables without transactions, and those of another collation than most."""
    query = text(_TABLES).bindparams(bindparam("schemas", expanding=True))
    found = connection.execute(query, {"schemas": list(scope.schemas)}).all()
    usual = Counter(collation for *_, collation in found).most_common(1)
    for schema, name, engine, collation in found:
        if engine is not None and engine not in _TRANSACTIONAL:
            yield Remark(f"{schema}.{name}", f"is kept by {engine}, which has no transactions")
        elif collation != usual[0][0]:
            yield Remark(f"{schema}.{name}", f"has {collation}, most others have {usual[0][0]}")


_SESSION = "SELECT CONNECTION_ID()"


def pooler(connection: Connection, _: Scope) -> Iterator[Remark]:
    """A proxy greets clients with session numbers of its own making."""
    raw: Any = connection.connection.dbapi_connection
    if raw.thread_id() != connection.scalar(text(_SESSION)):
        yield Remark("", "the session is not with the server itself", stops=True)


_NOW = "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) / 1000000"


def clock(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """The server's clock beside this machine's."""
    return skew(lambda: float(connection.scalar(text(_NOW)) or 0), scope.limits.clock)


_FOLLOWERS = """
SELECT count(*) FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'
"""


def lag(status: Callable[[Connection], str], column: str) -> Look:
    """How far this server is behind; how far its own replicas are, only they can say.

    ``status``  the statement that tells of what this server follows
    ``column``  where it has the seconds
    """

    def look(connection: Connection, scope: Scope) -> Iterator[Remark]:
        for row in allowed(connection, status(connection)):
            behind = row[column]
            if behind is None:
                yield Remark("", "this server is a replica, and its replication has stopped")
            elif behind > scope.limits.lag:
                yield Remark("", f"this server is a replica, {behind} s behind")
        if followers := connection.scalar(text(_FOLLOWERS)):
            raise CannotTell(f"{followers} replicas follow this server: only they know their lag")

    return look


_FOLDER = "SELECT @@GLOBAL.datadir"


def disk(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Of the folder of the data; temporary files may lie elsewhere."""
    here = not off_host(connection.engine.url)
    return room(connection.scalar(text(_FOLDER)), scope.needed, here=here)


SILENT: Mapping[Ask, str] = {
    Ask.REPLICATED: "replicas of this server get its DDL as well",
    Ask.STANDBYS: "replicas of this server cancel no queries for a lock",
}
