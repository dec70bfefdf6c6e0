"""The four catalog queries, and their rows by table.

Pragmas are asked as table-valued functions (https://www.sqlite.org/pragma.html#pragfunc), with
the schema named, so that a temporary table of the same name hides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from falsework.engines.sqlite.text import fold

_OBJECTS = "SELECT type, name, tbl_name, sql, rootpage FROM main.sqlite_schema"
_TABLES = "FROM main.sqlite_schema m JOIN {pragma} WHERE m.type = 'table' AND m.rootpage > 0 {only}"
_COLUMNS = f"""
SELECT m.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
{_TABLES.replace("{pragma}", "pragma_table_xinfo(m.name, 'main') x")}
ORDER BY m.name, x.cid"""
_INDEXES = f"""
SELECT m.name, i.name, i."unique", i.origin, i.partial, x.name, x."desc", x.coll
{
    _TABLES.replace(
        "{pragma}",
        '''pragma_index_list(m.name, 'main') i
JOIN pragma_index_xinfo(i.name, 'main') x ON x.key = 1''',
    )
}
ORDER BY m.name, i.name, x.seqno"""
# A reference without columns means the parent's primary key; one with columns may write them in
# any case.
_REFERENCES = f"""
SELECT m.name, f.id, f."table", f."from", f.on_update, f.on_delete, coalesce(
  (SELECT p.name FROM pragma_table_info(f."table", 'main') p
   WHERE CASE WHEN f."to" IS NULL THEN p.pk = f.seq + 1 ELSE p.name = f."to" COLLATE NOCASE END),
  f."to")
{_TABLES.replace("{pragma}", "pragma_foreign_key_list(m.name, 'main') f")}
ORDER BY m.name, f.id DESC, f.seq"""
# Every build allows at least 32 766 parameters (https://www.sqlite.org/limits.html); a longer list
# of tables is read whole and cut afterwards.
_MOST_NAMES = 30_000

Row = Sequence[Any]


class Object(NamedTuple):
    """A row of ``sqlite_schema``. A virtual table and a view have rootpage 0."""

    type: str
    name: str
    table: str
    sql: str
    rootpage: int


class ColumnRow(NamedTuple):
    """A row of ``pragma_table_xinfo``; ``hidden`` 2 is a virtual, 3 a stored computed column."""

    key: str  # the name, folded
    name: str
    type: str
    notnull: int
    default: str | None
    pk: int  # its place in the primary key, from 1
    hidden: int


class Part(NamedTuple):
    """A key part of an index; ``name`` None: an expression. Collations match in any case."""

    name: str | None
    descending: bool
    collation: str


class Key(NamedTuple):
    """An index; ``origin`` is c: CREATE INDEX, u: UNIQUE, pk: PRIMARY KEY."""

    name: str
    unique: bool
    origin: str
    partial: bool
    parts: list[Part]


class Reference(NamedTuple):
    """A foreign key; a parent column is None where the parent is not there to be asked."""

    parent: str
    on_update: str
    on_delete: str
    columns: list[str]
    parent_columns: list[str | None]


class Catalog(NamedTuple):
    """What the queries gave; foreign keys stand in the order of the CREATE TABLE text."""

    objects: list[Object]
    columns: Mapping[str, list[ColumnRow]]
    keys: Mapping[str, list[Key]]
    references: Mapping[str, list[Reference]]


def fetch(connection: Connection, tables: Sequence[str] | None) -> Catalog:
    """Ask. ``tables`` limits everything but the list of objects to tables of these names."""
    narrow = tables is not None and len(tables) < _MOST_NAMES
    names = tuple(tables or ()) if narrow else ()
    only = f"AND m.name IN ({', '.join('?' * len(names))})" if narrow else ""

    def rows(query: str) -> Sequence[Row]:
        return connection.exec_driver_sql(query.format(only=only), names).all()

    objects = connection.exec_driver_sql(_OBJECTS).all()
    return Catalog(
        [Object(*row) for row in objects],
        _columns(rows(_COLUMNS)),
        _keys(rows(_INDEXES)),
        _references(rows(_REFERENCES)),
    )


def _columns(rows: Iterable[Row]) -> Mapping[str, list[ColumnRow]]:
    found: defaultdict[str, list[ColumnRow]] = defaultdict(list)
    for table, name, type_, notnull, default, pk, hidden in rows:
        row = ColumnRow(fold(name), name, type_, notnull, default, pk, hidden)
        found[table].append(row)
    return found


def _keys(rows: Iterable[Row]) -> Mapping[str, list[Key]]:
    found: defaultdict[str, list[Key]] = defaultdict(list)
    last = None
    for table, name, unique, origin, partial, column, descending, collation in rows:
        if name != last:
            last = name
            found[table].append(Key(name, bool(unique), origin, bool(partial), []))
        found[table][-1].parts.append(Part(column, bool(descending), collation.upper()))
    return found


def _references(rows: Iterable[Row]) -> Mapping[str, list[Reference]]:
    found: defaultdict[str, list[Reference]] = defaultdict(list)
    last = None
    for table, number, parent, column, on_update, on_delete, parent_column in rows:
        if (table, number) != last:
            last = (table, number)
            found[table].append(Reference(parent, on_update, on_delete, [], []))
        found[table][-1].columns.append(column)
        found[table][-1].parent_columns.append(parent_column)
    return found
