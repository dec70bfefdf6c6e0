"""Connections: transactions that really begin, files that are not made, errors with a meaning."""

import os
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.sqlite import DRIVER
from falsework.engines.sqlite.session import open_pool
from tests.engines.sqlite.conftest import File


def trouble_of(file: File, url: URL | str, sql: str = "SELECT 1 FROM sqlite_schema") -> DBAPIError:
    """The error of a look at the database."""
    pool = open_pool(make_url(url), connect_seconds=0.1, module=file.module)
    with (
        pytest.raises(DBAPIError) as caught,
        pool.connect().execution_options(falsework_read_only=True) as connection,
    ):
        connection.exec_driver_sql(sql)
    return caught.value


def test_ddl_is_rolled_back(file: File) -> None:
    """Left to itself the driver begins no transaction before DDL."""
    with file.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE a (x)")
        connection.exec_driver_sql("INSERT INTO a VALUES (1)")
        connection.exec_driver_sql("CREATE TABLE b (x)")
        connection.rollback()

    assert file.read().tables == ()


def test_a_writer_has_the_lock_from_its_beginning(file: File) -> None:
    """Else a transaction that reads first may never get it."""
    file.run("CREATE TABLE t (x)")
    with file.connect() as one, file.connect() as other:
        one.exec_driver_sql("SELECT * FROM t")
        DRIVER.wait_for_locks(other.execution_options(isolation_level="AUTOCOMMIT"), 10)
        with pytest.raises(DBAPIError) as caught:
            other.exec_driver_sql("INSERT INTO t VALUES (1)")
        assert DRIVER.trouble(caught.value) is Trouble.LOCK_TIMEOUT
        other.rollback()
        one.rollback()
        other.exec_driver_sql("INSERT INTO t VALUES (1)")


def test_a_reader_takes_no_lock_and_cannot_write(file: File) -> None:
    """A transaction that cannot write, next to one that does."""
    file.run("CREATE TABLE t (x)")
    with (
        file.connect() as writer,
        file.connect().execution_options(falsework_read_only=True) as reader,
    ):
        writer.exec_driver_sql("INSERT INTO t VALUES (1)")
        assert reader.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
        for sql in ("INSERT INTO t VALUES (2)", "CREATE TABLE u (x)", "PRAGMA user_version = 3"):
            with pytest.raises(DBAPIError) as caught:
                reader.exec_driver_sql(sql)
            assert DRIVER.trouble(caught.value) is Trouble.DENIED
        reader.rollback()
        writer.commit()
        assert reader.exec_driver_sql("SELECT count(*) FROM t").scalar() == 1
        reader.rollback()
        reader.execution_options(falsework_read_only=False)
        reader.exec_driver_sql("INSERT INTO t VALUES (2)")
        reader.commit()


def begun(connection: Connection) -> bool:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    return bool(raw.in_transaction)


def test_autocommit_begins_nothing(file: File) -> None:
    """And a session that has been in autocommit begins again as before."""
    with file.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("CREATE TABLE t (x)")
        assert not begun(connection)
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
        connection.rollback()

        connection.execution_options(isolation_level=connection.default_isolation_level)
        connection.exec_driver_sql("CREATE TABLE u (x)")
        assert begun(connection)
        connection.rollback()
    assert [t.name.name for t in file.read().tables] == ["t"]


def test_savepoints(file: File) -> None:
    """A part of a transaction can be taken back."""
    file.run("CREATE TABLE t (x)")
    with file.connect() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        with connection.begin_nested() as part:
            connection.exec_driver_sql("INSERT INTO t VALUES (2)")
            part.rollback()
        connection.commit()
    assert file.rows("SELECT * FROM t") == [(1,)]


def test_every_session_enforces_foreign_keys(file: File) -> None:
    """Also after ``begin_session``, which says the same again."""
    with file.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        DRIVER.begin_session(connection, lock_ms=50)
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 50
        DRIVER.wait_for_locks(connection, None)
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 3_600_000


def test_a_missing_file_is_not_made(file: File, tmp_path: Path) -> None:
    """A wrong path must not look like an empty database."""
    missing = tmp_path / "no such.db"
    error = trouble_of(file, f"sqlite:///{missing}")

    assert DRIVER.trouble(error) is Trouble.REJECTED
    assert f"there is no file {missing}" in str(error)
    assert not missing.exists()


def test_a_file_is_made_where_the_url_says_so(file: File, tmp_path: Path) -> None:
    """``falsework_create`` is for falsework, and goes no further."""
    new = tmp_path / "new? 100%#.db"
    url = URL.create("sqlite", database=str(new), query={"falsework_create": "true"})
    pool = open_pool(url, connect_seconds=1, module=file.module)
    with pool.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        assert DRIVER.identity(connection) == str(new)

    assert new.exists()
    again = open_pool(url.set(query={}), connect_seconds=1, module=file.module)
    with again.connect() as connection:
        assert DRIVER.read(connection, ["main"]).tables


@pytest.mark.parametrize("query", ["?uri=true", "?mode=rw&uri=true"])
def test_a_uri_names_the_file(file: File, query: str) -> None:
    """SQLAlchemy's own way to pass SQLite's parameters; nothing is created either."""
    url = f"sqlite:///file:{file.path}{query}"
    pool = open_pool(make_url(url), connect_seconds=1, module=file.module)
    with pool.connect() as connection:
        assert DRIVER.identity(connection) == str(file.path)
    error = trouble_of(file, url.replace("app.db", "other.db"))
    assert DRIVER.trouble(error) is Trouble.REJECTED
    assert not file.path.with_name("other.db").exists()


def test_memory_is_a_database_for_one_connection(file: File) -> None:
    """What serves as scratch database."""
    pool = open_pool(make_url("sqlite://"), connect_seconds=1, module=file.module)
    with pool.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        assert len(DRIVER.read(connection, ["main"]).tables) == 1
        assert DRIVER.identity(connection) == ":memory:"
        assert DRIVER.default_schema(connection) == "main"
        assert DRIVER.version(connection) == file.version
        assert DRIVER.mine(connection)


def test_a_folder_is_no_database(file: File, tmp_path: Path) -> None:
    """Said in so many words: SQLite says only that it is unable."""
    error = trouble_of(file, f"sqlite:///{tmp_path}")

    assert DRIVER.trouble(error) is Trouble.REJECTED
    assert "is a folder" in str(error)


def test_another_file_is_no_database(file: File) -> None:
    """Whatever else it is."""
    file.path.write_text("This is a letter, and rather a long one. " * 100)

    assert DRIVER.trouble(trouble_of(file, file.url)) is Trouble.REJECTED


def as_nobody(check: Callable[[], bool]) -> bool:
    """The answer of a child that, where we are root, has become a user without rights."""
    child = os.fork()
    if child == 0:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        os._exit(0 if check() else 1)
    return os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("hidden", ["file", "folder"])
def test_a_file_that_may_not_be_read(file: File, hidden: str) -> None:
    """A matter of privileges, whether of the file or of the folder it lies in."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "app.db"
        path.touch()
        folder.chmod(0o700 if hidden == "folder" else 0o755)
        path.chmod(0o600 if hidden == "file" else 0o644)
        if os.getuid() != 0:
            (path if hidden == "file" else folder).chmod(0)

        def denied() -> bool:
            return DRIVER.trouble(trouble_of(file, f"sqlite:///{path}")) is Trouble.DENIED

        answer = as_nobody(denied)
        folder.chmod(0o700)
    assert answer


def test_a_file_that_may_not_be_written(file: File) -> None:
    """Reading goes on; writing is denied."""
    file.run("CREATE TABLE t (x)")
    url = make_url(f"sqlite:///file:{file.path}?mode=ro&uri=true")
    pool = open_pool(url, connect_seconds=1, module=file.module)
    with pool.connect().execution_options(falsework_read_only=True) as connection:
        assert len(DRIVER.read(connection, ["main"]).tables) == 1
    with pytest.raises(DBAPIError) as caught, pool.begin() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    assert DRIVER.trouble(caught.value) is Trouble.DENIED


TROUBLES = {
    "SELEC 1": Trouble.SYNTAX,
    "SELECT * FROM nowhere": Trouble.SYNTAX,
    "SELECT nothing FROM t": Trouble.SYNTAX,
    "SELECT '": Trouble.SYNTAX,
    "CREATE TABLE t (y)": Trouble.SYNTAX,
    "CREATE INDEX t ON t (x)": Trouble.SYNTAX,
    "ALTER TABLE t ADD COLUMN x": Trouble.SYNTAX,
    "INSERT INTO t (nothing) VALUES (1)": Trouble.SYNTAX,
    "SELECT abs(1, 2)": Trouble.SYNTAX,
    "INSERT INTO t VALUES (1)": Trouble.CONSTRAINT,
    "INSERT INTO t VALUES (NULL)": Trouble.CONSTRAINT,
    "INSERT INTO t VALUES (-1)": Trouble.CONSTRAINT,
    "INSERT INTO c VALUES (99)": Trouble.CONSTRAINT,
    "DELETE FROM t": Trouble.CONSTRAINT,
    "INSERT INTO k VALUES ('text')": Trouble.DATA,
    "SELECT abs(-9223372036854775807 - 1)": Trouble.OTHER,
}


@pytest.mark.parametrize("sql", TROUBLES)
def test_what_an_error_means(file: File, sql: str) -> None:
    """By code where there is one for it, by text where SQLite has one code for everything."""
    file.run(
        "CREATE TABLE t (x INTEGER NOT NULL UNIQUE CHECK (x > 0))",
        "CREATE TABLE c (x INTEGER REFERENCES t (x))",
        "CREATE TABLE k (x INTEGER PRIMARY KEY)",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO c VALUES (1)",
    )
    with pytest.raises(DBAPIError) as caught:
        file.run(sql)

    assert DRIVER.trouble(caught.value) is TROUBLES[sql]


def test_a_text_without_a_code() -> None:
    """What was raised in SQLite's words means what SQLite would mean."""
    error = Exception("FOREIGN KEY constraint failed")

    assert DRIVER.trouble(DBAPIError(None, None, error)) is Trouble.CONSTRAINT


def test_a_snapshot_that_is_too_old(file: File) -> None:
    """In write-ahead mode, waiting is no use: the transaction has to begin again."""
    file.write_ahead()
    file.run("CREATE TABLE t (x)")
    with file.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SELECT * FROM t").all()
        file.run("INSERT INTO t VALUES (1)")
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql("INSERT INTO t VALUES (2)")
        connection.exec_driver_sql("ROLLBACK")

    if file.module is sqlite3:  # others may not pass extended codes on
        assert DRIVER.trouble(caught.value) is Trouble.RETRY


def test_a_closed_connection_is_lost(file: File) -> None:
    """What was committed is known only by looking."""
    with file.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.close()
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql("SELECT 1")
        assert DRIVER.trouble(caught.value) is Trouble.LOST
        connection.invalidate()


@contextmanager
def busy(file: File, seconds: float) -> Iterator[None]:
    """Somebody else holds the lock for a while."""

    def hold() -> None:
        with file.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            held.set()
            time.sleep(seconds)

    held = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    yield
    holder.join()


def test_waiting_for_a_lock_is_bounded(file: File) -> None:
    """A short wait fails, a long one succeeds."""
    with busy(file, 0.4), file.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        DRIVER.begin_session(autocommit, lock_ms=50)
        began = time.monotonic()
        with pytest.raises(DBAPIError) as caught:
            autocommit.exec_driver_sql("CREATE TABLE t (x)")
        assert time.monotonic() - began < 0.35
        assert DRIVER.trouble(caught.value) is Trouble.LOCK_TIMEOUT
        DRIVER.wait_for_locks(autocommit, 5000)
        autocommit.exec_driver_sql("CREATE TABLE t (x)")


@contextmanager
def reading(file: File, seconds: float) -> Iterator[None]:
    """A reader with a transaction open for a while."""

    def hold() -> None:
        with file.connect().execution_options(falsework_read_only=True) as connection:
            connection.exec_driver_sql("SELECT * FROM t").all()
            held.set()
            time.sleep(seconds)

    held = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    yield
    holder.join()


def test_a_commit_that_fails_gives_the_lock_back(file: File) -> None:
    """SQLAlchemy sends no ROLLBACK after it, and nobody could write for ever."""
    file.run("CREATE TABLE t (x)")
    with file.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        DRIVER.begin_session(autocommit, lock_ms=20)
        connection.rollback()
        connection.execution_options(isolation_level=connection.default_isolation_level)
        with reading(file, 0.5):
            with pytest.raises(DBAPIError) as caught, connection.begin():
                connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            assert DRIVER.trouble(caught.value) is Trouble.LOCK_TIMEOUT
            assert not begun(connection)
            with file.connect() as other:
                other.exec_driver_sql("SELECT 1")  # the writer's lock is free
        with connection.begin():
            connection.exec_driver_sql("INSERT INTO t VALUES (2)")

    assert file.rows("SELECT * FROM t") == [(2,)]


def test_rows_that_break_a_rule_at_the_commit(file: File) -> None:
    """A deferred foreign key speaks up at the end; the transaction ends with it."""
    file.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (p INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
    )
    with file.connect() as connection:
        with pytest.raises(DBAPIError) as caught, connection.begin():
            connection.exec_driver_sql("INSERT INTO c VALUES (1)")
        assert DRIVER.trouble(caught.value) is Trouble.CONSTRAINT
        assert not begun(connection)


def test_a_commit_is_as_patient_as_its_work_was_long(file: File) -> None:
    """What took long is not thrown away because a reader is a moment late."""
    file.run("CREATE TABLE t (x)")
    with file.connect() as connection:
        DRIVER.wait_for_locks(connection, 20)
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        time.sleep(0.6)
        with reading(file, 0.3):
            connection.commit()
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 20

    assert file.rows("SELECT * FROM t") == [(1,)]


def test_what_sqlite_cannot_say(file: File) -> None:
    """Who holds a lock, who has the file open; there is no lock that a session could hold."""
    with file.connect() as connection:
        assert DRIVER.blockers(connection, []) == ()
        assert DRIVER.sessions(connection) == ()
    assert DRIVER.session_lock is None


def test_the_mode_of_a_file_is_left_alone(file: File) -> None:
    """Opening changes nothing about the file."""
    mode = stat.S_IMODE(file.path.stat().st_mode)
    file.read()
    assert stat.S_IMODE(file.path.stat().st_mode) == mode
    assert file.path.stat().st_size == 0
