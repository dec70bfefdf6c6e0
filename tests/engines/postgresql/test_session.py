"""Sessions through both drivers: what they are set to, and what they cannot do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InternalError

from falsework.engines.postgresql import DRIVER
from tests.engines.postgresql.conftest import Database, in_autocommit
from tests.engines.postgresql.versions import EVERY_POSTGRESQL
from tests.servers import Server

pytestmark = [EVERY_POSTGRESQL, pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])]


def test_who_it_is(db: Database, driver: str, server: Server) -> None:
    """Version, schema and identity, without the password."""
    with db.with_driver(driver).connect() as connection:
        assert DRIVER.mine(connection)
        assert DRIVER.version(connection) == server.version
        assert DRIVER.default_schema(connection) == "public"
        assert not connection.in_transaction()
        identity = DRIVER.identity(connection)

    assert identity == f"{db.url.host}:{db.url.port}/{db.url.database}"


def test_how_it_connects(db: Database, driver: str) -> None:
    """Each connect is a session of its own; what the URL says goes first."""
    pool = db.with_driver(driver)
    with pool.connect() as one, pool.connect() as other:
        sql = "SELECT pg_backend_pid(), current_setting('application_name')"
        rows = [connection.exec_driver_sql(sql).one() for connection in (one, other)]
        raw: Any = one.connection.dbapi_connection
        parameters = raw.info.dsn_parameters if driver == "psycopg2" else raw.info.get_parameters()
    assert rows[0][0] != rows[1][0]
    assert {row[1] for row in rows} == {"falsework"}
    assert parameters["connect_timeout"] == "5"
    assert parameters["tcp_user_timeout"] == "60000"
    assert parameters["keepalives_idle"] == "30"

    named = db.url.set(drivername=f"postgresql+{driver}").update_query_dict(
        {"application_name": "mine", "connect_timeout": "9"}
    )
    pool = DRIVER.pool(named, connect_seconds=5)
    with pool.connect() as connection:
        found = connection.exec_driver_sql("SHOW application_name").scalar()
    pool.dispose()
    assert found == "mine"


def test_what_the_catalog_prints_depends_on_no_setting(db: Database, driver: str) -> None:
    """However the database is set, dates and intervals read the same, and quotes are quotes."""
    database = db.url.database
    db.run(
        f"ALTER DATABASE {database} SET datestyle = 'German, DMY'",
        f"ALTER DATABASE {database} SET intervalstyle = 'iso_8601'",
        f"ALTER DATABASE {database} SET standard_conforming_strings = off",
        "CREATE TABLE t (a date DEFAULT '2020-02-01', b interval DEFAULT '1 day')",
    )
    with db.with_driver(driver).connect() as connection:
        (table,) = DRIVER.read(connection, ["public"]).tables
        day = connection.exec_driver_sql("SELECT extract(month FROM '01.02.2020'::date)").scalar()
        escaped = connection.exec_driver_sql(r"SELECT length('\n')").scalar()
    texts = [column.default.text for column in table.columns if column.default]

    assert texts == ["'2020-02-01'", "'1 day'"]
    assert (day, escaped) == (2, 2)  # what the user writes is still read as the database reads it


@pytest.mark.parametrize("autocommit", [False, True])
def test_read_only(db: Database, driver: str, autocommit: bool) -> None:
    """A transaction that may not write cannot, in whatever mode."""
    db.run("CREATE TABLE t (a integer)")
    with db.with_driver(driver).connect() as connection:
        reader = connection.execution_options(falsework_read_only=True)
        if autocommit:
            reader = in_autocommit(reader)
        assert reader.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
        with pytest.raises(InternalError) as caught:
            reader.exec_driver_sql("INSERT INTO t VALUES (1)")
    assert DRIVER.trouble(caught.value) == "denied"


def test_settings_of_a_session(db: Database, driver: str) -> None:
    """Limits meant for the application break no step off; settings outlive a rollback."""
    database = db.url.database
    db.run(
        f"ALTER DATABASE {database} SET statement_timeout = '5s'",
        f"ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'",
        f"ALTER DATABASE {database} SET search_path = 'public', 'pg_temp'",
    )
    with db.with_driver(driver).connect() as connection:
        DRIVER.begin_session(connection, lock_ms=50)
        assert not connection.in_transaction()
        connection.exec_driver_sql("SELECT 1")
        connection.rollback()

        def shown(name: str) -> str:
            return str(connection.exec_driver_sql(f"SHOW {name}").scalar())

        assert shown("lock_timeout") == "50ms"
        assert shown("statement_timeout") == "0"
        assert shown("transaction_isolation") == "read committed"
        assert shown("search_path") == "public, pg_temp"
        connection.rollback()
        DRIVER.wait_for_locks(connection, None)
        assert shown("lock_timeout") == "0"
        connection.rollback()
        DRIVER.wait_for_locks(connection, 1500)
        assert shown("lock_timeout") == "1500ms"


def test_rows_that_a_policy_hides_are_an_error(db: Database, driver: str) -> None:
    """A fill that leaves them out without a word would be wrong."""
    db.run(
        "CREATE TABLE t (a integer)",
        "INSERT INTO t VALUES (1)",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "CREATE POLICY p ON t USING (false)",
        f"CREATE ROLE {db.url.database}",
        f"GRANT SELECT, UPDATE ON t TO {db.url.database}",
    )
    with db.with_driver(driver).connect() as connection:
        DRIVER.begin_session(connection, lock_ms=50)
        connection.exec_driver_sql(f"SET ROLE {db.url.database}")
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql("UPDATE t SET a = 2")
        connection.rollback()
    db.run(f"DROP OWNED BY {db.url.database}", f"DROP ROLE {db.url.database}")
    assert DRIVER.trouble(caught.value) == "denied"


def test_psycopg_prepares_nothing(db: Database, driver: str) -> None:
    """DDL between two runs of a prepared statement makes the second one fail."""
    db.run("CREATE TABLE t (a integer)")
    with db.with_driver(driver).connect() as connection:
        for _ in range(9):
            connection.exec_driver_sql("SELECT a FROM t")
        assert not connection.exec_driver_sql("SELECT * FROM pg_prepared_statements").all()


def test_two_transactions_begin_twice(db: Database, driver: str) -> None:
    """Read-only holds for each transaction, not for the first one alone."""
    begun = 0
    pool = db.with_driver(driver)

    def count(*_: object) -> None:
        nonlocal begun
        begun += 1

    event.listen(pool, "begin", count)
    with pool.connect().execution_options(falsework_read_only=True) as connection:
        for _ in range(2):
            shown = connection.exec_driver_sql("SHOW transaction_read_only").scalar()
            assert shown == "on"
            connection.rollback()
    assert begun == 2
