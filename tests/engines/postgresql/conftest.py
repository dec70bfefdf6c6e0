"""Fresh databases on every PostgreSQL that the tests know."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine as Pool
from sqlalchemy.engine import make_url

from falsework.engines.postgresql import DRIVER
from falsework.model.edits import Edit, apply
from falsework.model.engine import Version, Way
from falsework.model.plan import Statement
from falsework.model.schema import Schema, Table, TableName

BARE = {"no_parameters": True}  # a percent sign is a percent sign


class Database:
    """One database, and what the tests do with it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.pool: Pool = DRIVER.pool(self.url, connect_seconds=5)
        self.others: list[Pool] = []

    def with_driver(self, name: str) -> Pool:
        """A pool through psycopg2 or psycopg."""
        url = self.url.set(drivername=f"postgresql+{name}")
        self.others.append(DRIVER.pool(url, connect_seconds=5))
        return self.others[-1]

    def dispose(self) -> None:
        for pool in (self.pool, *self.others):
            pool.dispose()

    @property
    def version(self) -> Version:
        with self.pool.connect() as connection:
            return DRIVER.version(connection)

    def run(self, *sql: str) -> None:
        """Run the statements in one transaction."""
        with self.pool.begin() as connection:
            for text in sql:
                connection.exec_driver_sql(text, execution_options=BARE)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.pool.connect() as connection:
            found = connection.exec_driver_sql(sql, execution_options=BARE)
            return [tuple(row) for row in found]

    def value(self, sql: str) -> Any:  # noqa: ANN401 - whatever the server gives
        return self.rows(sql)[0][0]

    def read(
        self, schemas: Sequence[str] = ("public",), tables: Sequence[str] | None = None
    ) -> Schema:
        with self.pool.connect().execution_options(falsework_read_only=True) as connection:
            return DRIVER.read(connection, schemas, tables)

    def table(self, name: str, schema: str = "public") -> Table:
        found = self.read([schema]).table(TableName(schema, name))
        assert found is not None
        return found

    def statement(self, edits: Sequence[Edit], way: Way) -> Statement:
        spelling = DRIVER.engine.spelling
        return spelling.statement(tuple(edits), way, self.read(), self.version)

    def execute(self, statement: Statement) -> None:
        """Run the work as its docstring says it has to be run."""
        options = {} if statement.transaction else {"isolation_level": "AUTOCOMMIT"}
        with self.pool.connect().execution_options(**options) as connection:
            for text in statement.sql:
                connection.exec_driver_sql(text, execution_options=BARE)
            connection.commit()

    def change(self, *edits: Edit, way: Way = Way.DIRECT) -> Statement:
        """Run the edits, and hold that the database then reads as the edits say."""
        before = self.read()
        statement = self.statement(edits, way)
        self.execute(statement)
        assert self.read() == apply(edits, before)
        return statement


def in_autocommit(connection: Connection) -> Connection:
    return connection.execution_options(isolation_level="AUTOCOMMIT")


@pytest.fixture
def db(database: str) -> Iterator[Database]:
    """A fresh database on each server in turn: mark the module with ``EVERY_POSTGRESQL``."""
    made = Database(database)
    yield made
    made.dispose()
