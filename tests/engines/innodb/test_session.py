"""Sessions: what each is set to, whatever the server's own settings are."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.connect import connect
from falsework.errors import ConfigError, FalseworkError, Unreachable
from tests.engines.innodb.conftest import Database
from tests.servers import Server


@pytest.fixture
def lax(db: Database) -> Iterator[Database]:
    """A server whose sessions begin with everything that must not hold in ours."""
    modes = "'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'"
    (before,) = db.rows("SELECT @@GLOBAL.sql_mode")
    db.run(f"SET GLOBAL sql_mode = {modes}")
    made = Database(db.url.render_as_string(hide_password=False))
    yield made
    made.dispose()
    db.run(f"SET GLOBAL sql_mode = '{before[0]}'")


def test_every_session_is_strict(lax: Database) -> None:
    """A reading one as well: its texts depend on quotes and backslashes."""
    lax.run("CREATE TABLE t (id int PRIMARY KEY, a varchar(5) DEFAULT 'x')")
    with lax.target.pool.connect() as connection:
        mode = connection.exec_driver_sql("SELECT @@SESSION.sql_mode").scalar_one()
        assert "STRICT_TRANS_TABLES" in mode
        assert "ANSI" not in mode
        assert connection.dialect.identifier_preparer.quote("order") == "`order`"
        assert connection.exec_driver_sql('SELECT "a\\"b"').scalar_one() == 'a"b'
    assert lax.table("t").column("a") is not None


def test_settings(db: Database) -> None:
    """Isolation, lock waits, and no limit to how long a statement may run."""
    isolation = "tx_isolation" if db.engine == "mariadb" else "transaction_isolation"
    with db.session() as connection:
        found = connection.exec_driver_sql(
            f"SELECT @@{isolation}, @@lock_wait_timeout, @@innodb_lock_wait_timeout, "
            "@@foreign_key_checks, @@autocommit"
        ).one()
        assert tuple(found) == ("READ-COMMITTED", 1, 1, 1, 1)
        db.target.driver.wait_for_locks(connection, 2500)
        assert connection.exec_driver_sql("SELECT @@lock_wait_timeout").scalar_one() == 3
        db.target.driver.wait_for_locks(connection, None)
        assert connection.exec_driver_sql("SELECT @@lock_wait_timeout").scalar_one() > 1_000_000


def test_a_reading_session_cannot_write(db: Database) -> None:
    """In transactions and in autocommit."""
    db.run("CREATE TABLE t (id int PRIMARY KEY)")
    reading = db.target.pool.connect().execution_options(falsework_read_only=True)
    for options in ({}, {"isolation_level": "AUTOCOMMIT"}):
        with reading.execution_options(**options) as connection:
            with pytest.raises(DBAPIError) as refused:
                connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            assert db.target.driver.trouble(refused.value) is Trouble.DENIED
            connection.rollback()
            assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one() == 0
        reading = db.target.pool.connect().execution_options(falsework_read_only=True)
    reading.close()


def test_it_says_what_it_is_connected_to(db: Database, server: Server) -> None:
    """Engine and version by the server, not by the URL."""
    driver = db.target.driver
    assert driver.engine.name == server.engine
    with db.target.pool.connect() as connection:
        assert driver.mine(connection)
        assert driver.version(connection) == server.version
        assert driver.default_schema(connection) == db.name
        assert driver.identity(connection) == f"{db.url.host}:{db.url.port}/{db.name}"
    assert not db.target.pool.dialect.name.startswith("sqlite")


@pytest.mark.parametrize("dialect", ["mysql", "mariadb", "mysql+pymysql", "mariadb+aiomysql"])
def test_the_server_decides_which_engine_it_is(db: Database, server: Server, dialect: str) -> None:
    """One protocol, two products: the URL of either will do."""
    target = connect(db.url.set(drivername=dialect).render_as_string(hide_password=False))

    assert target.driver.engine.name == server.engine
    assert target.schema == db.name
    own = dialect.partition("+")[0]
    assert target.pool.dialect.name == ("mysql" if server.engine == "mysql" else own)
    target.pool.dispose()


def test_a_url_without_a_database(db: Database) -> None:
    """A server has many: it says so."""
    with pytest.raises(ConfigError, match="names no database"):
        connect(db.url.set(database="").render_as_string(hide_password=False))


@pytest.mark.parametrize(
    ("part", "value"),
    [("username", "nobody"), ("password", "wr0ng-c4nary"), ("database", "not_there")],
)
def test_who_is_not_let_in(db: Database, part: str, value: str) -> None:
    """A wrong user, password or database is a setting to mend, and no password is shown."""
    url = db.url.set(**{part: value})  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="does not let us in") as refused:
        connect(url.render_as_string(hide_password=False))
    assert "wr0ng-c4nary" not in str(refused.value)


def test_nobody_there() -> None:
    """Refused at once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        connect(f"mysql+pymysql://root@127.0.0.1:{port}/d")


def test_somebody_there_who_says_nothing() -> None:
    """Bounded: the handshake counts as part of connecting."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(FalseworkError):
            connect(f"mysql+pymysql://root@127.0.0.1:{port}/d", connect_seconds=1)
        assert time.monotonic() - began < 8


def test_statements_may_take_long(db: Database) -> None:
    """The bound on connecting is none on what comes after."""
    target = connect(db.url.render_as_string(hide_password=False), connect_seconds=1)
    with target.pool.connect() as connection:
        assert connection.exec_driver_sql("SELECT SLEEP(1.5)").scalar_one() == 0
    target.pool.dispose()
