"""Carry out what a case writes in the window, as its releases would, and log it with its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, delete, event, insert, select
from sqlalchemy import update as change
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ColumnElement

from falsework.model.plan import Release
from tests.cases.model import Case
from tests.generator.writes import Delete, Insert, Row, Update, Upsert, Write


def application(url: str) -> Engine:
    """Sessions as an application has them: on SQLite foreign keys are asked for."""
    pool = create_engine(url)
    if pool.dialect.name == "sqlite":

        @event.listens_for(pool, "connect")
        def connected(session: object, _record: object) -> None:
            session.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]

    return pool


def equal(table: Table, meant: Row) -> list[ColumnElement[bool]]:
    """The predicate of the rows that hold these values."""
    return [table.c[name] == value for name, value in meant.items()]


def halves(case: Case) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
    """What is written before the rows are filled, and what is written after."""
    middle = len(case.window) // 2  # late ones are the harder ones: nothing but contract mends them
    return case.window[:middle], case.window[middle:]


def written(url: str, case: Case, writes: Sequence[Write]) -> Iterator[Write]:
    """Commit each write by itself."""
    pool = application(url)
    try:
        for write in writes:
            with pool.begin() as connection:
                done = perform(connection, case, write)
            yield done
    finally:
        pool.dispose()


def perform(connection: Connection, case: Case, write: Write) -> Write:
    """Write it; the same write with the key that the server gave."""
    models = case.a if write.release is Release.A else case.b
    table = next(t for t in models.tables.values() if t.name == write.table)
    match write:
        case Insert():
            values = insert(table).values(dict(write.values))
            made = connection.execute(values).inserted_primary_key
            names = [c.name for c in table.primary_key.columns]
            key = dict(zip(names, made or (), strict=False))
            return replace(write, values={**key, **write.values})
        case Update():
            where = equal(table, write.where)
            connection.execute(change(table).where(*where).values(dict(write.values)))
        case Delete():
            connection.execute(delete(table).where(*equal(table, write.where)))
        case Upsert():
            return _upsert(connection, table, write)
    return write


def _upsert(connection: Connection, table: Table, write: Upsert) -> Write:
    connection.execute(_spelled(connection.dialect.name, table, write))
    meant = {name: write.values[name] for name in write.key}
    key = list(table.primary_key.columns)
    found = connection.execute(select(*key).where(*equal(table, meant))).mappings().one()
    return replace(write, values={**found, **write.values})


def _spelled(dialect: str, table: Table, write: Upsert) -> Executable:
    values = dict(write.values)
    names = [name for name in values if name not in write.key]
    if dialect in ("mysql", "mariadb"):  # on whichever key the row meets: it cannot be named
        there = mysql.insert(table).values(values)
        given = {name: there.inserted[name] for name in names}
        return there.on_duplicate_key_update(given or {write.key[0]: table.c[write.key[0]]})
    insert_of = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Any = insert_of(table).values(values)
    key = list(write.key)
    new = {name: statement.excluded[name] for name in names}
    found: Executable = (
        statement.on_conflict_do_update(index_elements=key, set_=new)
        if new
        else statement.on_conflict_do_nothing(index_elements=key)
    )
    return found
