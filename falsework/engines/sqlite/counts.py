"""How many rows the tables hold: SQLite keeps no statistics unless somebody runs ANALYZE."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

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

# Half a second's reading, with the file in memory.
READ_THROUGH = 256 * 2**20

_DBSTAT = "SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'"
_USED = """
SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN main.sqlite_schema m ON m.name = s.name
WHERE s.aggregate = TRUE AND m.type IN ('table', 'index') AND m.tbl_name IN ({names})
GROUP BY m.tbl_name"""

_TABLES = """
SELECT m.name FROM main.sqlite_schema m
WHERE m.type = 'table' AND m.rootpage > 0
ORDER BY m.name"""
_COLUMNS = """
SELECT m.name, m.sql LIKE '%WITHOUT%ROWID%',
  (SELECT group_concat(lower(c.name), char(10)) FROM pragma_table_info(m.name, 'main') c)
FROM main.sqlite_schema m WHERE m.type = 'table' AND m.name IN ({names})"""
_BYTES = "SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s"


def rows(connection: Connection, wanted: Collection[TableName]) -> Mapping[TableName, int]:
    """Rows of these tables: exact up to a million, above that an upper bound.

    The bound is the span of the row ids (deletions inside it count) or what fits into the file,
    whichever is less: a forecast should err on the long side. One statement for every hundred
    tables, and two more for every hundred large ones.
    """
    if not wanted:
        return {}
    names = {t.name for t in wanted if t.schema == MAIN}
    tables = [name for (name,) in _all(connection, _TABLES) if name in names]
    counted = dict(_asked(connection, tables, _count))
    large = [name for name in tables if counted[name] > EXACT]
    if large:
        fits = connection.exec_driver_sql(_BYTES).scalar_one() // _SMALLEST_ROW
        rowids = dict(_rowids(connection, large))
        spans = _asked(connection, large, lambda name: _span(name, rowids[name]))
        counted.update((n, max(EXACT, min(fits, s or fits))) for n, s in spans)
    return {TableName(MAIN, name): number for name, number in counted.items()}


def sizes(connection: Connection, wanted: Collection[TableName]) -> Mapping[TableName, int]:
    """Bytes of these tables with their indexes. One statement for every hundred tables.

    Nothing for a file of more than ``READ_THROUGH`` bytes, and where SQLite was built without
    dbstat, which reads every page (https://www.sqlite.org/dbstat.html).
    """
    names = [t.name for t in wanted if t.schema == MAIN]
    if not names or not connection.exec_driver_sql(_DBSTAT).scalar():
        return {}
    if connection.exec_driver_sql(_BYTES).scalar_one() > READ_THROUGH:
        return {}
    queries = (_USED.format(names=", ".join(map(literal, chunk))) for chunk in _chunks(names))
    found = (row for query in queries for row in _all(connection, query))
    return {TableName(MAIN, name): int(used) for name, used in found}


def _all(connection: Connection, query: str) -> Sequence[Sequence[Any]]:
    return connection.exec_driver_sql(query).all()


def _rowids(connection: Connection, tables: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """The name of each table's rowid, where it has one that no column has taken."""
    for chunk in _chunks(tables):
        query = _COLUMNS.format(names=", ".join(map(literal, chunk)))
        for name, without, columns in _all(connection, query):
            taken = columns.split("\n")
            free = (n for n in ("rowid", "_rowid_", "oid") if n not in taken)
            yield name, None if without else next(free, None)


def _count(table: str) -> str:
    return f"(SELECT count(*) FROM (SELECT 1 FROM main.{quote(table)} LIMIT {EXACT + 1}))"


def _span(table: str, rowid: str | None) -> str:
    """Two queries in one: asked for both ends at once, SQLite reads everything in between."""
    if rowid is None:
        return "NULL"
    where = f"FROM main.{quote(table)}"
    return f"(SELECT max({rowid}) {where}) - (SELECT min({rowid}) {where}) + 1"


def _chunks(tables: Iterable[str]) -> Iterator[tuple[str, ...]]:
    ahead = iter(tables)
    while chunk := tuple(islice(ahead, TABLES_A_QUERY)):
        yield chunk


def _asked(
    connection: Connection, tables: Sequence[str], number: Callable[[str], str]
) -> Iterator[tuple[str, int]]:
    for chunk in _chunks(tables):
        selects = (f"SELECT {literal(name)}, {number(name)}" for name in chunk)
        for name, value in _all(connection, " UNION ALL ".join(selects)):
            yield name, int(value) if value is not None else 0
