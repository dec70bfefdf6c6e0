"""The GRANTs that a phase takes, table by table: alike on MySQL and MariaDB.

Nobody owns a table here. The catalog shows a user no columns of what it may not read, so what a
plan compares it must at least read. The tests take each privilege away and see it missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from falsework.engines.innodb.names import qualified, quoted
from falsework.engines.innodb.roles import account
from falsework.engines.innodb.rows import asking
from falsework.model.grant import ORDINARY
from falsework.model.need import Need, Privileges
from falsework.model.schema import TableName

_ORDER = ("SELECT", "INSERT", "UPDATE", "CREATE", "ALTER", "DROP", "REFERENCES")


_THERE = """
SELECT JSON_ARRAY(table_schema, table_name)
FROM information_schema.tables
WHERE {where:table_schema,table_name}
"""


def privileges(
    connection: Connection, need: Need, role: str, *, parent: tuple[str, ...] = ()
) -> Privileges:
    """The statements for an account (``app@%``) or a role.

    ``parent``  what the server asks for on the parent of a new foreign key

    Raises ValueError for the name of no account.
    """
    to = account(role)
    wanted = _wanted(need, parent)
    ask = asking(connection, sorted({n.schema for n in wanted}))
    present = {TableName(row[0], row[1]) for row in ask(_THERE)}
    present |= {own.table for own in need.journal}
    # On what is not there yet nothing can be granted but together with CREATE.
    later = [n for n, given in wanted.items() if n not in present and "CREATE" not in given]
    whole = need.schemas if need.whole else ()
    return Privileges(
        needed=(
            *(f"GRANT SELECT ON {_whole(schema)} TO {to}" for schema in whole),
            *(
                _on(name, given, to, need)
                for name, given in sorted(wanted.items())
                if name not in later and (name.schema not in whole or given != {"SELECT"})
            ),
        ),
        helpful=(
            f"GRANT PROCESS ON *.* TO {to}",
            f"GRANT SELECT ON performance_schema.* TO {to}",
        ),
        later=tuple(sorted(later)),
    )


def _wanted(need: Need, parent: tuple[str, ...]) -> Mapping[TableName, set[str]]:
    made = ("CREATE",) if need.founds else ()
    wanted = {own.table: {*own.privileges, *made} for own in need.journal}
    for names, some in (
        (need.makes, ("SELECT", "CREATE")),
        ((*need.sees, *need.reads), ("SELECT",)),
        (need.changes, ("SELECT", "ALTER")),
        (need.drops, ("SELECT", "DROP")),
        (need.refers, parent),
        ((f.table for f in need.fills), ("SELECT", "UPDATE")),
    ):
        for name in names:
            wanted.setdefault(name, set()).update(some)
    return wanted


def _whole(schema: str) -> str:
    """All tables of the schema: its name is a pattern there."""
    name = quoted(re.sub(r"([_%\\])", r"\\\1", schema))
    return f"{name}.*"


def _on(table: TableName, given: Iterable[str], to: str, need: Need) -> str:
    shared = table in need.shares
    names = {*given, *(ORDINARY if shared else ())}
    listed = ", ".join([p for p in _ORDER if p in names] + sorted(names - {*_ORDER}))
    end = " WITH GRANT OPTION" if shared else ""
    return f"GRANT {listed} ON {qualified(table)} TO {to}{end}"
