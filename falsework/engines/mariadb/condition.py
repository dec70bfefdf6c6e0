"""What the server says of its own condition, beside what it has in common with its kin.

Sources: https://mariadb.com/kb/en/show-replica-status/,
https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_on
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from falsework.engines.condition import Ask, Condition, Scope
from falsework.engines.innodb import condition as common
from falsework.engines.mariadb import locks
from falsework.model.remark import Remark

# A server that is built without it has no such variable.
_MEMBERS = """
SELECT s.variable_value FROM information_schema.global_variables v
JOIN information_schema.global_status s ON s.variable_name = 'WSREP_CLUSTER_SIZE'
WHERE v.variable_name = 'WSREP_ON' AND v.variable_value = 'ON'
"""


def cluster(connection: Connection, _: Scope) -> Iterator[Remark]:
    """The size of the server's cluster, where it is in one."""
    for (size,) in connection.execute(text(_MEMBERS)):
        yield Remark("", f"the server is one of {size} members of a Galera cluster")


CONDITION = Condition(
    {
        Ask.LONG_TRANSACTIONS: common.long_transactions,
        Ask.HOLDERS: common.held(locks.holders, common.TRANSACTIONS),
        Ask.LAG: common.lag(lambda _: "SHOW ALL SLAVES STATUS", "Seconds_Behind_Master"),
        Ask.STRICT: common.strict,
        Ask.COUNTERS: common.counters,
        Ask.MIXED: common.mixed,
        Ask.POOLER: common.pooler,
        Ask.CLOCK: common.clock,
        Ask.SESSIONS: common.sessions(locks.sessions),
        Ask.CLUSTER: cluster,
        Ask.ROOM: common.disk,
    },
    common.SILENT,
)
