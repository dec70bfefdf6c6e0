"""Keyset chunks: how many rows the next one has, and the statements that find and fill it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, select, true, update
from sqlalchemy.sql.selectable import TableClause

from falsework.migrate.keys import Key
from falsework.migrate.keyset import above, named, sql, upto
from falsework.model.plan import Backfill

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


def source(fill: Backfill) -> TableClause:
    """The table of the fill, every name in it quoted as it is."""
    return named(fill.table, (*fill.key, fill.column, *fill.pinned))


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
        .where(_between([target.c[key] for key in fill.key], last, upper), sql(fill.need))
        .values({target.c[fill.column]: sql(fill.value), **{c: c for c in pinned}})
    )


def _columns(fill: Backfill) -> list[ColumnElement[Any]]:
    found = source(fill)
    return [found.c[name] for name in fill.key]


def _between(
    columns: Sequence[ColumnElement[Any]], last: Key | None, upper: Key
) -> ColumnElement[bool]:
    low = above(columns, last) if last is not None else true()
    return and_(low, upto(columns, upper))
