"""Columns compiled once for many: each is what it would be in a table where it is alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.dialects import sqlite as file
from sqlalchemy.ext.compiler import compiles, deregister

from falsework.engines.declared import declared
from falsework.engines.declared.alike import likeness
from falsework.engines.drivers import driver_for
from falsework.model.intent import Declared
from falsework.model.schema import Column, Table, TableName


class Spelled(sa.String):
    """A type that the application compiles itself, by its column."""


@compiles(Spelled)
def _spelled(
    _type: Spelled, _compiler: object, *, type_expression: sa.Column[str], **_: object
) -> str:
    return f"VARCHAR({len(type_expression.name)})"


class Stored(sa.TypeDecorator[str]):
    """A type of the application's."""

    impl = sa.String(7)
    cache_ok = True


KINDS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "integer": lambda: (sa.Integer(),),
    "string": lambda: (sa.String(20),),
    "longer string": lambda: (sa.String(21),),
    "string in a collation": lambda: (sa.String(20, collation="C"),),
    "text": lambda: (sa.Text(),),
    "long text": lambda: (sa.Text(70_000),),
    "variant": lambda: (sa.String(20).with_variant(sa.Text(), "sqlite", "mysql", "postgresql"),),
    "number": lambda: (sa.Numeric(12, 2),),
    "other number": lambda: (sa.Numeric(12, 3),),
    "time": lambda: (sa.DateTime(),),
    "time with zone": lambda: (sa.DateTime(timezone=True),),
    "boolean": lambda: (sa.Boolean(),),
    "boolean with a check": lambda: (sa.Boolean(create_constraint=True),),
    "enum": lambda: (sa.Enum("a", "b", native_enum=False),),
    "other enum": lambda: (sa.Enum("a", "bcd", native_enum=False),),
    "compiled": lambda: (Spelled(20),),
    "decorated": lambda: (Stored(),),
    "interval": lambda: (sa.Interval(),),
    "identity": lambda: (sa.Integer(), sa.Identity()),
    "computed": lambda: (sa.Integer(), sa.Computed("1 + 1")),
}
MORE: dict[str, dict[str, Any]] = {
    "plain": {},
    "needed": {"nullable": False},
    "text default": {"server_default": "1"},
    "other text default": {"server_default": "2"},
    "default in SQL": {"server_default": sa.text("1")},
    "other default in SQL": {"server_default": sa.text("2")},
    "default by a function": {"server_default": sa.func.abs(1)},
    "commented": {"comment": "c"},
    "something supplies it": {"server_default": sa.FetchedValue()},
}
DIALECTS = {
    "sqlite": file.dialect,
    "postgresql": postgresql.dialect,
    "mysql": mysql.dialect,
}


def columns() -> list[sa.Column[Any]]:
    """Each kind with each of the others' properties, where SQLAlchemy has it so."""
    found = []
    for (kind, make), (more, options) in ((k, m) for k in KINDS.items() for m in MORE.items()):
        if kind in ("identity", "computed") and "server_default" in options:
            continue
        found.append(sa.Column(f"{kind}, {more}", *make(), **options))
    return found


def read(engine: str, *given: sa.Column[Any]) -> Declared:
    metadata = sa.MetaData()
    sa.Table("t", metadata, *given)
    return declared(metadata, driver_for(engine), DIALECTS[engine](), "s")


@pytest.mark.parametrize("engine", DIALECTS)
def test_in_company_and_alone(engine: str) -> None:
    """Twice in one table, among all others, and by itself: the same but for the name."""
    first = columns()
    second = columns()
    for column in second:
        column.name = column.key = f"{column.name}, again"
    whole = read(engine, *first, *second)
    (table,) = whole.schema.tables
    noted = set(whole.unsupported)

    for column in columns():
        alone = read(engine, column)
        (expected,) = alone.schema.tables[0].columns
        assert _found(table.columns, str(column.name)) == expected
        if "compiled" not in str(column.name):
            again = _found(table.columns, f"{column.name}, again")
            assert replace(again, name=expected.name) == expected
        assert set(alone.unsupported) <= noted


KEYS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "counts": lambda: (sa.Column("id", sa.Integer, primary_key=True),),
    "counts, small": lambda: (sa.Column("id", sa.SmallInteger, primary_key=True),),
    "counts, large": lambda: (sa.Column("id", sa.BigInteger, primary_key=True),),
    "does not count": lambda: (sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),),
    "text": lambda: (sa.Column("id", sa.String(9), primary_key=True),),
    "in SQL": lambda: (sa.Column("id", sa.Integer, primary_key=True, server_default="7"),),
    "by the client": lambda: (sa.Column("id", sa.Integer, primary_key=True, default=7),),
    "a parent's": lambda: (sa.Column("id", sa.ForeignKey("p.id"), primary_key=True),),
    "a parent's, counts": lambda: (
        sa.Column("id", sa.ForeignKey("p.id"), primary_key=True, autoincrement="ignore_fk"),
    ),
    "of two": lambda: (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
    ),
    "of two, counts": lambda: (
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("part", sa.String(9), primary_key=True),
    ),
    "identity": lambda: (sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),),
}
WORDS: dict[str, dict[str, Any]] = {
    "": {},
    ", autoincrement": {"sqlite_autoincrement": True},
    ", no rows' numbers": {"sqlite_with_rowid": False},
}


def keyed(engine: str, *names: tuple[str, str]) -> dict[str, Table]:
    """Tables with those keys, each declared twice; without what bears a name."""
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("id", sa.SmallInteger, primary_key=True))
    for key, words in names:
        for again in ("", " again"):
            sa.Table(f"{key}{words}{again}", metadata, *KEYS[key](), **WORDS[words])
    read = declared(metadata, driver_for(engine), DIALECTS[engine](), "s")
    nobody = {"foreign_keys": (), "primary_key": None, "name": TableName("", "")}
    return {t.name.name: replace(t, **nobody) for t in read.schema.tables}


@pytest.mark.parametrize("engine", DIALECTS)
def test_keys_in_company_and_alone(engine: str) -> None:
    """A table is what it would be if no other one had a primary key like its own."""
    names = [(k, w) for k in KEYS for w in WORDS]
    if engine == "sqlite":  # SQLAlchemy makes none of these there
        names = [n for n in names if n[0] != "of two, counts"]
    company = keyed(engine, *names)

    for key, words in names:
        alone = keyed(engine, (key, words))[f"{key}{words}"]
        assert company[f"{key}{words}"] == company[f"{key}{words} again"] == alone


def test_what_is_alike() -> None:
    """Most columns are; what SQLAlchemy does not write by itself is never."""
    alike = {c.name for c in columns() if likeness(c) is not None}

    assert {"integer, plain", "string, needed", "boolean, default in SQL"} <= alike
    assert not [n for n in alike if n.startswith(("compiled", "decorated", "variant", "enum"))]


def test_a_type_that_the_application_compiles() -> None:
    """SQLAlchemy's own class, spelled by a function that may look at the column."""
    column: sa.Column[object] = sa.Column("c", sa.NCHAR(2))
    assert likeness(column) is not None
    compiles(sa.NCHAR)(_spelled)
    try:
        assert likeness(column) is None
    finally:
        deregister(sa.NCHAR)


def _found(columns: tuple[Column, ...], name: str) -> Column:
    return next(c for c in columns if c.name == name)
