"""The GRANTs that a phase takes.

A table is changed by its owner alone (https://www.postgresql.org/docs/current/ddl-priv.html): no
privilege stands for that, only membership in the owner's role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from falsework.engines.postgresql.names import qualified, quoted
from falsework.model.need import Need, Privileges
from falsework.model.schema import TableName

_OWNERS = """
SELECT n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'S') AND n.nspname = ANY (CAST(:schemas AS text[]))
UNION ALL
SELECT n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner)
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND n.nspname = ANY (CAST(:schemas AS text[]))
"""


@dataclass(frozen=True, slots=True)
class _Owners:
    """Who owns what, beside the role that is to be given something."""

    role: str
    of: Mapping[TableName, str]

    @classmethod
    def read(cls, connection: Connection, schemas: Sequence[str], role: str) -> _Owners:
        found = connection.execute(text(_OWNERS), {"schemas": schemas})
        return cls(role, {TableName(schema, name): owner for schema, name, owner in found})

    def memberships(self, need: Need) -> tuple[str, ...]:
        """The roles that own what changes or goes."""
        found = {self.of[n] for n in (*need.changes, *need.drops) if n in self.of}
        return tuple(sorted(found - {self.role}))

    def later(self, need: Need) -> tuple[TableName, ...]:
        """What is not there yet."""
        used = {*need.changes, *need.drops, *need.reads, *need.refers, *need.sees}
        return tuple(sorted(n for n in used - {*need.makes} if n not in self.of))


def privileges(connection: Connection, need: Need, role: str) -> Privileges:
    """The statements for a role; what it owns by itself needs none."""
    rows = (*need.reads, *need.refers, *(f.table for f in need.fills))
    schemas = sorted({*need.schemas, *(n.schema for n in rows)})
    owners = _Owners.read(connection, schemas, role)
    database = connection.execute(text("SELECT pg_catalog.current_database()")).scalar_one()
    to, making = quoted(role), _making(need)
    return Privileges(
        needed=(
            f"GRANT CONNECT ON DATABASE {quoted(database)} TO {to}",
            *(
                f"GRANT {'USAGE, CREATE' if s in making else 'USAGE'} ON SCHEMA {quoted(s)} TO {to}"
                for s in schemas
            ),
            *(f"GRANT {quoted(owner)} TO {to}" for owner in owners.memberships(need)),
            *(
                f"GRANT {what} ON TABLE {qualified(name)} TO {to}"
                for name, what in _on_tables(need, owners)
            ),
        ),
        helpful=(f"GRANT pg_read_all_stats TO {to}",),
        later=owners.later(need),
    )


def _making(need: Need) -> frozenset[str]:
    """Schemas in which something new is made: an index is, too."""
    own = {own.table.schema for own in need.journal} if need.founds else set[str]()
    return frozenset({*own, *need.builds, *(n.schema for n in need.makes)})


def _on_tables(need: Need, owners: _Owners) -> Iterator[tuple[TableName, str]]:
    """Privileges on tables of others; membership in the owner's role has them all."""
    if not need.founds:
        yield from ((own.table, ", ".join(own.privileges)) for own in need.journal)
    members = {*owners.memberships(need), owners.role}
    written = {f.table: f.columns for f in need.fills}
    for name in sorted({*need.reads, *need.refers, *written}):
        if owners.of.get(name, owners.role) in members:
            continue
        parts = ["SELECT"]
        if name in written:
            parts.append(f"UPDATE ({', '.join(map(quoted, written[name]))})")
        if name in need.refers:
            parts.append("REFERENCES")
        yield name, ", ".join(parts)
