"""Where each DDL is committed as it ends: what outlives a runner, what is lost, who is in the way.

Users here have the rights that they are given and no others: the tests' own one may do anything.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from falsework.engines.connect import Target, connect
from falsework.errors import AnotherRunner, Denied, LockNotFree
from falsework.migrate import Journal, Settings, State, run
from falsework.model.edits import AddColumn
from falsework.model.plan import Phase, Plan, Statement
from falsework.model.schema import Column
from tests.migrate.conftest import COMMIT_DDL, people, story
from tests.migrate.crash import ended, in_child, upgrade
from tests.migrate.plans import Story, dump, execute, journal, query, read, until
from tests.servers import Server

SMALL = Settings(chunk_rows=10)

on_each = pytest.mark.parametrize("server", COMMIT_DDL, indirect=True)
BUILDS = ("mysql", "mariadb118", pytest.param("mariadb1011", marks=pytest.mark.full))  # slow
on_one_of_each = pytest.mark.parametrize("server", BUILDS, indirect=True)


def long_build(target: Target) -> Plan:
    """A step that copies 100 000 wide rows, which takes about a second."""
    execute(
        target,
        "CREATE TABLE t (id integer AUTO_INCREMENT PRIMARY KEY, a varchar(200), KEY (a))",
        f"INSERT INTO t (a) VALUES {', '.join(['(repeat(uuid(), 5))'] * 1000)}",
        "INSERT INTO t (a) SELECT reverse(x.a) FROM t x JOIN (SELECT id FROM t LIMIT 100) y",
    )
    column = Column("b", target.driver.reader.type("integer"))
    told = Story(target)
    build = Statement(("ALTER TABLE t ADD COLUMN b int, ALGORITHM=COPY",), transaction=False)
    edit = AddColumn(table=told.name("t"), column=column)
    return told.run(Phase.EXPAND, "t.b/add", build, edit).plan()


def building(target: Target) -> list[tuple[object, ...]]:
    """The session that copies rows at this moment."""
    return query(
        target,
        "SELECT id FROM information_schema.processlist WHERE db = DATABASE()"
        " AND info LIKE 'ALTER TABLE t %' AND state LIKE '%copy%'",
    )


@on_one_of_each
def test_a_build_outlives_its_runner(target: Target) -> None:
    """The server goes on after kill -9: it is waited for, then found done, and not done again."""
    plan = long_build(target)
    child = in_child(lambda: upgrade(target, plan, SMALL, phases=[Phase.EXPAND]))
    until(lambda: bool(building(target)))
    os.kill(child, signal.SIGKILL)
    assert ended(child) == -signal.SIGKILL
    assert building(target), "the server was too fast for this test"

    with pytest.raises(AnotherRunner, match="still at work for an earlier runner"):
        run(target, plan, Phase.EXPAND, Settings(lock_wait_seconds=0.0, wait_seconds=5.0))
    outcome = run(target, plan, Phase.EXPAND, Settings(wait_seconds=5.0))

    assert [s.found for s in outcome.steps] == [True]
    assert read(target) == plan.owned
    states = [state for step, _, state in journal(target) if step == "t.b/add"]
    assert states[0] == State.STARTED
    assert states.count(State.FOUND) == 1
    assert State.DONE not in states


@on_one_of_each
def test_a_build_that_is_broken_off_leaves_nothing(target: Target) -> None:
    """Its session is ended in the middle: the table is as it was, and the same run builds again."""
    plan = long_build(target)

    def end() -> None:
        until(lambda: bool(building(target)))
        with suppress(DBAPIError):  # it may have ended by itself just now
            query(target, f"KILL {building(target)[0][0]}")

    thread = threading.Thread(target=end)
    thread.start()
    outcome = run(target, plan, Phase.EXPAND, SMALL)
    thread.join()

    assert [s.found for s in outcome.steps] == [False]
    assert read(target) == plan.owned
    states = [state for step, _, state in journal(target) if step == "t.b/add"]
    assert states == [State.STARTED, State.DONE]


@on_one_of_each
def test_who_begins_during_a_build_is_named(target: Target) -> None:
    """The lock at a build's end is not waited for for long: the build is lost, and says to whom."""
    plan = long_build(target)
    over = threading.Event()

    def reader() -> None:
        until(lambda: bool(building(target)))
        with target.pool.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM t")
            over.wait(60)

    thread = threading.Thread(target=reader)
    thread.start()
    try:
        with pytest.raises(LockNotFree) as refused:
            run(target, plan, Phase.EXPAND, Settings(lock_wait_seconds=1.0))
    finally:
        over.set()
        thread.join()

    assert "holds a lock on t" in refused.value.why
    assert refused.value.exit_code == 75
    assert read(target) == plan.before
    run(target, plan, Phase.EXPAND)
    assert read(target) == plan.owned


@contextmanager
def user(target: Target, *grants: str) -> Iterator[Target]:
    """Another user of the same database, with these rights; ``{}`` is the database."""
    name = target.schema
    account = f"'{name}'@'localhost'"
    execute(target, f"CREATE USER {account} IDENTIFIED BY 'secret'")
    try:
        for grant in grants:
            execute(target, f"GRANT {grant.format(name)} TO {account}")
        url = make_url(str(target.pool.url)).set(username=name, password="secret")  # noqa: S106
        found = connect(url.render_as_string(hide_password=False))
        yield found
        found.pool.dispose()
    finally:
        execute(target, f"DROP USER {account}")


@on_each
def test_a_user_who_may_only_read(target: Target) -> None:
    """Denied with what the server said and what to grant; nothing was done, not even a journal."""
    people(target)
    plan = story(target)
    with user(target, "SELECT ON {}.*") as reading, pytest.raises(Denied) as denied:
        run(reading, plan, Phase.EXPAND)

    assert "the journal's tables cannot be made" in denied.value.what
    assert "CREATE command denied" in denied.value.why
    assert f"grant CREATE on {target.schema}" in denied.value.do
    assert denied.value.done == "nothing"
    assert denied.value.exit_code == 2
    assert query(target, "SHOW TABLES") == [("child",), ("t",)]


@on_each
def test_a_user_who_may_not_do_one_step(target: Target) -> None:
    """Denied by name; with the right the same command goes on at that step."""
    people(target)
    plan = story(target)
    run(target, plan, Phase.EXPAND)
    tables = ("plan", "journal", "progress", "lock")
    rights = [f"INSERT, UPDATE ON {{}}.falsework_{name}" for name in tables]
    before = dump(target)
    with user(target, "SELECT ON {}.*", *rights) as limited:
        with pytest.raises(Denied, match=r"t\.b/fill: the user may not do this") as denied:
            run(limited, None, Phase.MIGRATE)
        assert "UPDATE command denied" in denied.value.why
        assert dump(target) == before
        execute(target, f"GRANT UPDATE ON t TO '{target.schema}'@'localhost'")
        run(limited, None, Phase.MIGRATE)

    assert Journal.open(target).due is Phase.CONTRACT


@on_each
def test_a_user_who_may_not_write_the_journal(target: Target) -> None:
    """Denied before any step: nothing was done, and the error says so."""
    people(target)
    run(target, story(target), Phase.EXPAND)
    before = dump(target), journal(target)
    with user(target, "SELECT ON {}.*") as reading, pytest.raises(Denied) as denied:
        run(reading, None, Phase.MIGRATE)

    assert "UPDATE command denied" in denied.value.why
    assert denied.value.done == "nothing"
    assert (dump(target), journal(target)) == before


@pytest.mark.parametrize("name", ["mysql", "mariadb118"])
def test_a_server_that_takes_no_writes(own_server: Callable[..., Server], name: str) -> None:
    """A replica, or one that is being moved: said before anything is run, in each phase."""
    server = own_server(name)
    with server.fresh() as url:
        root = connect(url)
        people(root)
        plan = story(root)
        with user(root, "ALL ON {}.*") as target:
            for phase in Phase:
                before = dump(root), Journal.open(root)
                execute(root, "SET GLOBAL read_only = 1")
                with pytest.raises(Denied) as denied:
                    run(target, plan if phase is Phase.EXPAND else None, phase)
                assert "read-only" in denied.value.why.replace("_", "-")
                assert "takes writes" in denied.value.do or "take writes" in denied.value.do
                assert denied.value.done == "nothing"
                assert (dump(root), Journal.open(root)) == before
                execute(root, "SET GLOBAL read_only = 0")
                upgrade(target, plan, SMALL, phases=[phase])
        root.pool.dispose()
