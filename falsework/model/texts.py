"""The SQL texts in a table: where each stands, and what somebody else's table says there.

Servers print such a text in a way of their own. Names, types and plain columns are no texts.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec.structs import replace

from falsework.model.frozen import Frozen
from falsework.model.keys import ordered
from falsework.model.schema import Column, Default, Exclusion, Index, Table, TableName


class Part(StrEnum):
    """What of a table the text is."""

    DEFAULT = "default of"
    COMPUTED = "expression of"
    CHECK = "check"
    ENTRY = "expression of index"  # what it is sorted by
    WHERE = "predicate of index"


class Place(NamedTuple):
    """Where in a table a text stands: ``name`` is the column's, check's or index's.

    ``number``  which entry of the index it is, from 0
    """

    part: Part
    name: str
    number: int = 0

    def __str__(self) -> str:
        """For people."""
        return f"{self.part} {self.name}"


class Text(Frozen, frozen=True):
    """A text as the server spells it, and as the models say it; None: in the same words."""

    place: Place
    spelled: str
    declared: str | None = None

    @property
    def said(self) -> str:
        """As the models say it."""
        return self.spelled if self.declared is None else self.declared


class Spelled(Frozen, frozen=True):
    """How a server spelled the models' texts in one table.

    ``by``  who put the models' texts into words: another version may do it otherwise
    """

    table: TableName
    by: str
    texts: tuple[Text, ...]


def texts(table: Table) -> dict[Place, str]:
    """Every text of the table that has a name to go by."""
    return dict(_texts(table))


def _texts(table: Table) -> Iterator[tuple[Place, str]]:
    for column in table.columns:
        if column.generated is not None:
            yield Place(Part.COMPUTED, column.name), column.generated
        elif column.default is not None:
            yield Place(Part.DEFAULT, column.name), column.default.text
    for check in table.checks:
        if check.name is not None:
            yield Place(Part.CHECK, check.name), check.text
    for index in (*table.indexes, *(x.index for x in table.exclusions if x.name)):
        for number, entry in enumerate(index.columns):
            if not (index.is_column(entry) or index.is_prefix(entry)):
                yield Place(Part.ENTRY, index.name, number), ordered(entry)[0]
        if index.where is not None:
            yield Place(Part.WHERE, index.name), index.where


def reworded(table: Table, other: Table, places: Container[Place]) -> Table:
    """The table with the other's texts in these places, where both have one."""
    there = {place: text for place, text in _texts(other) if place in places}
    checks = {place.name: text for place, text in there.items() if place.part is Part.CHECK}
    indexes = {i.name: i for i in other.indexes}
    exclusions = {x.name: x for x in other.exclusions if x.name}
    return replace(
        table,
        columns=tuple(_column(c, other.column(c.name), there) for c in table.columns),
        checks=tuple(
            replace(c, text=checks[c.name]) if c.name in checks else c for c in table.checks
        ),
        indexes=tuple(
            _index(i, indexes[i.name], there) if i.name in indexes else i for i in table.indexes
        ),
        exclusions=tuple(
            _exclusion(x, exclusions[x.name], there) if x.name in exclusions else x
            for x in table.exclusions
        ),
    )


def _column(column: Column, other: Column | None, there: dict[Place, str]) -> Column:
    """How a default behaves goes with its text."""
    default: Default | None = column.default
    if other is None:
        return column
    if default is not None and Place(Part.DEFAULT, column.name) in there:
        default = other.default
    generated = column.generated
    if generated is not None:
        generated = there.get(Place(Part.COMPUTED, column.name), generated)
    return replace(column, default=default, generated=generated)


def _exclusion(one: Exclusion, other: Exclusion, there: dict[Place, str]) -> Exclusion:
    said = _index(one.index, other.index, there)
    return replace(one, columns=said.columns, where=said.where, uses=said.uses)


def _index(index: Index, other: Index, there: dict[Place, str]) -> Index:
    """The columns that the server found in a text go with it."""
    entries = list(index.columns)
    for number, entry in enumerate(entries):
        what, order = ordered(entry)
        entries[number] = there.get(Place(Part.ENTRY, index.name, number), what) + order
    where = index.where
    if where is not None:
        where = there.get(Place(Part.WHERE, index.name), where)
    if (tuple(entries), where) == (index.columns, index.where):
        return index
    return replace(index, columns=tuple(entries), where=where, uses=other.uses)
