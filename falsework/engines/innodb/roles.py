"""Accounts and roles, and what they may do with tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from falsework.engines.innodb.names import literal, qualified
from falsework.engines.innodb.rows import asking
from falsework.engines.innodb.session import value
from falsework.model.grant import Grant, Grants
from falsework.model.schema import Sequence as Counter
from falsework.model.schema import Table, TableName

# Only what is granted on a table itself: what is granted on its database holds for new ones too.
# A user without rights on the server's own tables sees the own privileges alone.
_GRANTS = """
SELECT JSON_ARRAY(table_schema, table_name, grantee, privilege_type)
FROM information_schema.table_privileges
WHERE {where:table_schema,table_name} ORDER BY table_schema, table_name, grantee, privilege_type
"""


def grants(connection: Connection, schemas: Sequence[str]) -> Grants:
    """Privileges on the tables of the schemas, of all accounts but the session's own."""
    ask = asking(connection, schemas)
    own = value(connection, "SELECT current_user()")
    found: dict[TableName, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for schema, table, grantee, privilege in ask(_GRANTS):
        if _named(grantee) != own:
            found[TableName(schema, table)][_named(grantee)].append(privilege)
    return {
        name: [Grant(grantee, tuple(given)) for grantee, given in roles.items()]
        for name, roles in found.items()
    }


def _named(grantee: str) -> str:
    """``'app'@'%'`` of the catalog, which quotes without escaping, as ``app@%``."""
    user, _, host = grantee.rpartition("@")
    return f"{user.strip(chr(39))}@{host.strip(chr(39))}" if user else grantee.strip("'")


def account(name: str) -> str:
    """``app@%``, or the name of a role alone, as SQL. Raises ValueError for an empty one."""
    user, at, host = name.rpartition("@")
    parts = (user, host) if at else (name,)
    if not parts[0]:
        raise ValueError(f"{name!r} is the name of no account: write user@host, or a role")
    return "@".join(map(literal, parts))


def statements(made: Table | Counter, grants: Sequence[Grant]) -> tuple[str, ...]:
    """The GRANTs; who takes values from a sequence reads and writes it (seen on MariaDB 11.8)."""
    where = qualified(made.name)
    if isinstance(made, Counter):
        grants = [Grant(g.grantee, ("SELECT", "INSERT")) for g in grants if g.inserts]
    return tuple(
        f"GRANT {', '.join(g.privileges)} ON TABLE {where} TO {account(g.grantee)}" for g in grants
    )


def become(role: str) -> str:
    """No statement: a user can reach no database before its role is set."""
    raise ValueError(f"tables have no owners here: make {role} a default role of the user")
