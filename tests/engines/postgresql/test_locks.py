"""Who holds what: the session lock, blockers, other sessions."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from falsework.engines.postgresql import DRIVER
from falsework.engines.postgresql.locks import AdvisoryLock, without_literals
from falsework.model.schema import TableName
from tests.engines.postgresql.conftest import Database
from tests.engines.postgresql.versions import EVERY_POSTGRESQL

T = TableName("public", "t")
LOCK = AdvisoryLock()

HOLDER = """
import sys, time
from sqlalchemy.engine import make_url
from falsework.engines.postgresql import DRIVER
connection = DRIVER.pool(make_url(sys.argv[1]), connect_seconds=5).connect()
print(DRIVER.session_lock.acquire(connection, "falsework:public"), flush=True)
time.sleep(60)
"""


@EVERY_POSTGRESQL
def test_one_at_a_time(db: Database) -> None:
    """In one database, by name; whoever waits is told who has it."""
    with db.pool.connect() as one, db.pool.connect() as other:
        assert LOCK.acquire(one, "a")
        assert not one.in_transaction()
        assert not LOCK.acquire(other, "a")
        assert LOCK.acquire(other, "b")
        pid = one.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        holder = LOCK.holder(other, "a")
        assert holder is not None
        assert holder.startswith(f"process {pid}, falsework, ")
        assert LOCK.holder(other, "c") is None
    with db.pool.connect() as third:
        assert LOCK.acquire(third, "a")


@EVERY_POSTGRESQL
def test_it_survives_a_rollback(db: Database) -> None:
    """The lock is the session's, not the transaction's."""
    with db.pool.connect() as one, db.pool.connect() as other:
        one.exec_driver_sql("SELECT 1")
        assert LOCK.acquire(one, "a")
        one.rollback()
        assert not LOCK.acquire(other, "a")


@EVERY_POSTGRESQL
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_a_killed_client_frees_it(db: Database, driver: str) -> None:
    """Without a word: the server sees the connection close."""
    url = db.url.set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    with holder.stdout, db.pool.connect() as other:
        assert holder.stdout.readline() == "True\n"
        assert not LOCK.acquire(other, "falsework:public")
        holder.kill()
        holder.wait()
        end = time.monotonic() + 10
        while not (taken := LOCK.acquire(other, "falsework:public")) and time.monotonic() < end:
            time.sleep(0.02)
    assert taken


@EVERY_POSTGRESQL
def test_names_of_any_kind(db: Database) -> None:
    """Any text makes a key, and the keys of many names differ."""
    with db.pool.connect() as one, db.pool.connect() as other:
        for n in range(50):
            assert LOCK.acquire(one, f"\N{GRINNING FACE}'{n}")
            assert LOCK.holder(other, f"\N{GRINNING FACE}'{n}")


@EVERY_POSTGRESQL
def test_blockers(db: Database) -> None:
    """Those that hold a lock on the table are named, without the values in their queries."""
    db.run("CREATE TABLE t (a text)", "CREATE TABLE u (a text)")
    with db.pool.connect() as one, db.pool.connect() as other, db.pool.connect() as asking:
        one.exec_driver_sql("SET application_name = 'nova-api'")
        one.exec_driver_sql("SELECT * FROM t WHERE a = 'secret' OR a = '42'")
        other.exec_driver_sql("SELECT * FROM u")
        asking.exec_driver_sql("SELECT * FROM t")
        pid = one.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        one.exec_driver_sql("SELECT 'secret', 1234 FROM t")
        (found,) = DRIVER.blockers(asking, [T])

        assert found.startswith(f"process {pid}, nova-api, idle in transaction holds a lock on t")
        assert "its transaction open for " in found
        assert found.endswith(": SELECT ?, ? FROM t")
        assert DRIVER.blockers(asking, [TableName("public", "nowhere")]) == ()
        assert len(DRIVER.blockers(asking, [T, TableName("public", "u")])) == 2
        assert DRIVER.blockers(asking, []) == ()


@EVERY_POSTGRESQL
def test_other_sessions(db: Database) -> None:
    """Those of this database, by the names that they gave; falsework's own are left out."""
    with db.pool.connect() as one, db.pool.connect() as asking:
        one.exec_driver_sql("SET application_name = 'nova-api'")
        one.commit()
        (found,) = DRIVER.sessions(asking)

        assert found.startswith("nova-api: process ")
        assert "idle for 0 s" in found


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT 'secret', 12, 1.5e3, a1, \"b'c\" FROM t", 'SELECT ?, ?, ?, a1, "b\'c" FROM t'),
        ("SELECT 'it''s secret', x", "SELECT ?, x"),
        ("SELECT 'cut off inside the secr", "SELECT ?"),
        (r"SELECT E'a\'secret', x", "SELECT ?, x"),
        ("SELECT $$secret$$, $a$se$$cret$a$, x", "SELECT ?, ?, x"),
        ("SELECT $a$cut off inside the secr", "SELECT ?"),
        ("SELECT 1 -- the password is secret\n, x", "SELECT ? , x"),
        ("SELECT /* secret */ x /* secr", "SELECT x"),
        ("SELECT B'101', X'FF', U&'secret'", "SELECT B?, X?, U&?"),
        ("SELECT $1, :name\n  FROM   t", "SELECT $1, :name FROM t"),
    ],
)
def test_no_value_of_a_query_is_shown(query: str, shown: str) -> None:
    """Not even where the server cut the query in the middle of one."""
    assert without_literals(query) == shown
