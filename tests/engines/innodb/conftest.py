"""Fresh databases on every MySQL and MariaDB that the tests know."""

from collections.abc import Iterator, Sequence
from typing import Any

import pymysql
import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy import Connection

from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.model.edits import Edit, apply
from falsework.model.engine import Way
from falsework.model.intent import Declared
from falsework.model.plan import Statement
from falsework.model.schema import Schema, SqlType, Table, TableName
from tests.conftest import RUN, started
from tests.servers import SERVERS, Server

BARE = {"no_parameters": True}  # a percent sign is a percent sign
FAMILY = tuple(name for name in SERVERS if name.startswith(("mysql", "mariadb")))


class Database:
    """One database, and what the tests do with it."""

    def __init__(self, url: str) -> None:
        self.target: Target = connect(url)
        self.url = sa.make_url(url)

    def dispose(self) -> None:
        self.target.pool.dispose()

    @property
    def name(self) -> str:
        return self.target.schema

    @property
    def engine(self) -> str:
        return self.target.driver.engine.name

    def session(self) -> Connection:
        """A session as a step has it, in autocommit."""
        connection = self.target.pool.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.target.driver.begin_session(connection, lock_ms=50)
        return connection

    def stranger(self, **options: Any) -> pymysql.connections.Connection:
        """A session of somebody else, in transactions."""
        query = dict(self.url.query)
        return pymysql.connect(
            host=self.url.host,
            port=self.url.port or 3306,
            user=self.url.username,
            password=str(self.url.password or ""),
            database=self.name,
            charset="utf8mb4",
            ssl_disabled="ssl_disabled" in query,
            **options,
        )

    def run(self, *sql: str) -> None:
        with self.session() as connection:
            for text in sql:
                connection.exec_driver_sql(text, execution_options=BARE)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.session() as connection:
            found = connection.exec_driver_sql(sql, execution_options=BARE)
            return [tuple(row) for row in found]

    def read(self, schemas: Sequence[str] = (), tables: Sequence[str] | None = None) -> Schema:
        with self.target.pool.connect().execution_options(falsework_read_only=True) as connection:
            return self.target.driver.read(connection, schemas or (self.name,), tables)

    def table(self, name: str) -> Table:
        found = self.read().table(self.at(name))
        assert found is not None
        return found

    def at(self, name: str) -> TableName:
        return TableName(self.name, name)

    def type(self, text: str) -> SqlType:
        return self.target.driver.reader.type(text)

    def statement(self, *edits: Edit) -> Statement:
        server = self.target.server
        return server.engine.spelling.statement(edits, Way.DIRECT, self.read(), server.version)

    def change(self, *edits: Edit) -> Statement:
        """Run the edits, and hold that the database then reads as they say."""
        before = self.read()
        statement = self.statement(*edits)
        with self.session() as connection:
            for text in (*statement.setup, *statement.sql, *statement.teardown):
                connection.exec_driver_sql(text, execution_options=BARE)
            for text in statement.must_be_empty:
                assert connection.exec_driver_sql(text, execution_options=BARE).first() is None
        assert self.read() == apply(edits, before)
        return statement

    def declare(self, metadata: sa.MetaData, *, live: bool = False) -> Declared:
        """Make what the models say; what the models are said to become."""
        with self.target.pool.connect() as connection:
            metadata.create_all(connection)
            connection.commit()
            driver = self.target.driver
            schema = driver.read(connection, [self.name])
            known = schema if live else None
            return declared(metadata, driver, connection.dialect, self.name, live=known)

    def hold(self, metadata: sa.MetaData) -> Declared:
        """Assert that nothing differs after ``create_all``, with and without a look at it."""
        said = self.declare(metadata)
        assert said.schema == self.read()
        assert not any(t.opaque for t in said.schema.tables)
        again = self.declare(metadata, live=True)
        assert again.schema == said.schema
        return said


def without_views(schema: Schema) -> Schema:
    return replace(schema, views=())


@pytest.fixture(scope="session", params=FAMILY)
def server(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Server:
    """Each server in turn, shared by the whole test run."""
    name: str = request.param
    return started(lambda: pytestconfig.stash[RUN].server(name))


@pytest.fixture
def db(server: Server) -> Iterator[Database]:
    """A fresh database on each server in turn."""
    with server.fresh() as url:
        made = Database(url)
        yield made
        made.dispose()
