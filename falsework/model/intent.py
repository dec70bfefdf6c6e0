"""What only the models know, and no catalog: fills, values for dropped columns, promises.

An intent is never part of a schema's equality or digest; the plan carries its own digest of it.
"""

from __future__ import annotations

from functools import cached_property

from msgspec.structs import replace

from falsework.model.frozen import Frozen
from falsework.model.schema import Default, Schema, TableName, digest
from falsework.model.soft_delete import SoftDelete


class ColumnIntent(Frozen, frozen=True):
    """What the models say about one column.

    ``fill``          the value for rows that have none: SQL in the engine's spelling with its kind
    ``client_default``  how B's client supplies a value: None, "scalar" or "callable"
    ``scalar``        the scalar client default as SQL, where there is one: what a fill could say
    """

    fill: Default | None = None
    client_default: str | None = None
    scalar: str | None = None


class Dropped(Frozen, frozen=True):
    """A column that B no longer has: what B's rows hold in it while A still reads it."""

    column: str
    down: Default | None  # None: NULL, said in so many words


class TableIntent(Frozen, frozen=True):
    """What the models say about one table."""

    columns: tuple[tuple[str, ColumnIntent], ...] = ()
    dropped: tuple[Dropped, ...] = ()
    until_contract: tuple[str, ...] = ()  # names of dropped constraints that B still obeys
    at_expand: tuple[str, ...] = ()  # names of new constraints that A obeys already
    soft_delete: SoftDelete | None = None

    def column(self, name: str) -> ColumnIntent:
        """The intent for the column; an empty one where nothing is said."""
        return dict(self.columns).get(name, ColumnIntent())

    def dropped_column(self, name: str) -> Dropped | None:
        """The declaration for a dropped column, or None."""
        return next((d for d in self.dropped if d.column == name), None)


class Declared(Frozen, frozen=True, dict=True, gc=True):
    """The models: the schema to come, what it intends, and what could not be read of them.

    ``unsupported`` names declared things this release does not manage (a sequence, a computed
    column ...): they are reported by name, never planned in part. ``made_up`` are names of
    constraints that the models leave without one: another name of theirs is no difference.
    ``as_written`` is the schema in the models' own words, where it has a server's now.
    """

    schema: Schema
    intents: tuple[tuple[TableName, TableIntent], ...] = ()
    unsupported: tuple[str, ...] = ()
    made_up: tuple[tuple[TableName, str], ...] = ()
    as_written: Schema | None = None

    @property
    def digest(self) -> str:
        """The fingerprint of the models, the same however a server spells them."""
        return digest((self.words, self.intents))

    @property
    def words(self) -> Schema:
        """The schema in the models' own words."""
        return self.as_written or self.schema

    def spelled(self, schema: Schema) -> Declared:
        """The same models, some texts as a server spells them."""
        return replace(self, schema=schema, as_written=self.words)

    @cached_property
    def unnamed(self) -> dict[TableName, frozenset[str]]:
        """The names that are made up, by table."""
        found: dict[TableName, set[str]] = {}
        for table, name in self.made_up:
            found.setdefault(table, set()).add(name)
        return {table: frozenset(names) for table, names in found.items()}

    @cached_property
    def _by_name(self) -> dict[TableName, TableIntent]:
        """The intents by table."""
        return dict(self.intents)

    def intent(self, table: TableName) -> TableIntent:
        """The intent for the table; an empty one where nothing is said."""
        return self._by_name.get(table, TableIntent())
