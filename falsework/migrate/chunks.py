"""Keyset chunks: how many rows the next one has, and the statements that find and fill it.

The range over a composite key is written out (``a >= :a AND (a > :a OR b > :b)``): row values are
not a range scan on every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    column,
    literal_column,
    or_,
    select,
    table,
    true,
    update,
)
from sqlalchemy.sql.elements import Grouping, quoted_name
from sqlalchemy.sql.selectable import TableClause
from sqlalchemy.types import NullType

from falsework.migrate.keys import Key
from falsework.model.plan import Backfill
from falsework.model.schema import TableName

# Fewer rows than this and a chunk is mostly round trips; more and one that turns out slow holds
# its locks, and makes its undo log, for far longer than asked.
FEWEST, MOST = 10, 100_000
GROWTH = 1.5


def next_rows(rows: int, took: float, target: float) -> int:
    """The number of rows for the next chunk, within 10..100_000.

    ``rows``    rows in the chunk just done, >= 1
    ``took``    seconds that chunk held its locks, > 0
    ``target``  seconds a chunk may hold them

    Grows by half at most, so one lucky chunk cannot ask for a million rows; shrinks at once.
    Raises ValueError where ``took`` or ``target`` is not above 0.
    Source of bounds and growth: block/spirit, pkg/table/chunker.go.
    """
    if took <= 0 or target <= 0:
        raise ValueError(f"took {took} and target {target} must be above 0")
    fitting = min(rows * target / took, rows * GROWTH)
    return max(FEWEST, min(MOST, int(fitting)))


def named(name: TableName) -> TableClause:
    """A table by its name alone, quoted as it is."""
    return table(quoted_name(name.name, quote=True), schema=quoted_name(name.schema, quote=True))


def source(fill: Backfill) -> TableClause:
    """The table of the fill, every name in it quoted as it is."""
    names = dict.fromkeys((*fill.key, fill.column, *fill.pinned))
    return table(
        quoted_name(fill.table.name, quote=True),
        *(column(quoted_name(name, quote=True)) for name in names),
        schema=quoted_name(fill.table.schema, quote=True),
    )


def last_key(fill: Backfill) -> Select[Any]:
    """The greatest key of the table."""
    columns = _columns(fill)
    keys: Select[Any] = select(*columns)
    return keys.order_by(*(c.desc() for c in columns)).limit(1)


def edge(fill: Backfill, last: Key | None, upper: Key, rows: int) -> Select[Any]:
    """The key of the row that ends a chunk of ``rows`` rows; no row when fewer are left."""
    columns = _columns(fill)
    keys: Select[Any] = select(*columns)
    return keys.where(_between(columns, last, upper)).order_by(*columns).limit(1).offset(rows - 1)


def filling(fill: Backfill, last: Key | None, upper: Key) -> Update:
    """Give a value to the rows above ``last`` and up to ``upper`` that need one."""
    target = source(fill)
    pinned = [target.c[name] for name in fill.pinned]
    return (
        update(target)
        .where(_between([target.c[key] for key in fill.key], last, upper), _sql(fill.need))
        .values({target.c[fill.column]: _sql(fill.value), **{c: c for c in pinned}})
    )


def _columns(fill: Backfill) -> list[ColumnElement[Any]]:
    found = source(fill)
    return [found.c[name] for name in fill.key]


def _sql(text: str) -> Grouping[object]:
    """Planned SQL as it is: no ``:name`` or ``%`` in it means anything to the client."""
    return Grouping(literal_column(text))


def _between(
    columns: Sequence[ColumnElement[Any]], last: Key | None, upper: Key
) -> ColumnElement[bool]:
    above = _above(columns, last) if last is not None else true()
    return and_(above, _upto(columns, upper))


def _above(columns: Sequence[ColumnElement[Any]], key: Key) -> ColumnElement[bool]:
    first, value = columns[0], _value(key[0])
    if len(columns) == 1:
        return first > value
    return and_(first >= value, or_(first > value, _above(columns[1:], key[1:])))


def _upto(columns: Sequence[ColumnElement[Any]], key: Key) -> ColumnElement[bool]:
    first, value = columns[0], _value(key[0])
    if len(columns) == 1:
        return first <= value
    return and_(first <= value, or_(first < value, _upto(columns[1:], key[1:])))


def _value(value: object) -> ColumnElement[object]:
    """A bound key value. It has no type, so that the server takes it for the column's own."""
    plain = str(value) if isinstance(value, UUID) else value  # not every driver sends a UUID
    return bindparam(None, plain, type_=NullType(), unique=True)
