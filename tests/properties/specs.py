"""Small schemas as values, and the SQLAlchemy models that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    case,
    column,
    func,
    text,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from falsework.declare import Info, dropped, fill, new_uuid, until_contract

UUID_FILL = "a new uuid"

TYPES: dict[str, TypeEngine[Any]] = {
    "int": Integer(),
    "bigint": BigInteger(),
    "bool": Boolean(),
    "short": String(20),
    "long": String(60),
    "uuid": String(36),
    "text": Text(),
}


RULES: dict[str, Callable[[Column[Any]], ColumnElement[bool]]] = {
    "unlike 13": lambda c: c != 13,
    "from -50": lambda c: c >= -50,
    "unlike bad": lambda c: c != "bad",
    "below 40": lambda c: func.length(c) < 40,
    "unlike %(bad)s": lambda c: c != "%(bad)s",
}


@dataclass(frozen=True)
class Reading:
    """A fill that reads another column of the row."""

    column: str
    text: bool

    @property
    def expression(self) -> ColumnElement[str]:
        """As SQLAlchemy spells it for each engine."""
        if self.text:
            return func.coalesce(column(self.column, String), "-")
        return case((column(self.column).is_(None), "none"), else_="some")


@dataclass(frozen=True)
class Field:
    """A column; ``fill`` and ``default`` are SQL, or UUID_FILL."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    fill: str | Reading | None = None


@dataclass(frozen=True)
class Tie:
    """A foreign key of one column."""

    name: str
    column: str
    parent: str
    on_delete: str | None = None


@dataclass(frozen=True)
class Gone:
    """A column that the later release dropped; ``down`` is SQL, or None for NULL."""

    column: str
    down: str | None


@dataclass(frozen=True)
class Relation:
    """A table. ``key`` names its primary key; uniques, checks and indexes have names.

    ``checks``  each with its column and what ``RULES`` calls it
    """

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    ties: tuple[Tie, ...] = ()
    uniques: tuple[tuple[str, tuple[str, ...]], ...] = ()
    checks: tuple[tuple[str, str, str], ...] = ()
    indexes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    gone: tuple[Gone, ...] = ()
    promised: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        """The column of that name."""
        return next(f for f in self.fields if f.name == name)

    def with_field(self, field: Field) -> Relation:
        """The same table with the column in the place of its namesake."""
        return replace(
            self, fields=tuple(field if f.name == field.name else f for f in self.fields)
        )

    def used(self, column: str) -> bool:
        """Whether a key, a rule or an index is over the column."""
        parts = (self.key, *(c for _, c in (*self.uniques, *self.indexes)))
        return any(column in part for part in parts) or column in (
            *(t.column for t in self.ties),
            *(c for _, c, _ in self.checks),
        )


Layout = tuple[Relation, ...]


def models(layout: Layout) -> MetaData:
    """The models that the tables stand for; parents come before their children."""
    metadata = MetaData()
    for relation in layout:
        table = Table(
            relation.name,
            metadata,
            *(_column(relation, field) for field in relation.fields),
            *(
                ForeignKeyConstraint(
                    [tie.column],
                    [metadata.tables[tie.parent].primary_key.columns[0]],
                    name=tie.name,
                    ondelete=tie.on_delete,
                )
                for tie in relation.ties
            ),
            *(UniqueConstraint(*columns, name=name) for name, columns in relation.uniques),
            *(Index(name, *columns) for name, columns in relation.indexes),
            info=_info(relation),
        )
        for name, checked, rule in relation.checks:
            CheckConstraint(RULES[rule](table.c[checked]), name=name)  # it finds its table
    return metadata


def _column(relation: Relation, field: Field) -> Column[Any]:
    said = Info()
    if isinstance(field.fill, Reading):
        said = fill(field.fill.expression)
    elif field.fill is not None:
        said = fill(new_uuid() if field.fill == UUID_FILL else field.fill)
    key = field.name in relation.key
    return Column(
        field.name,
        TYPES[field.type],
        primary_key=key,
        nullable=False if key else field.nullable,
        server_default=None if field.default is None else text(field.default),
        info=said,
    )


def _info(relation: Relation) -> Info:
    info = Info()
    for gone in relation.gone:
        info |= dropped(gone.column, down=gone.down)
    if relation.promised:
        info |= until_contract(*relation.promised)
    return info
