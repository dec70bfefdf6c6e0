"""Each trouble, provoked on the server."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pymysql
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from falsework.engines.base import Trouble
from falsework.engines.innodb.errors import COMMON, number
from tests.engines.innodb.conftest import BARE, Database

SETUP = (
    "CREATE TABLE pa (id int PRIMARY KEY)",
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, s varchar(3), d date, p int, "
        "CONSTRAINT ck CHECK (a > 0), CONSTRAINT fk FOREIGN KEY (p) REFERENCES pa (id), "
        "UNIQUE KEY uq (s))"
    ),
    "INSERT INTO pa VALUES (1)",
    "INSERT INTO t VALUES (1, 1, 'x', NULL, 1)",
)

STATEMENTS = {
    "INSERT INTO t (id, a) VALUES (1, 1)": Trouble.CONSTRAINT,
    "INSERT INTO t (id, a, s) VALUES (2, 1, 'x')": Trouble.CONSTRAINT,
    "INSERT INTO t (id, a) VALUES (2, NULL)": Trouble.CONSTRAINT,
    "INSERT INTO t (id) VALUES (2)": Trouble.CONSTRAINT,
    "INSERT INTO t (id, a) VALUES (2, 0)": Trouble.CONSTRAINT,
    "INSERT INTO t (id, a, p) VALUES (2, 1, 9)": Trouble.CONSTRAINT,
    "DELETE FROM pa": Trouble.CONSTRAINT,
    "INSERT INTO t (id, a, s) VALUES (2, 1, 'long')": Trouble.DATA,
    "INSERT INTO t (id, a) VALUES (2, 'word')": Trouble.DATA,
    "INSERT INTO t (id, a, d) VALUES (2, 1, '2014-99-99')": Trouble.DATA,
    "INSERT INTO t (id, a) VALUES (2, 99999999999)": Trouble.DATA,
    "UPDATE t SET a = 1 / 0": Trouble.DATA,
    "SELEC 1": Trouble.SYNTAX,
    "SELECT nothing FROM t": Trouble.SYNTAX,
    "SELECT 1 FROM nowhere": Trouble.SYNTAX,
    "CREATE TABLE t (id int)": Trouble.SYNTAX,
    "ALTER TABLE t DROP COLUMN nothing": Trouble.SYNTAX,
    "ALTER TABLE t DROP INDEX nothing": Trouble.SYNTAX,
    "ALTER TABLE t ADD INDEX uq (a)": Trouble.SYNTAX,
    "ALTER TABLE t DROP INDEX fk": Trouble.SYNTAX,
    "ALTER TABLE t MODIFY a bigint, ALGORITHM=INPLACE": Trouble.SYNTAX,
    "ALTER TABLE t MODIFY p bigint": Trouble.SYNTAX,
    "SELECT no_such_function(1)": Trouble.SYNTAX,
    "SELECT no_such.function(1)": Trouble.SYNTAX,
    f"CREATE TABLE `{'x' * 65}` (id int)": Trouble.SYNTAX,
}


@pytest.fixture
def t(db: Database) -> Database:
    db.run(*SETUP)
    return db


def refused(db: Database, sql: str) -> DBAPIError:
    with db.session() as connection, pytest.raises(DBAPIError) as error:
        connection.exec_driver_sql(sql, execution_options=BARE)
    return error.value


@pytest.mark.parametrize("sql", STATEMENTS)
def test_statements(t: Database, sql: str) -> None:
    """What the server says to them."""
    error = refused(t, sql)
    assert t.target.driver.trouble(error) is STATEMENTS[sql], error


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (id, a, s) VALUES (2, 1, 'c4n'), (3, 1, 'c4n')",
        "INSERT INTO t (id, a) VALUES (2, 'c4n')",
        "INSERT INTO t (id, a, d) VALUES (2, 1, 'c4n')",
        "UPDATE t SET a = a + 'c4n'",
    ],
)
def test_no_value_of_a_row_is_said(t: Database, sql: str) -> None:
    """Messages quote them; they go to logs and journals."""
    error = refused(t, sql)
    assert "c4n" not in str(error.orig)
    assert "c4n" not in str(error).partition("[SQL")[0]


def test_a_deadlock(t: Database) -> None:
    """Whoever is rolled back tries again."""
    with t.stranger() as other, other.cursor() as cursor:
        cursor.execute("INSERT INTO pa VALUES (2)")
        other.commit()
        cursor.execute("UPDATE pa SET id = id WHERE id = 1")
        cursor.execute("SELECT * FROM pa WHERE id = 1 FOR UPDATE")
        with t.target.pool.connect() as connection:
            t.target.driver.begin_session(connection, lock_ms=1000)
            connection.exec_driver_sql("SELECT * FROM pa WHERE id = 2 FOR UPDATE")
            with pytest.raises(DBAPIError) as waited:
                connection.exec_driver_sql("SELECT * FROM pa WHERE id = 1 FOR UPDATE")
            assert t.target.driver.trouble(waited.value) is Trouble.LOCK_TIMEOUT
            connection.rollback()
        other.rollback()


def test_somebody_killed_the_statement(t: Database) -> None:
    """A person did: it is run again."""
    with t.session() as connection:
        raw = connection.connection.dbapi_connection
        number_of = raw.thread_id()  # type: ignore[union-attr]
        timer = threading.Timer(0.3, lambda: t.run(f"KILL QUERY {number_of}"))
        timer.start()
        with pytest.raises(DBAPIError) as killed:
            connection.exec_driver_sql("UPDATE t SET a = a + 1 + SLEEP(5)")
        timer.join()
        assert t.target.driver.trouble(killed.value) is Trouble.RETRY


def test_somebody_killed_the_session(t: Database) -> None:
    """What was committed is known only by looking."""
    with t.session() as connection:
        raw = connection.connection.dbapi_connection
        t.run(f"KILL {raw.thread_id()}")  # type: ignore[union-attr]
        with pytest.raises(DBAPIError) as lost:
            connection.exec_driver_sql("SELECT 1")
        assert t.target.driver.trouble(lost.value) is Trouble.LOST
        connection.invalidate()


def test_what_the_user_may_not_do(t: Database) -> None:
    """Each kind of object has its own number."""
    user = f"u_{t.name[-8:]}"
    t.run(
        f"CREATE USER `{user}`@`%` IDENTIFIED BY 'x'",
        f"GRANT SELECT ON `{t.name}`.* TO `{user}`@`%`",
    )
    url = t.url.set(username=user, password="x")  # noqa: S106
    small = Database(url.render_as_string(hide_password=False))
    try:
        for sql in (
            "INSERT INTO t (id, a) VALUES (9, 9)",
            "CREATE TABLE more (id int)",
            "ALTER TABLE t ADD COLUMN z int",
            "DROP TABLE t",
            "SET GLOBAL max_connections = 100",
            "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
        ):
            error = refused(small, sql)
            assert small.target.driver.trouble(error) is Trouble.DENIED, (sql, error)
    finally:
        small.dispose()
        t.run(f"DROP USER `{user}`@`%`")


@pytest.mark.parametrize(
    ("make", "trouble"),
    [
        (lambda: pymysql.err.OperationalError(2003, "Can't connect"), Trouble.UNREACHABLE),
        (lambda: pymysql.err.OperationalError(1040, "Too many"), Trouble.UNREACHABLE),
        (lambda: pymysql.err.OperationalError(2006, "gone"), Trouble.LOST),
        (lambda: pymysql.err.OperationalError(2013, "Lost"), Trouble.LOST),
        (lambda: pymysql.err.OperationalError(1213, "Deadlock"), Trouble.RETRY),
        (lambda: pymysql.err.OperationalError(1799, "log full"), Trouble.RETRY),
        (lambda: pymysql.err.InterfaceError(0, ""), Trouble.LOST),
        (lambda: pymysql.err.InternalError(1, "?"), Trouble.OTHER),
        (lambda: pymysql.err.OperationalError(2026, "SSL error"), Trouble.REJECTED),
    ],
)
def test_what_is_hard_to_provoke(
    db: Database, make: Callable[[], Exception], trouble: Trouble
) -> None:
    """By number."""
    error = OperationalError("", None, make())
    assert db.target.driver.trouble(error) is trouble


def test_no_number_of_one_product_is_in_the_common_list() -> None:
    """From 3000 on they have numbers of their own."""
    assert max(COMMON) < 3000
    assert number(OperationalError("", None, Exception("no number"))) is None
