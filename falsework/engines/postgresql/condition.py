"""What the server says of its own condition.

Sources: https://www.postgresql.org/docs/current/monitoring-stats.html,
https://www.postgresql.org/docs/current/view-pg-sequences.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from falsework.engines.clock import skew
from falsework.engines.condition import Ask, CannotTell, Condition, Scope
from falsework.engines.postgresql.locks import holders, without_literals
from falsework.engines.postgresql.locks import sessions as connected
from falsework.engines.postgresql.session import off_host
from falsework.engines.room import room
from falsework.model.remark import Remark

_SHOWN = 60  # characters of another session's query

# Without pg_read_all_stats a user sees no more than that other users' sessions are there.
_TRANSACTIONS = """
SELECT pid, coalesce(nullif(application_name, ''), 'no name'), coalesce(state, ''),
       extract(epoch FROM clock_timestamp() - xact_start), left(query, 1000), state IS NULL
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database() AND coalesce(backend_type, 'client backend') = 'client backend'
  AND pid <> pg_backend_pid()
ORDER BY 4 DESC NULLS LAST, 1
"""
_PREPARED = """
SELECT gid, owner, extract(epoch FROM clock_timestamp() - prepared)
FROM pg_catalog.pg_prepared_xacts WHERE database = current_database() ORDER BY 3 DESC
"""


_HIDDEN = "sessions of other users are hidden from this one: grant pg_read_all_stats"


def long_transactions(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Sessions and prepared transactions, the oldest first."""
    hidden, seen = 0, 0
    for pid, name, state, seconds, query, unseen in connection.execute(text(_TRANSACTIONS)):
        hidden += unseen
        if seconds is not None and seconds > scope.limits.transaction:
            seen += 1
            shown = without_literals(query or "")[:_SHOWN]
            said = f"{name}, {state}, has a transaction open for {seconds:.0f} s: {shown}"
            yield Remark(f"process {pid}", said, f"SELECT pg_terminate_backend({pid:d}) ends it.")
    for gid, owner, seconds in connection.execute(text(_PREPARED)):
        if seconds > scope.limits.transaction:
            seen += 1
            said = f"of {owner}, has been prepared for {seconds:.0f} s"
            how = "COMMIT PREPARED or ROLLBACK PREPARED ends it."
            yield Remark(f"prepared transaction {gid}", said, how)
    if hidden and not seen:
        raise CannotTell(f"{hidden} {_HIDDEN}")
    if hidden:
        yield Remark("", f"{hidden} {_HIDDEN}")


def held(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Holders of locks on the tables, whose transaction is not of this moment."""
    for seconds, said in holders(connection, scope.touched):
        if seconds is None or seconds > scope.limits.held:
            yield Remark("", said)


_IN_RECOVERY = "SELECT pg_is_in_recovery()"
# What has arrived is replayed: then the last transaction may be old, and nothing is behind.
_OWN_LAG = """
SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
"""
_LAG = """
SELECT coalesce(nullif(application_name, ''), 'no name'), host(client_addr),
       extract(epoch FROM replay_lag), state, state IS NULL
FROM pg_catalog.pg_stat_replication ORDER BY 1, 2
"""


def lag(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Of the replicas of this server, or of this one where it is a replica."""
    if connection.scalar(text(_IN_RECOVERY)):
        behind = connection.scalar(text(_OWN_LAG))
        if behind is not None and behind > scope.limits.lag:
            yield Remark("", f"this server is a replica, {behind:.0f} s behind")
        return
    for name, address, behind, state, unseen in connection.execute(text(_LAG)):
        if unseen:
            raise CannotTell("replicas are hidden from this user: grant pg_monitor")
        where = f"replica {name} at {address or 'this machine'}"
        if state != "streaming":
            yield Remark(where, f"does not follow yet ({state})")
        elif behind is not None and behind > scope.limits.lag:
            yield Remark(where, f"is {behind:.0f} s behind")


# A column's own counter, with the last number that both the column and the counter can hold.
_COUNTERS = """
SELECT n.nspname, c.relname, a.attname, q.last_value,
       least(q.max_value, CASE a.atttypid WHEN 'int2'::regtype THEN 32767
             WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END),
       has_sequence_privilege(s.oid, 'SELECT, USAGE')
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_catalog.pg_sequences q ON q.schemaname = sn.nspname AND q.sequencename = s.relname
JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
  AND d.deptype IN ('a', 'i') AND NOT q.cycle AND q.increment_by > 0
  AND n.nspname = ANY (CAST(:schemas AS text[]))
ORDER BY 1, 2, 3
"""


def counters(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Counters of columns, by the last number that was given out."""
    given = {"schemas": list(scope.schemas)}
    hidden, seen = 0, 0
    for schema, table, column, last, most, may in connection.execute(text(_COUNTERS), given):
        hidden += not may
        if last is not None and last > scope.limits.key_share * most:
            said = f"{100 * last / most:.0f} % of its numbers are used up ({last} of {most})"
            seen += 1
            yield Remark(f"{schema}.{table}.{column}", said)
    if hidden and not seen:
        raise CannotTell(f"{hidden} sequences are hidden from this user: grant SELECT on them")


_BACKEND = "SELECT pg_backend_pid()"


def pooler(connection: Connection, _: Scope) -> Iterator[Remark]:
    """A pooler gives clients process numbers of its own making."""
    raw: Any = connection.connection.dbapi_connection
    if raw.info.backend_pid != connection.scalar(text(_BACKEND)):
        yield Remark("", "the session is not with the server itself", stops=True)


_NOW = "SELECT extract(epoch FROM clock_timestamp())"


def clock(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """The server's clock beside this machine's."""
    return skew(lambda: float(connection.scalar(text(_NOW)) or 0), scope.limits.clock)


def sessions(connection: Connection, _: Scope) -> Iterator[Remark]:
    """Other clients of this database."""
    return (Remark("", said) for said in connected(connection))


_PUBLISHED = """
SELECT t.schemaname, t.tablename, 'is published by ' || t.pubname
FROM pg_catalog.pg_publication_tables t
JOIN unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS w (schema, name)
  ON w.schema = t.schemaname AND w.name = t.tablename
UNION ALL
SELECT n.nspname, c.relname, 'is filled by subscription ' || s.subname
FROM pg_catalog.pg_subscription_rel r
JOIN pg_catalog.pg_class c ON c.oid = r.srrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_subscription s ON s.oid = r.srsubid
JOIN unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS w (schema, name)
  ON w.schema = n.nspname AND w.name = c.relname
ORDER BY 1, 2, 3
"""


def replicated(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Publications and subscriptions of the tables that steps work on."""
    for schema, name, said in connection.execute(text(_PUBLISHED), _named(scope)):
        yield Remark(f"{schema}.{name}", said)


def _named(scope: Scope) -> Mapping[str, Sequence[str]]:
    return {"schemas": [t.schema for t in scope.touched], "names": [t.name for t in scope.touched]}


_STANDBYS = """
SELECT coalesce(nullif(application_name, ''), 'no name'), host(client_addr)
FROM pg_catalog.pg_stat_replication r
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_replication_slots s
                  WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
ORDER BY 1, 2
"""


def standbys(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Physical replicas; whether one answers queries, only it can say."""
    if not scope.touched:
        return
    for name, address in connection.execute(text(_STANDBYS)):
        said = "replays every strong lock of the steps"
        yield Remark(f"replica {name} at {address or 'this machine'}", said)


_FOLDER = "SELECT nullif(setting, '') FROM pg_catalog.pg_settings WHERE name = 'data_directory'"


def disk(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Of the folder of the data; a tablespace may lie elsewhere."""
    here = not off_host(connection.engine.url)
    return room(connection.scalar(text(_FOLDER)), scope.needed, here=here)


CONDITION = Condition(
    {
        Ask.LONG_TRANSACTIONS: long_transactions,
        Ask.HOLDERS: held,
        Ask.LAG: lag,
        Ask.COUNTERS: counters,
        Ask.POOLER: pooler,
        Ask.CLOCK: clock,
        Ask.SESSIONS: sessions,
        Ask.REPLICATED: replicated,
        Ask.STANDBYS: standbys,
        Ask.ROOM: disk,
    },
    {
        Ask.STRICT: "this server never changes a value to make it fit",
        Ask.MIXED: "all its tables are kept alike, and a collation is a column's own",
        Ask.CLUSTER: "this server has no members that certify writes",
    },
)
