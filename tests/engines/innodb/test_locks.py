"""The named lock, who else is there, and statements that give up waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.innodb.errors import number
from falsework.engines.innodb.locks import without_literals
from falsework.model import edits as e
from falsework.model.schema import Index, TableName
from tests.engines.innodb.conftest import Database

ADD = "ALTER TABLE t ADD COLUMN z int, ALGORITHM=INSTANT"


@pytest.fixture
def t(db: Database) -> Database:
    db.run("CREATE TABLE t (id int PRIMARY KEY, a int)", "INSERT INTO t VALUES (1, 1)")
    return db


@contextmanager
def open_reader(db: Database) -> Iterator[int]:
    """A transaction that has read the table and is not over; its session's number."""
    stranger = db.stranger(program_name="somebody")
    with stranger, stranger.cursor() as cursor:
        stranger.begin()
        cursor.execute("SELECT * FROM t")
        cursor.fetchall()
        yield stranger.thread_id()
        stranger.rollback()


def test_the_named_lock(t: Database) -> None:
    """One session has it, the other is told who; it goes with the session."""
    lock = t.target.driver.session_lock
    assert lock is not None
    name = f"falsework {t.name} and more than sixty-four characters of all kinds 🚀"
    with t.session() as first, t.session() as second:
        assert lock.acquire(first, name)
        assert lock.acquire(first, name)
        assert not lock.acquire(second, name)
        assert not lock.acquire(second, name)
        holder = lock.holder(second, name)
        assert holder is not None
        assert "process" in holder
        assert lock.acquire(second, name.upper())
        assert lock.acquire(first, name + " other")
        first.exec_driver_sql("CREATE TABLE more (id int)")
        assert not lock.acquire(second, name)
        first.invalidate()
        deadline = time.monotonic() + 5
        while not lock.acquire(second, name):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    with t.session() as third:
        assert lock.holder(third, "nobody") is None


def test_a_statement_gives_up_waiting(t: Database) -> None:
    """Within little more than it was given, as after a timeout of the server's own."""
    driver = t.target.driver
    with t.session() as connection, open_reader(t):
        waits = []
        for _ in range(5):
            began = time.monotonic()
            with pytest.raises(DBAPIError) as waited, driver.impatient(connection, 50):
                connection.exec_driver_sql(ADD)
            waits.append(time.monotonic() - began)
            assert number(waited.value) == 1205
            assert driver.trouble(waited.value) is Trouble.LOCK_TIMEOUT
        assert sorted(waits)[2] < 0.5
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    t.run(ADD)


def test_nobody_waits_long_behind_it(t: Database) -> None:
    """Whoever reads the table meanwhile: not for the second that the server would count."""
    driver, over = t.target.driver, threading.Event()
    stalls: list[float] = []

    def read() -> None:
        with t.stranger(autocommit=True) as session, session.cursor() as cursor:
            while not over.is_set():
                began = time.monotonic()
                cursor.execute("SELECT * FROM t")
                cursor.fetchall()
                stalls.append(time.monotonic() - began)
                time.sleep(0.002)

    reader = threading.Thread(target=read)
    with t.session() as connection, open_reader(t):
        reader.start()
        for _ in range(5):
            with pytest.raises(DBAPIError), driver.impatient(connection, 50):
                connection.exec_driver_sql(ADD)
            time.sleep(0.05)
        over.set()
        reader.join()
    assert max(stalls) < 0.6
    assert sorted(stalls)[len(stalls) // 2] < 0.05


def test_who_waits_for_a_row_gives_up(t: Database) -> None:
    """Sooner than after the server's second or two: it keeps rows from others meanwhile."""
    driver, stranger = t.target.driver, t.stranger()
    with t.session() as connection, stranger, stranger.cursor() as cursor:
        stranger.begin()
        cursor.execute("UPDATE t SET a = 2 WHERE id = 1")
        waits = []
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(DBAPIError) as waited, driver.impatient(connection, 50):
                connection.exec_driver_sql("UPDATE t SET a = 3")
            waits.append(time.monotonic() - began)
            assert driver.trouble(waited.value) is Trouble.LOCK_TIMEOUT
        assert sorted(waits)[1] < 0.8
        stranger.rollback()
        with driver.impatient(connection, 50):
            connection.exec_driver_sql("UPDATE t SET a = 3")


def test_what_is_at_work_is_left_alone(t: Database) -> None:
    """Only who waits is broken off, however long the work takes."""
    driver = t.target.driver
    with t.session() as connection:
        with driver.impatient(connection, 30):
            assert connection.exec_driver_sql("SELECT SLEEP(0.4)").scalar_one() == 0
        with driver.impatient(connection, 30):
            connection.exec_driver_sql(ADD)
        time.sleep(0.1)
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_an_error_of_its_own_stays(t: Database) -> None:
    """Nobody takes a wrong statement for a timeout."""
    driver = t.target.driver
    with (
        t.session() as connection,
        pytest.raises(DBAPIError) as wrong,
        driver.impatient(connection, 50),
    ):
        connection.exec_driver_sql("SELECT nonsense FROM t")
    assert driver.trouble(wrong.value) is Trouble.SYNTAX


def test_blockers_are_named(t: Database) -> None:
    """With the table, the age and the program; our own session is none."""
    driver = t.target.driver
    with t.session() as connection:
        assert driver.blockers(connection, [t.at("t")]) == ()
        with open_reader(t) as session:
            time.sleep(1.1)
            (found,) = driver.blockers(connection, [t.at("t"), t.at("nothing")])
        assert f"process {session}, somebody" in found
        assert "open for" in found
        assert driver.blockers(connection, []) == ()


def test_who_else_is_there(t: Database) -> None:
    """Clients by the name they give; sessions of falsework itself are none."""
    driver = t.target.driver
    with t.session() as connection, t.session(), open_reader(t) as session:
        (found,) = driver.sessions(connection)
    assert found.startswith(f"somebody: process {session}, ")


def test_nothing_has_to_make_way(t: Database) -> None:
    """These servers do nothing to a table by themselves."""
    with t.session() as connection:
        assert not t.target.driver.make_way(connection, [TableName(t.name, "t")])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT 'secret', `it's` FROM t", "SELECT ?, `it's` FROM t"),
        ('UPDATE t SET a = "x\\"y", b = 0x7f, c = 12.5', "UPDATE t SET a = ?, b = ?, c = ?"),
        ("INSERT INTO t1 VALUES ('cut of", "INSERT INTO t1 VALUES (?"),
        ("SELECT 1 /* secret */ -- more\n + 2 # end", "SELECT ? + ?"),
    ],
)
def test_queries_are_shown_without_values(query: str, shown: str) -> None:
    """They may be anybody's secret."""
    assert without_literals(query) == shown


@pytest.mark.full
def test_a_transaction_begun_during_a_build(t: Database) -> None:
    """It is waited for at the end, for a second and no longer: then the build is lost."""
    driver = t.target.driver
    t.run("CREATE TABLE big (id int PRIMARY KEY AUTO_INCREMENT, a int, b varchar(60))")
    t.run("INSERT INTO big (a, b) VALUES (1, repeat('x', 50))")
    for _ in range(18):
        t.run("INSERT INTO big (a, b) SELECT rand() * 1e9, b FROM big")
    edit = e.AddIndex(table=t.at("big"), index=Index("i", ("a",), uses=("a",)))
    (sql,) = t.statement(edit).sql

    def read() -> None:
        time.sleep(0.2)
        with t.stranger() as session, session.cursor() as cursor:
            cursor.execute("SELECT * FROM big WHERE id = 1")
            time.sleep(6)
            session.rollback()

    reader = threading.Thread(target=read)
    with t.session() as connection:
        reader.start()
        began = time.monotonic()
        with pytest.raises(DBAPIError) as lost, driver.impatient(connection, 50):
            connection.exec_driver_sql(sql)
        assert driver.trouble(lost.value) is Trouble.LOCK_TIMEOUT
        assert time.monotonic() - began > 1
        reader.join()
    assert t.table("big").indexes == ()
    t.change(edit)
