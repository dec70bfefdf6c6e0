"""The tables of one release, reduced to what its statements are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import Insert, TableClause, insert
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.types import TypeEngine

from falsework.model.plan import Release
from falsework.model.schema import Action, TableName

AnyType: TypeAlias = TypeEngine[Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A column that the release reads and writes.

    ``optional``  whether its INSERTs may leave it out
    ``counted``   whether the server counts it where it is left out
    ``default``   the value of a constant server default, None without one, else UNKNOWN
    """

    name: str
    type: AnyType
    nullable: bool
    optional: bool
    counted: bool
    default: object


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key."""

    columns: tuple[str, ...]
    parent: TableName
    parent_columns: tuple[str, ...]
    on_delete: Action
    on_update: Action
    deferrable: bool

    def ties(self, other: Link) -> bool:
        """Whether both tie the same columns to the same parent."""
        return (self.columns, self.parent, self.parent_columns) == (
            other.columns,
            other.parent,
            other.parent_columns,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """A check over columns without their table, with the constants that stand in it."""

    condition: ColumnElement[bool] | TextClause
    uses: tuple[str, ...]
    literals: tuple[object, ...]


@dataclass(frozen=True)
class Shape:
    """A table of the release.

    ``clause``   the table as bare names and types, so that no client default joins a statement;
                 with the columns that it only reads
    ``keys``     column sets in which no two rows of this release are ever equal
    ``upserts``  the keys that an upsert can name, as plans name them
    """

    name: TableName
    clause: TableClause
    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    upserts: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...]
    checks: tuple[Check, ...]

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    def field(self, name: str) -> Field | None:
        """The column of that name, or None."""
        return self._by_name.get(name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All column names."""
        return tuple(self._by_name)

    @property
    def finds(self) -> tuple[str, ...]:
        """The columns by which the release finds a row: its first key, or all there are."""
        return self.keys[0] if self.keys else self.names

    @cached_property
    def insert(self) -> Insert:
        """INSERT of whatever columns the row has that it is executed with."""
        return insert(self.clause)

    def like(self, other: Shape) -> bool:
        """Whether both releases write the same rows here, as far as it is easy to see."""
        return self._rows == other._rows and not self.checks and not other.checks

    @property
    def _rows(self) -> tuple[object, ...]:
        """What decides which rows the release writes, checks aside."""
        fields = [(f.name, repr(f.type), f.nullable, f.optional, f.default) for f in self.fields]
        return (fields, self.keys, self.links)

    def stops(self, link: Link, action: Action) -> bool:
        """Whether a row here makes the parent's DELETE or key change fail."""
        if action is Action.SET_NULL:
            return any((f := self.field(n)) is not None and not f.nullable for n in link.columns)
        return action.stops_parent


@dataclass(frozen=True)
class Models:
    """All tables of one release."""

    release: Release
    shapes: Mapping[TableName, Shape]
