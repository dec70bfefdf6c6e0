"""What there is to ask of a file, which has no sessions, no replicas and no clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from falsework.engines.condition import Ask, Condition, Scope
from falsework.engines.room import room
from falsework.engines.sqlite.tables import MAIN
from falsework.model.remark import Remark

MOST = 2**63 - 1
"""The last row id; after it AUTOINCREMENT fails (https://www.sqlite.org/autoinc.html)."""

_COUNTED = "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'"
_COUNTERS = "SELECT name, seq FROM main.sqlite_sequence WHERE name NOT LIKE 'falsework%' ORDER BY 1"


def counters(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Tables with AUTOINCREMENT; any other one takes a free row id after the last."""
    if connection.scalar(text(_COUNTED)) is None:
        return
    for name, last in connection.execute(text(_COUNTERS)):
        if isinstance(last, int) and last > scope.limits.key_share * MOST:
            said = f"{100 * last / MOST:.0f} % of its numbers are used up ({last} of {MOST})"
            yield Remark(f"{MAIN}.{name}", said)


_FILE = "SELECT file FROM pragma_database_list WHERE name = 'main'"


def disk(connection: Connection, scope: Scope) -> Iterator[Remark]:
    """Of the file's folder, where its journal lies as well."""
    file = connection.scalar(text(_FILE))
    return room(str(Path(file).parent) if file else None, scope.needed, here=True)


_UNSEEN = "a file does not know who has it open"

CONDITION = Condition(
    {Ask.COUNTERS: counters, Ask.ROOM: disk},
    {
        Ask.LONG_TRANSACTIONS: _UNSEEN,
        Ask.HOLDERS: _UNSEEN,
        Ask.SESSIONS: _UNSEEN,
        Ask.LAG: "a file has no replicas",
        Ask.STRICT: "what a column takes is said by its table, and changed by nobody",
        Ask.MIXED: "all tables of a file are kept alike, and a collation is a column's own",
        Ask.POOLER: "nothing is between this process and the file",
        Ask.CLOCK: "its clock is this machine's",
        Ask.REPLICATED: "a file is not replicated by rows",
        Ask.STANDBYS: "a file has no standbys",
        Ask.CLUSTER: "a file is no cluster",
    },
)
