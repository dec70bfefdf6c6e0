"""Databases in files, on every SQLite that can be had here.

Python's own library is always one. A newer one comes with the package ``pysqlite3`` where that is
installed: it has ALTER TABLE statements that older libraries do not.
"""

import sqlite3
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine as Pool
from sqlalchemy.engine import make_url

from falsework.engines.sqlite import DRIVER
from falsework.engines.sqlite.create import create_index, create_table
from falsework.engines.sqlite.session import open_pool
from falsework.model.edits import Edit, apply
from falsework.model.engine import Version, Way
from falsework.model.plan import Statement
from falsework.model.schema import Schema, Table

MODULES: dict[str, ModuleType] = {"python": sqlite3}
if find_spec("pysqlite3") is not None:
    MODULES["newer"] = import_module("pysqlite3.dbapi2")


class File:
    """One database file, and what the tests do with it."""

    def __init__(self, path: Path, module: ModuleType = sqlite3) -> None:
        """Start with an empty file."""
        self.path = path
        self.module = module
        path.touch()
        self.url = make_url(f"sqlite:///{path}")
        self.pool: Pool = open_pool(self.url, connect_seconds=5, module=module)

    @property
    def version(self) -> Version:
        found: Version = self.module.sqlite_version_info
        return found

    def connect(self) -> Connection:
        return self.pool.connect()

    def run(self, *sql: str) -> None:
        """Run the statements in one transaction."""
        with self.pool.begin() as connection:
            for text in sql:
                connection.exec_driver_sql(text)

    def write_ahead(self) -> None:
        """Change the journal mode of the file for good."""
        with self.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def read(self, tables: list[str] | None = None) -> Schema:
        with self.connect().execution_options(falsework_read_only=True) as connection:
            return DRIVER.read(connection, ["main"], tables)

    def statement(self, *edits: Edit) -> Statement:
        return DRIVER.engine.spelling.statement(edits, Way.DIRECT, self.read(), self.version)

    def remake(self, table: Table) -> Table:
        """The table as it reads once it was made from its model, in a file of its own."""
        path = self.path.with_name("remade.db")
        path.unlink(missing_ok=True)
        other = File(path, self.module)
        indexes = (create_index(table, i) for i in table.indexes)
        other.run(create_table(table, table.name.name), *indexes)
        (made,) = other.read().tables
        return made

    def execute(self, statement: Statement) -> None:
        """Run the work as its docstring says it has to be run."""
        with self.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for text in statement.setup:
                connection.exec_driver_sql(text)
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    for text in statement.sql:
                        connection.exec_driver_sql(text)
                    for text in statement.must_be_empty:
                        found = connection.exec_driver_sql(text).all()
                        assert not found, (text, found)
                except BaseException:
                    connection.exec_driver_sql("ROLLBACK")
                    raise
                connection.exec_driver_sql("COMMIT")
            finally:
                for text in statement.teardown:
                    connection.exec_driver_sql(text)

    def change(self, *edits: Edit) -> Statement:
        """Run the edits, and hold that the file then reads as the edits say."""
        before = self.read()
        statement = self.statement(*edits)
        self.execute(statement)
        assert self.read() == apply(edits, before)
        assert not self.damage()
        return statement

    def damage(self) -> list[str]:
        """What SQLite finds wrong with the file; that a value is not of its type is allowed."""
        found = [str(row[0]) for row in self.rows("PRAGMA integrity_check")]
        return [text for text in found if text != "ok" and " value in " not in text]


@pytest.fixture(params=MODULES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[File]:
    """An empty database file, with each SQLite in turn."""
    made = File(tmp_path / "app.db", MODULES[request.param])
    yield made
    made.pool.dispose()
