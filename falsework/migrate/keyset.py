"""Rows by their keys: the clauses that a walk over a table is made of.

The range over a composite key is written out (``a >= :a AND (a > :a OR b > :b)``): row values are
not a range scan on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    column,
    literal_column,
    or_,
    table,
    tuple_,
)
from sqlalchemy.sql.elements import Grouping, quoted_name
from sqlalchemy.sql.selectable import TableClause
from sqlalchemy.types import NullType

from falsework.migrate.keys import Key
from falsework.model.schema import TableName


def named(name: TableName, columns: Iterable[str] = ()) -> TableClause:
    """A table with these columns, every name in it quoted as it is."""
    return table(
        quoted_name(name.name, quote=True),
        *(column(quoted_name(one, quote=True)) for one in dict.fromkeys(columns)),
        schema=quoted_name(name.schema, quote=True),
    )


def sql(text: str) -> Grouping[object]:
    """Planned SQL as it is: no ``:name`` or ``%`` in it means anything to the client."""
    return Grouping(literal_column(text))


def among(columns: Sequence[ColumnElement[object]], keys: Iterable[Key]) -> ColumnElement[bool]:
    """Rows whose columns hold one of the keys; one statement for any number of them."""
    rows = [tuple(map(plain, key)) for key in keys]
    if len(columns) == 1:
        return columns[0].in_(_list([row[0] for row in rows]))
    return tuple_(*columns).in_(_list(rows))


def above(columns: Sequence[ColumnElement[object]], key: Key) -> ColumnElement[bool]:
    """Rows behind the key."""
    first, edge = columns[0], value(key[0])
    if len(columns) == 1:
        return first > edge
    return and_(first >= edge, or_(first > edge, above(columns[1:], key[1:])))


def upto(columns: Sequence[ColumnElement[object]], key: Key) -> ColumnElement[bool]:
    """Rows up to the key, itself among them."""
    first, edge = columns[0], value(key[0])
    if len(columns) == 1:
        return first <= edge
    return and_(first <= edge, or_(first < edge, upto(columns[1:], key[1:])))


def plain(found: object) -> object:
    """The value as every driver sends it back, and as it can be looked up."""
    if isinstance(found, UUID):
        return str(found)
    return bytes(found) if isinstance(found, memoryview | bytearray) else found


def value(found: object) -> ColumnElement[object]:
    """A bound key value. It has no type, so that the server takes it for the column's own."""
    return bindparam(None, plain(found), type_=NullType(), unique=True)


def _list(values: Sequence[object]) -> BindParameter[object]:
    return bindparam(None, values, type_=NullType(), unique=True, expanding=True)
