"""Edits of a column's rarer properties."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model.alter import alter_column
from falsework.model.frozen import Tagged
from falsework.model.schema import REFRESHED, Column, Identity, Schema, TableName


class SetExpression(Tagged, frozen=True, kw_only=True):
    """A computed column is computed otherwise; ``stored`` is as it was.

    ``checked``  whether the table has a check, of whatever columns
    """

    table: TableName
    column: str
    expression: str
    stored: bool = False
    checked: bool = False

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""

        def change(column: Column) -> Column:
            if column.generated is None or column.stored != self.stored:
                raise ValueError(f"{self.table}.{self.column} is not computed like that")
            return replace(column, generated=self.expression)

        return alter_column(schema, self.table, self.column, change)


class SetIdentity(Tagged, frozen=True, kw_only=True):
    """A column with an identity counts otherwise, from where it is."""

    table: TableName
    column: str
    identity: Identity

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""

        def change(column: Column) -> Column:
            if column.identity is None:
                raise ValueError(f"{self.table}.{self.column} has no identity")
            return replace(column, identity=self.identity)

        return alter_column(schema, self.table, self.column, change)


class SetCollation(Tagged, frozen=True, kw_only=True):
    """A column's texts are compared by another collation; its type stays.

    ``indexed``  whether an index holds the column: it is sorted anew
    """

    table: TableName
    column: str
    collation: str | None
    indexed: bool = False

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""
        return alter_column(
            schema, self.table, self.column, lambda c: replace(c, collation=self.collation)
        )


class SetRefresh(Tagged, frozen=True, kw_only=True):
    """What the engine gives a column at each UPDATE that does not name it; None: nothing."""

    table: TableName
    column: str
    value: str | None

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""
        said = () if self.value is None else (REFRESHED + self.value,)

        def change(column: Column) -> Column:
            others = (w for w in column.attributes if not w.startswith(REFRESHED))
            return replace(column, attributes=(*said, *others))

        return alter_column(schema, self.table, self.column, change)


class SetCounter(Tagged, frozen=True, kw_only=True):
    """The server starts to count a column, from its greatest value on, or stops to."""

    table: TableName
    column: str
    counts: bool

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""

        def change(column: Column) -> Column:
            if column.default is not None:
                raise ValueError(f"{self.table}.{self.column} has a default: it cannot count")
            return replace(column, autoincrement=self.counts)

        return alter_column(schema, self.table, self.column, change)
