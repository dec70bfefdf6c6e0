"""Every kind of trouble, made for real, through both drivers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine as Pool
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.postgresql import DRIVER
from tests.engines.postgresql.conftest import Database
from tests.engines.postgresql.versions import EVERY_POSTGRESQL
from tests.servers import Server

pytestmark = [EVERY_POSTGRESQL, pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])]


@contextmanager
def trouble(expected: Trouble) -> Iterator[None]:
    with pytest.raises(DBAPIError) as caught:
        yield
    assert DRIVER.trouble(caught.value) is expected, caught.value


STATEMENTS = {
    "INSERT INTO t VALUES (1)": Trouble.CONSTRAINT,
    "INSERT INTO t VALUES (NULL)": Trouble.CONSTRAINT,
    "INSERT INTO t VALUES (-1)": Trouble.CONSTRAINT,
    "ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES t": Trouble.CONSTRAINT,
    "SELECT 1/0": Trouble.DATA,
    "SELECT 'x'::integer": Trouble.DATA,
    "ALTER TABLE c ALTER b TYPE varchar(1)": Trouble.DATA,
    "SELEC 1": Trouble.SYNTAX,
    "SELECT nothing FROM t": Trouble.SYNTAX,
    "SELECT * FROM nowhere": Trouble.SYNTAX,
    "CREATE TABLE t (a integer)": Trouble.SYNTAX,
    "CREATE TABLE nowhere.t (a integer)": Trouble.SYNTAX,
    "SET ROLE falsework_nobody; SELECT * FROM t": Trouble.DENIED,
    "SET TRANSACTION READ ONLY; CREATE TABLE d (a integer)": Trouble.DENIED,
    "SET LOCAL statement_timeout = 10; SELECT pg_sleep(5)": Trouble.RETRY,
    "DO $$ BEGIN RAISE EXCEPTION 'mine'; END $$": Trouble.OTHER,
    "DROP TABLE v": Trouble.OTHER,  # a view depends on it
    "CREATE INDEX CONCURRENTLY i ON t (a)": Trouble.OTHER,  # inside a transaction
}


@pytest.mark.parametrize("sql", STATEMENTS)
def test_statements(db: Database, driver: str, sql: str) -> None:
    """By SQLSTATE; what is not known is not guessed."""
    db.run(
        "CREATE TABLE t (a integer PRIMARY KEY CHECK (a > 0))",
        "CREATE TABLE c (a integer, b text)",
        "CREATE TABLE v (a integer)",
        "CREATE VIEW w AS SELECT * FROM v",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO c VALUES (5, 'long')",
        """DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'falsework_nobody')
           THEN CREATE ROLE falsework_nobody; END IF;
           EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$""",
    )
    *before, last = sql.split("; ") if "$$" not in sql else [sql]
    with db.with_driver(driver).connect() as connection:
        for text in before:
            connection.exec_driver_sql(text)
        with trouble(STATEMENTS[sql]):
            connection.exec_driver_sql(last)


def test_a_lock_that_is_not_free(db: Database, driver: str) -> None:
    """After the time that wait_for_locks sets."""
    db.run("CREATE TABLE t (a integer)")
    with db.with_driver(driver).connect() as one, db.with_driver(driver).connect() as other:
        one.exec_driver_sql("SELECT * FROM t")
        DRIVER.begin_session(other, lock_ms=50)
        with trouble(Trouble.LOCK_TIMEOUT):
            other.exec_driver_sql("ALTER TABLE t ADD b integer")


def test_serialization(db: Database, driver: str) -> None:
    """Run again, it may succeed."""
    db.run("CREATE TABLE t (a integer)", "INSERT INTO t VALUES (1)")
    pool = db.with_driver(driver).execution_options(isolation_level="REPEATABLE READ")
    with pool.connect() as one:
        one.exec_driver_sql("SELECT * FROM t")
        db.run("UPDATE t SET a = 2")
        with trouble(Trouble.RETRY):
            one.exec_driver_sql("UPDATE t SET a = 3")


def test_a_deadlock(db: Database, driver: str) -> None:
    """One of two is the victim."""
    db.run("CREATE TABLE t (a integer)", "CREATE TABLE u (a integer)")
    pool = db.with_driver(driver)
    with pool.connect() as one, pool.connect() as other:
        one.exec_driver_sql("LOCK t")
        other.exec_driver_sql("LOCK u")
        errors: list[DBAPIError] = []

        def lock(connection: Connection, table: str) -> None:
            try:
                connection.exec_driver_sql(f"LOCK {table}")
            except DBAPIError as error:
                errors.append(error)
                connection.rollback()

        thread = threading.Thread(target=lock, args=(one, "u"))
        thread.start()
        lock(other, "t")
        thread.join(10)
    assert [DRIVER.trouble(error) for error in errors] == [Trouble.RETRY]


def terminated(connection: Connection, db: Database) -> None:
    """The server ends the session, and it is gone when this returns."""
    pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    db.rows(f"SELECT pg_terminate_backend({pid}, 5000)")


def test_a_session_that_was_ended(db: Database, driver: str) -> None:
    """The next statement fails, and so does a COMMIT."""
    with db.with_driver(driver).connect() as connection:
        terminated(connection, db)
        with trouble(Trouble.LOST):
            connection.exec_driver_sql("SELECT 1")
    with db.with_driver(driver).connect() as connection:
        terminated(connection, db)
        with trouble(Trouble.LOST):
            connection.commit()


def test_a_session_whose_socket_is_gone(db: Database, driver: str) -> None:
    """Without a word from the server."""
    with db.with_driver(driver).connect() as connection:
        raw = connection.connection.dbapi_connection
        connection.exec_driver_sql("SELECT 1")
        fileno: Callable[[], int] = raw.fileno  # type: ignore[union-attr]
        with socket.socket(fileno=fileno()) as broken:
            broken.shutdown(socket.SHUT_RDWR)
            broken.detach()
        with trouble(Trouble.LOST):
            connection.exec_driver_sql("SELECT 1")


def test_a_session_that_was_closed_here(db: Database, driver: str) -> None:
    """The driver says so by itself, without an error of the server."""
    with db.with_driver(driver).connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.close()
        with trouble(Trouble.LOST):
            connection.exec_driver_sql("SELECT 1")


def connecting(db: Database, driver: str, **parts: str | int) -> Pool:
    url = db.url.set(drivername=f"postgresql+{driver}", **parts)  # type: ignore[arg-type]
    pool = DRIVER.pool(url, connect_seconds=2)
    db.others.append(pool)
    return pool


def test_no_server(db: Database, driver: str) -> None:
    """Nobody listens there; or somebody who never answers; or there is no such host."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        with trouble(Trouble.UNREACHABLE):
            connecting(db, driver, host="127.0.0.1", port=port).connect()
        probe.listen()
        with trouble(Trouble.UNREACHABLE):
            connecting(db, driver, host="127.0.0.1", port=port).connect()
    with trouble(Trouble.UNREACHABLE):
        connecting(db, driver, host="nowhere.invalid").connect()


def test_a_server_that_lets_nobody_in(db: Database, driver: str) -> None:
    """No such database, no such user."""
    with trouble(Trouble.REJECTED):
        connecting(db, driver, database="nowhere").connect()
    with trouble(Trouble.REJECTED):
        connecting(db, driver, username="nobody_here").connect()


def test_a_database_that_takes_no_more(db: Database, driver: str) -> None:
    """Too many sessions: later there may be room."""
    db.run(
        f"CREATE ROLE {db.url.database} LOGIN CONNECTION LIMIT 0",
        f"GRANT CONNECT ON DATABASE {db.url.database} TO {db.url.database}",
    )
    try:
        with trouble(Trouble.UNREACHABLE):
            connecting(db, driver, username=str(db.url.database)).connect()
    finally:
        db.run(
            f"DROP OWNED BY {db.url.database}",
            f"DROP ROLE {db.url.database}",
        )


def test_a_wrong_password(own_server: Callable[..., Server], server: Server, driver: str) -> None:
    """A user who needs one, and gives another or none; no message repeats it."""
    own = own_server(server.name)
    rules = own.home / "data" / "pg_hba.conf"
    db = Database(own.url())
    db.run("CREATE ROLE careful LOGIN PASSWORD 'right'")
    rules.write_text(f"host all careful all scram-sha-256\n{rules.read_text()}")
    db.run("SELECT pg_reload_conf()")
    time.sleep(0.2)  # the signal takes a moment
    wrong, right = "wr0ng", "right"
    with pytest.raises(DBAPIError) as caught:
        connecting(db, driver, username="careful", password=wrong).connect()
    assert DRIVER.trouble(caught.value) is Trouble.REJECTED
    assert "wr0ng" not in str(caught.value)
    with trouble(Trouble.REJECTED):
        connecting(db, driver, username="careful").connect()
    connecting(db, driver, username="careful", password=right).connect().close()
    db.dispose()


def test_a_server_that_starts_or_stops(
    own_server: Callable[..., Server], server: Server, driver: str
) -> None:
    """Sessions are lost when it is killed, and none can be had until it is back."""
    own = own_server(server.name)
    db = Database(own.url())
    with db.with_driver(driver).connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        own.kill()
        with trouble(Trouble.LOST):
            connection.exec_driver_sql("SELECT 1")
    with trouble(Trouble.UNREACHABLE):
        db.with_driver(driver).connect()
    own.restart()
    db.with_driver(driver).connect().close()
    db.dispose()
