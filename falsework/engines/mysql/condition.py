"""What the server says of its own condition, beside what it has in common with its kin.

Source: https://dev.mysql.com/doc/refman/9.7/en/performance-schema-replication-group-members-table.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from falsework.engines.condition import Ask, Condition, Scope
from falsework.engines.innodb import condition as common
from falsework.engines.mysql import locks
from falsework.model.remark import Remark

_LOCKS = "SELECT 1 FROM performance_schema.metadata_locks LIMIT 1"
_RENAMED = (8, 0, 22)  # SLAVE became REPLICA


def _status(connection: Connection) -> str:
    version = connection.dialect.server_version_info or ()
    return "SHOW REPLICA STATUS" if version >= _RENAMED else "SHOW SLAVE STATUS"


def counters(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """By the counters themselves, not by yesterday's copy of them."""
    connection.execute(text("SET SESSION information_schema_stats_expiry = 0"))
    return common.counters(connection, scope)


_MEMBERS = """
SELECT member_host, member_port, member_state
FROM performance_schema.replication_group_members WHERE member_state <> 'OFFLINE' ORDER BY 1, 2
"""


def cluster(connection: Connection, _: Scope) -> Iterator[Remark]:
    """The members of the server's group, where it is in one."""
    for row in common.allowed(connection, _MEMBERS):
        host, port, state = row.values()
        yield Remark(f"member {host}:{port}", f"is {str(state).lower()} in the server's group")


CONDITION = Condition(
    {
        Ask.LONG_TRANSACTIONS: common.long_transactions,
        Ask.HOLDERS: common.held(locks.holders, _LOCKS),
        Ask.LAG: common.lag(_status, "Seconds_Behind_Source"),
        Ask.STRICT: common.strict,
        Ask.COUNTERS: counters,
        Ask.MIXED: common.mixed,
        Ask.POOLER: common.pooler,
        Ask.CLOCK: common.clock,
        Ask.SESSIONS: common.sessions(locks.sessions),
        Ask.CLUSTER: cluster,
        Ask.ROOM: common.disk,
    },
    common.SILENT,
)
