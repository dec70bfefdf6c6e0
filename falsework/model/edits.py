"""Edits: one frozen change of a Schema each. A step's ``effect`` is a tuple of them.

From the effect come the proof, the schema expected after the step and what the step ensures, so
an edit says exactly what the server does, side effects included. An edit that does not fit the
schema it is applied to raises ValueError: a plan that meets it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from msgspec.structs import replace

from falsework.model.alter import alter, alter_column, without
from falsework.model.describing import SetComment
from falsework.model.edits_of_columns import (
    SetCollation,
    SetCounter,
    SetExpression,
    SetIdentity,
    SetRefresh,
)
from falsework.model.edits_of_domains import CreateDomain, DropDomain
from falsework.model.edits_of_objects import (
    AddLabel,
    CreateEnumeration,
    CreateSequence,
    DropEnumeration,
    DropSequence,
    SetSequence,
)
from falsework.model.excluding import AddExclusion, DropExclusion
from falsework.model.fits import (
    dependants,
    has_columns,
    has_no_constraint,
    has_parent,
    is_no_key,
    keeps_keys,
)
from falsework.model.frozen import Tagged
from falsework.model.renaming import RenameIndex
from falsework.model.schema import (
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Index,
    Schema,
    SqlType,
    Table,
    TableName,
    UniqueConstraint,
)


class CreateTable(Tagged, frozen=True, kw_only=True):
    """A new table, with everything that ``definition`` holds."""

    definition: Table

    @property
    def table(self) -> TableName:
        """The table that is touched."""
        return self.definition.name

    def apply(self, schema: Schema) -> Schema:
        """The schema with the table."""
        if schema.table(self.table) is not None:
            raise ValueError(f"{self.table} is there already")
        for key in self.definition.foreign_keys:
            has_parent(schema, self.definition, key)
        return schema.with_table(self.definition)


class DropTable(Tagged, frozen=True, kw_only=True):
    """A table goes with all that is on it. Foreign keys into it must have gone before."""

    table: TableName

    def apply(self, schema: Schema) -> Schema:
        """The schema without the table."""
        if schema.table(self.table) is None:
            raise ValueError(f"there is no table {self.table}")
        for other in schema.tables:
            if other.name != self.table and any(f.parent == self.table for f in other.foreign_keys):
                raise ValueError(f"a foreign key of {other.name} refers to {self.table}")
        return schema.without_table(self.table)


class AddColumn(Tagged, frozen=True, kw_only=True):
    """A new last column."""

    table: TableName
    column: Column

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column."""

        def add(table: Table) -> Table:
            if table.column(self.column.name) is not None:
                raise ValueError(f"{self.table}.{self.column.name} is there already")
            return replace(table, columns=(*table.columns, self.column))

        return alter(schema, self.table, add)


class DropColumn(Tagged, frozen=True, kw_only=True):
    """A column goes. Whatever depends on it must have gone before, by name (engines differ)."""

    table: TableName
    column: str

    def apply(self, schema: Schema) -> Schema:
        """The schema without the column."""

        def drop(table: Table) -> Table:
            if table.column(self.column) is None:
                raise ValueError(f"there is no column {self.table}.{self.column}")
            is_no_key(table, self.column)
            if held := dependants(table, self.column):
                names = ", ".join(part.label for part in held)
                raise ValueError(f"{self.table}.{self.column} is used by {names}")
            return replace(table, columns=tuple(c for c in table.columns if c.name != self.column))

        return alter(schema, self.table, drop)


class SetNullable(Tagged, frozen=True, kw_only=True):
    """A column starts or stops to accept NULL."""

    table: TableName
    column: str
    nullable: bool

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""
        table = schema.table(self.table)
        if table is not None and self.nullable:
            is_no_key(table, self.column)
        return alter_column(
            schema, self.table, self.column, lambda c: replace(c, nullable=self.nullable)
        )


class SetDefault(Tagged, frozen=True, kw_only=True):
    """A column gets a server default, or none."""

    table: TableName
    column: str
    default: Default | None

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""
        return alter_column(
            schema, self.table, self.column, lambda c: replace(c, default=self.default)
        )


class SetType(Tagged, frozen=True, kw_only=True):
    """A column's type changes in place."""

    table: TableName
    column: str
    type: SqlType

    def apply(self, schema: Schema) -> Schema:
        """The schema with the column so."""
        return alter_column(schema, self.table, self.column, lambda c: replace(c, type=self.type))


class AddIndex(Tagged, frozen=True, kw_only=True):
    """A new index."""

    table: TableName
    index: Index

    def apply(self, schema: Schema) -> Schema:
        """The schema with the index."""

        def add(table: Table) -> Table:
            if any(i.name == self.index.name for i in table.indexes):
                raise ValueError(f"{self.table} has an index {self.index.name} already")
            has_columns(table, self.index.uses)
            return replace(table, indexes=(*table.indexes, self.index))

        return alter(schema, self.table, add)


class DropIndex(Tagged, frozen=True, kw_only=True):
    """An index goes."""

    table: TableName
    index: Index

    def apply(self, schema: Schema) -> Schema:
        """The schema without the index."""

        def drop(table: Table) -> Table:
            after = replace(table, indexes=without(table.indexes, self.index, table.name))
            keeps_keys(schema, table, after)
            return after

        return alter(schema, self.table, drop)


class AddUnique(Tagged, frozen=True, kw_only=True):
    """A new unique constraint."""

    table: TableName
    unique: UniqueConstraint

    def apply(self, schema: Schema) -> Schema:
        """The schema with the constraint."""

        def add(table: Table) -> Table:
            has_columns(table, (*self.unique.columns, *self.unique.include))
            has_no_constraint(table, self.unique.name)
            return replace(table, uniques=(*table.uniques, self.unique))

        return alter(schema, self.table, add)


class DropUnique(Tagged, frozen=True, kw_only=True):
    """A unique constraint goes, and the index under it."""

    table: TableName
    unique: UniqueConstraint

    def apply(self, schema: Schema) -> Schema:
        """The schema without the constraint."""

        def drop(table: Table) -> Table:
            after = replace(table, uniques=without(table.uniques, self.unique, table.name))
            keeps_keys(schema, table, after)
            return after

        return alter(schema, self.table, drop)


class AddForeignKey(Tagged, frozen=True, kw_only=True):
    """A new foreign key, validated or not as it says itself."""

    table: TableName
    foreign_key: ForeignKey

    def apply(self, schema: Schema) -> Schema:
        """The schema with the foreign key."""

        def add(table: Table) -> Table:
            has_parent(schema, table, self.foreign_key)
            has_no_constraint(table, self.foreign_key.name)
            return replace(table, foreign_keys=(*table.foreign_keys, self.foreign_key))

        return alter(schema, self.table, add)


class DropForeignKey(Tagged, frozen=True, kw_only=True):
    """A foreign key goes."""

    table: TableName
    foreign_key: ForeignKey

    def apply(self, schema: Schema) -> Schema:
        """The schema without the foreign key."""
        return alter(
            schema,
            self.table,
            lambda t: replace(t, foreign_keys=without(t.foreign_keys, self.foreign_key, t.name)),
        )


class ValidateForeignKey(Tagged, frozen=True, kw_only=True):
    """The server has checked every old row against the foreign key."""

    table: TableName
    foreign_key: ForeignKey  # as it was: not valid

    def apply(self, schema: Schema) -> Schema:
        """The schema with the foreign key valid."""
        valid = replace(self.foreign_key, valid=True)
        return alter(
            schema,
            self.table,
            lambda t: replace(
                t,
                foreign_keys=(*without(t.foreign_keys, self.foreign_key, t.name), valid),
            ),
        )


class AddCheck(Tagged, frozen=True, kw_only=True):
    """A new check constraint, validated or not as it says itself."""

    table: TableName
    check: CheckConstraint

    def apply(self, schema: Schema) -> Schema:
        """The schema with the check."""

        def add(table: Table) -> Table:
            has_columns(table, self.check.uses)
            has_no_constraint(table, self.check.name)
            return replace(table, checks=(*table.checks, self.check))

        return alter(schema, self.table, add)


class DropCheck(Tagged, frozen=True, kw_only=True):
    """A check constraint goes."""

    table: TableName
    check: CheckConstraint

    def apply(self, schema: Schema) -> Schema:
        """The schema without the check."""
        return alter(
            schema,
            self.table,
            lambda t: replace(t, checks=without(t.checks, self.check, t.name)),
        )


class ValidateCheck(Tagged, frozen=True, kw_only=True):
    """The server has checked every old row against the check."""

    table: TableName
    check: CheckConstraint  # as it was: not valid

    def apply(self, schema: Schema) -> Schema:
        """The schema with the check valid."""
        valid = replace(self.check, valid=True)
        return alter(
            schema,
            self.table,
            lambda t: replace(t, checks=(*without(t.checks, self.check, t.name), valid)),
        )


Edit = (
    CreateTable
    | DropTable
    | AddColumn
    | DropColumn
    | SetNullable
    | SetDefault
    | SetType
    | SetExpression
    | SetIdentity
    | SetCollation
    | SetCounter
    | SetRefresh
    | AddIndex
    | DropIndex
    | AddUnique
    | DropUnique
    | AddForeignKey
    | DropForeignKey
    | ValidateForeignKey
    | AddCheck
    | DropCheck
    | ValidateCheck
    | AddExclusion
    | DropExclusion
    | CreateEnumeration
    | DropEnumeration
    | AddLabel
    | CreateSequence
    | DropSequence
    | SetSequence
    | CreateDomain
    | DropDomain
    | SetComment
    | RenameIndex
)

__all__ = [
    "AddExclusion",
    "CreateDomain",
    "DropDomain",
    "DropExclusion",
    "Edit",
    "RenameIndex",
    "SetComment",
    "apply",
    "dependants",
]


def apply(edits: Iterable[Edit], schema: Schema) -> Schema:
    """The schema after the edits, one by one. Raises ValueError at one that does not fit."""
    return reduce(lambda before, edit: edit.apply(before), edits, schema)
