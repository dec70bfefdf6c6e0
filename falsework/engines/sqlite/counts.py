"""How many rows the tables hold: SQLite keeps no statistics unless somebody runs ANALYZE."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection

from falsework.engines.sqlite.tables import MAIN
from falsework.engines.sqlite.text import literal, quote
from falsework.model.schema import TableName

# Counting a million rows takes some ten milliseconds; above that a bound will do.
EXACT = 1_000_000
# A SELECT may be made of 500 others by default, of fewer where a build says so
# (https://www.sqlite.org/limits.html#max_compound_select).
TABLES_A_QUERY = 100
# A row takes at least this many bytes of its page: its pointer, its length, its header, a value.
_SMALLEST_ROW = 6

_TABLES = r"""
SELECT m.name, m.sql LIKE '%WITHOUT%ROWID%',
  (SELECT group_concat(lower(c.name), char(10)) FROM pragma_table_info(m.name, 'main') c)
FROM main.sqlite_schema m
WHERE m.type = 'table' AND m.rootpage > 0
  AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT LIKE 'falsework\_%' ESCAPE '\'
ORDER BY m.name"""
_BYTES = "SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s"


class _Counted(NamedTuple):
    name: str
    rowid: str | None  # the name of the rowid, where it has one that no column has taken


def rows(connection: Connection, schemas: Sequence[str]) -> Mapping[TableName, int]:
    """Rows per table: exact up to a million, above that an upper bound.

    The bound is the span of the row ids (deletions inside it count) or what fits into the file,
    whichever is less: a forecast should err on the long side. One statement for every hundred
    tables, and as many again where there are large ones.
    """
    if MAIN not in schemas:
        return {}
    tables = [_Counted(name, _rowid(*rest)) for name, *rest in _all(connection, _TABLES)]
    counted = dict(_asked(connection, tables, _count))
    large = [t for t in tables if counted[t.name] > EXACT]
    if large:
        fits = connection.exec_driver_sql(_BYTES).scalar_one() // _SMALLEST_ROW
        spans = dict(_asked(connection, large, _span))
        counted.update((n, max(EXACT, min(fits, s or fits))) for n, s in spans.items())
    return {TableName(MAIN, name): number for name, number in counted.items()}


def _all(connection: Connection, query: str) -> Sequence[Sequence[Any]]:
    return connection.exec_driver_sql(query).all()


def _rowid(without: int, columns: str) -> str | None:
    taken = columns.split("\n")
    return (
        None if without else next((n for n in ("rowid", "_rowid_", "oid") if n not in taken), None)
    )


def _count(table: _Counted) -> str:
    return f"(SELECT count(*) FROM (SELECT 1 FROM main.{quote(table.name)} LIMIT {EXACT + 1}))"


def _span(table: _Counted) -> str:
    """Two queries in one: asked for both ends at once, SQLite reads everything in between."""
    if table.rowid is None:
        return "NULL"
    where = f"FROM main.{quote(table.name)}"
    return f"(SELECT max({table.rowid}) {where}) - (SELECT min({table.rowid}) {where}) + 1"


def _asked(
    connection: Connection, tables: Sequence[_Counted], number: Callable[[_Counted], str]
) -> Iterator[tuple[str, int]]:
    ahead = iter(tables)
    while chunk := tuple(islice(ahead, TABLES_A_QUERY)):
        selects = (f"SELECT {literal(t.name)}, {number(t)}" for t in chunk)
        for name, value in _all(connection, " UNION ALL ".join(selects)):
            yield name, int(value) if value is not None else 0
