"""Columns, from the specification that ``CREATE TABLE`` would hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Run
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import Computed, Table
from sqlalchemy import Identity as Declared
from sqlalchemy.schema import DefaultClause

from falsework.engines.declared.alike import Key, likeness
from falsework.engines.declared.enumerations import list_labels, made_elsewhere
from falsework.engines.declared.reading import AnyColumn, Reading
from falsework.engines.declared.sequences import said_of
from falsework.engines.normalize import Form, Token, closing, tokens
from falsework.model.schema import (
    Column,
    Default,
    Identity,
    SqlType,
)

_AFTER_TYPE = ("COLLATE", "DEFAULT", "NOT", "NULL", "GENERATED", "AS", "PRIMARY", "COMMENT")


class Specification(NamedTuple):
    """A column as ``CREATE TABLE`` spells it; ``words`` are the keywords after the type."""

    type: str
    collation: str | None
    default: str | None
    words: frozenset[str]


@dataclass(slots=True)
class Kind:
    """Columns that are written alike: how, and one picture of them for tables of each options."""

    spec: Specification
    pictures: dict[tuple[str, ...], Column] = field(default_factory=dict)


class Written(NamedTuple):
    """A column, and what it has in common with others written like it."""

    column: AnyColumn
    kind: Kind


class Columns:
    """The columns of one reading. Those that are written alike are compiled once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._kinds: dict[Key, Kind] = {}

    def written(self, table: Table) -> tuple[Written, ...]:
        """Each column as ``CREATE TABLE`` would have it, in its order."""
        return tuple([self._written(c) for c in table.columns if not c.system])

    def pictures(
        self, table: Table, written: Iterable[Written], options: tuple[str, ...]
    ) -> tuple[Column, ...]:
        """What ``create_all`` makes of them; ``options`` are the table's."""
        return tuple([self._picture(table, w, options) for w in written])

    def _written(self, column: AnyColumn) -> Written:
        key = likeness(column)
        kind = self._kinds.get(key) if key is not None else None
        if kind is None:
            kind = Kind(_specification(self._reading, column))
            if key is not None:
                self._kinds[key] = kind
        return Written(column, kind)

    def _picture(self, table: Table, written: Written, options: tuple[str, ...]) -> Column:
        column, kind = written
        found = kind.pictures.get(options)
        if found is not None:
            return replace(found, name=str(column.name))
        notes = tuple(_not_managed(self._reading, column))
        for what in notes:
            self._reading.leave_out(what, f"{self._reading.table_name(table)}.{column.name}")
        single = len(table.primary_key.columns) == 1
        found = _column(self._reading, column, kind.spec, options, single)
        if not notes:
            kind.pictures[options] = found
        return found


def _column(
    reading: Reading,
    column: AnyColumn,
    spec: Specification,
    options: tuple[str, ...],
    single_key: bool,
) -> Column:
    sole_key = column.primary_key and single_key
    type = reading.reader.type(spec.type)
    list_labels(reading, column, type)
    identity = _identity(reading, column, type)
    generated = None
    if column.computed is not None:
        generated = reading.reader.expression(reading.sql(column.computed.sqltext))
    return Column(
        name=str(column.name),
        type=type,
        nullable=bool(column.nullable) and not column.primary_key,
        default=None if spec.default is None else _default(reading, column, spec.default, type),
        autoincrement=identity is not None
        or reading.models.counts(spec.type, sole_key=sole_key, options=options, words=spec.words),
        generated=generated,
        collation=spec.collation and reading.models.collation(spec.collation),
        stored="STORED" in spec.words,
        comment=reading.comment(column.comment),
        identity=identity,
    )


def _identity(reading: Reading, column: AnyColumn, type: SqlType) -> Identity | None:
    """How it counts, where the server has such columns and the models say so."""
    said, counters = column.identity, reading.models.counters
    if said is None or counters is None or not reading.dialect.supports_identity_columns:
        return None
    return Identity(bool(said.always), counters.counting(said_of(said), type.name))


def _specification(reading: Reading, column: AnyColumn) -> Specification:
    """The column's type as written; a column that counts by itself may have one of its own."""
    whole = reading.ddl.get_column_specification(column)
    name = reading.preparer.quote(column.name)
    return _parsed(reading.plain(whole.removeprefix(name)))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Specification:
    """The parts of a column's text after its name; most columns share theirs with others."""
    parts = tokens(text)
    words = [i for i in _outside(parts) if i and parts[i].form is Form.WORD]
    ends = [i for i in words if parts[i].says(*_AFTER_TYPE)]
    end = ends[0] if ends else len(parts)
    collation = default = None
    for place in ends:
        if parts[place].says("COLLATE"):
            collation = parts[place + 1].name
        elif parts[place].says("DEFAULT"):
            after = [i for i in ends if i > place + 1] or [len(parts)]
            default = text[parts[place + 1].start : parts[after[0] - 1].end]
            break
    return Specification(
        type=text[: parts[end - 1].end].strip(),
        collation=collation,
        default=default,
        words=frozenset(parts[i].text.upper() for i in words if i >= end),
    )


def _outside(parts: Run[Token]) -> Iterator[int]:
    """The places of the tokens that stand in no parentheses."""
    index = 0
    while index < len(parts):
        yield index
        index = closing(parts, index) if parts[index].text == "(" else index
        index += 1


def _default(reading: Reading, column: AnyColumn, text: str, type: SqlType) -> Default | None:
    if column.identity is not None or column.computed is not None:
        return None
    return reading.reader.default(text, type)


def _not_managed(reading: Reading, column: AnyColumn) -> Iterator[str]:
    """What is declared on the column and not managed."""
    said = column.server_default
    if said is not None and not isinstance(said, DefaultClause | Computed | Declared):
        yield "value that something in the database supplies for"
    if made_elsewhere(reading, column):
        yield "type made for it (enum, domain) of"
    for option, _ in reading.options(column):
        yield f"option {option} of column"
