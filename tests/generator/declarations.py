"""What the models of both releases say, as far as it decides what rows hold in the end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import CheckConstraint, Column, MetaData, Table, UniqueConstraint
from sqlalchemy.schema import DefaultClause

from falsework.declare import DROPPED, FILL, UNTIL_CONTRACT, NewUuid
from tests.generator.cells import FRESH_UUID, SOMETHING
from tests.generator.expressions import Evaluator, text_of, words
from tests.generator.writes import Row

NOT_CONSTANT = re.compile(
    r"current_|\bnow\b|random|uuid|nextval|clock|strftime|datetime|julianday", re.IGNORECASE
)
VOLATILE = re.compile(r"random|uuid|nextval|clock", re.IGNORECASE)

AnyColumn = Column[Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key that is in force while both releases work."""

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: str
    on_update: str


@dataclass(frozen=True)
class Declarations:
    """Both releases' models, side by side. Tables go by their names alone."""

    a: MetaData
    b: MetaData

    def table(self, models: MetaData, name: str) -> Table | None:
        """The table, or None where those models have none of that name."""
        return next((t for t in models.tables.values() if t.name == name), None)

    def column(self, models: MetaData, table: str, name: str) -> AnyColumn | None:
        """The column, or None."""
        found = self.table(models, table)
        return None if found is None else found.c.get(name)

    def columns(self, name: str) -> dict[str, AnyColumn]:
        """Every column that one of the releases knows, as the later one has it."""
        both = (self.table(self.a, name), self.table(self.b, name))
        return {c.name: c for t in both if t is not None for c in t.columns}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every table that one of the releases knows."""
        return tuple(sorted({t.name for m in (self.a, self.b) for t in m.tables.values()}))

    @cached_property
    def evaluators(self) -> dict[str, Evaluator]:
        """For each table one that evaluates over its rows."""
        return {
            name: Evaluator((c.name, c.type) for c in self.columns(name).values())
            for name in self.names
        }

    def default(self, column: AnyColumn, row: Row) -> object:
        """What the server puts where an INSERT omits the column; None for NULL."""
        text = default_text(column)
        if text is None:
            return None
        if NOT_CONSTANT.search(text):
            return SOMETHING
        return self.evaluators[column.table.name].value(text, column.type, row)

    def fill(self, column: AnyColumn, row: Row) -> object:
        """What a row that has no value gets by the declaration; None where nothing is declared."""
        said = column.info.get(FILL)
        if said is None:
            return SOMETHING if late(column) else None
        if isinstance(said, NewUuid):
            return FRESH_UUID
        text = text_of(said)
        if NOT_CONSTANT.search(text):
            return SOMETHING
        return self.evaluators[column.table.name].value(text, column.type, row)

    def fill_reads(self, column: AnyColumn) -> list[str]:
        """The columns that the declared fill reads."""
        said = column.info.get(FILL)
        if said is None or isinstance(said, NewUuid):
            return []
        return self.evaluators[column.table.name].reads(text_of(said))

    def down(self, column: AnyColumn, row: Row) -> object:
        """What B's rows hold in a column that only A has and that takes no NULL."""
        table = self.table(self.b, column.table.name)
        drops = () if table is None or column.nullable else table.info.get(DROPPED, ())
        for said in drops:
            if said.column == column.name and said.down is not None:
                text = text_of(said.down)
                return self.evaluators[column.table.name].value(text, column.type, row)
        return None

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The foreign keys that reach into children while A and B both work."""
        later = {_key(link) for link in _links(self.b)}
        old = {t.name for t in self.a.tables.values()}
        kept = [x for x in _links(self.a) if _key(x) in later or self._promised(x)]
        new = [x for x in _links(self.b) if x.child not in old]
        return (*kept, *new)

    def stays(self, link: Link) -> bool:
        """Whether contract leaves such a key, and what it does, as it is."""
        return link in _links(self.b)

    def _promised(self, link: Link) -> bool:
        table = self.table(self.b, link.child)
        said = () if table is None else table.info.get(UNTIL_CONTRACT, ())
        before = self.table(self.a, link.child)
        keys = () if before is None else before.foreign_key_constraints
        return any(k.name in said and tuple(k.column_keys) == link.columns for k in keys)


def default_text(column: AnyColumn) -> str | None:
    """The server default as SQL, or None."""
    clause = column.server_default
    if not isinstance(clause, DefaultClause):
        return None
    said = clause.arg
    if isinstance(said, str):
        return "'" + said.replace("'", "''") + "'"
    return text_of(said)


def late(column: AnyColumn) -> bool:
    """Whether the default gives each row another value, so that old rows get theirs by a fill."""
    return bool(VOLATILE.search(default_text(column) or ""))


def keys_of(table: Table, *, partial: bool = False) -> list[tuple[str, ...]]:
    """The primary key, then every set of columns that the models keep unique.

    ``partial``  also those of indexes that look at some of the rows only
    """
    found = [tuple(c.name for c in table.primary_key.columns)]
    found += [
        tuple(c.name for c in u.columns)
        for u in table.constraints
        if isinstance(u, UniqueConstraint)
    ]
    found += [
        tuple(c.name for c in i.columns)
        for i in table.indexes
        if i.unique
        and len(i.columns) == len(i.expressions)
        and (partial or not _partial(i.dialect_kwargs))
    ]
    return [key for key in dict.fromkeys(found) if key]


def checks_of(table: Table) -> list[str]:
    """The texts of the table's checks."""
    found = (c for c in table.constraints if isinstance(c, CheckConstraint))
    return sorted(text_of(c.sqltext) for c in found)


def mentions(text: str, column: str) -> bool:
    """Whether an expression reads the column."""
    return column in words(text)


def _partial(options: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's own mapping
    return any(key.endswith("_where") for key in options)


def _key(link: Link) -> tuple[object, ...]:
    return (link.child, link.columns, link.parent, link.parent_columns)


def _links(models: MetaData) -> list[Link]:
    return [
        Link(
            table.name,
            tuple(e.parent.name for e in key.elements),
            key.referred_table.name,
            tuple(e.column.name for e in key.elements),
            (key.ondelete or "NO ACTION").upper(),
            (key.onupdate or "NO ACTION").upper(),
        )
        for table in models.tables.values()
        for key in table.foreign_key_constraints
    ]
