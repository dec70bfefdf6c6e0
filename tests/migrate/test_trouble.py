"""What servers do to a runner: locks that are not free, deadlocks, sessions that end."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from falsework.engines.connect import Target, connect
from falsework.errors import AnotherRunner, LockNotFree, StepFailed, Unreachable
from falsework.migrate import Event, Journal, Moment, Settings, State, run
from falsework.migrate.retry import LOST_TRIES
from falsework.model.edits import AddIndex, DropIndex
from falsework.model.engine import Way
from falsework.model.plan import Phase, Plan, Statement
from falsework.model.schema import Index
from tests.generator import rotation
from tests.migrate.conftest import EACH_RUN, WRITERS, people, reach, story
from tests.migrate.crash import ended, in_child, over_and_over, upgrade
from tests.migrate.plans import (
    Story,
    dump,
    end_sessions,
    execute,
    journal,
    online,
    query,
    until,
)
from tests.servers import Server

SMALL = Settings(chunk_rows=10)
HURRIED = Settings(chunk_rows=10, lock_wait_seconds=0.6)


@contextmanager
def held(target: Target, *statements: str) -> Iterator[Connection]:
    """Another session with an open transaction."""
    with target.pool.connect() as connection, connection.begin() as transaction:
        for sql in statements:
            connection.exec_driver_sql(sql)
        yield connection
        transaction.rollback()


@pytest.mark.parametrize("phase", Phase)
def test_a_lock_that_is_not_free(target: Target, phase: Phase) -> None:
    """Tries for the step's time, names who holds it, exits 75; later it goes on from there."""
    people(target)
    plan = story(target)
    upgrade(target, plan, SMALL, phases=list(Phase)[: list(Phase).index(phase)])
    run_phase = plan if phase is Phase.EXPAND else None
    waits: list[str] = []

    def observer(seen: Event) -> None:
        if seen.moment is Moment.WAITING:
            waits.append(seen.note)

    if phase is Phase.EXPAND:
        stop_before(target, plan, "t.b/add")
    with held(target, "UPDATE t SET a = a WHERE id = 3") as other:
        before = dump_by(other, target)
        with pytest.raises(LockNotFree) as refused:
            run(target, run_phase, phase, HURRIED, observer)
        assert dump_by(other, target) == before

    assert refused.value.exit_code == 75
    if target.driver.session_lock is not None:
        assert "process" in refused.value.why
        assert "process" in waits[0]  # how many tries there are is for the machine to say
    run(target, run_phase, phase, SMALL)
    assert phase in Journal.open(target).finished or phase is Phase.CONTRACT


def stop_before(target: Target, plan: Plan, step: str) -> None:
    """Run the plan up to a step, as far as a run comes that ends there."""

    class Enough(Exception):
        pass

    def observer(seen: Event) -> None:
        if (seen.moment, seen.step) == (Moment.STEP, step):
            raise Enough

    with pytest.raises(Enough):
        run(target, plan, Phase.EXPAND, SMALL, observer)


def dump_by(connection: Connection, target: Target) -> object:
    """The rows of the table as the session that holds the lock sees them."""
    rows = connection.exec_driver_sql("SELECT * FROM t ORDER BY id").all()
    return [tuple(row) for row in rows], target.schema


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_readers_do_not_stand_in_the_way_of_a_fill(target: Target) -> None:
    """A fill needs no strong lock: a transaction that has read the table stops nothing."""
    people(target)
    upgrade(target, story(target), SMALL, phases=[Phase.EXPAND])

    with held(target, "SELECT * FROM t"):
        outcome = run(target, None, Phase.MIGRATE, HURRIED)

    assert [s.rows for s in outcome.steps] == [25]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("server", EACH_RUN[1:], indirect=True)
@pytest.mark.parametrize("phase", Phase)
def test_every_session_lost_at_every_event(
    server: Server,
    phase: Phase,
    request: pytest.FixtureRequest,
    record_property: Callable[..., None],
) -> None:
    """A failover at any moment: the run connects again, looks, and ends as if nothing had been.

    At some of the moments in each run, by turns.
    """
    full = bool(request.config.getoption("--full"))
    with ExitStack() as stack:
        own = stack.enter_context(server.fresh())
        target = connect(own)
        people(target)
        plan = story(target)
        upgrade(target, plan, SMALL, phases=list(Phase)[: list(Phase).index(phase)])
        fresh = stack.enter_context(over_and_over(server, own))
        with fresh() as whole:
            target = connect(whole)
            upgrade(target, plan, SMALL, phases=[phase])
            expected, states = dump(target), without_repeats(journal(target))
        points = 0
        for moment in rotation.events(server.name, "cut", phase, full=full):
            with fresh() as url:
                target = connect(url)
                cut = Cut(target, moment)
                upgrade(target, plan, SMALL, cut, [phase])
                assert dump(target) == expected, f"cut at event {moment}"
                assert states == without_repeats(journal(target)), f"cut at event {moment}"
            if not cut.done:
                assert moment > 20
                break
            points += 1
        record_property("cut_points", points)
        assert points >= 20 // rotation.EVENTS


def without_repeats(lines: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The journal as if nothing had been tried twice, or found instead of done."""
    found = [(step, phase, "done" if state == "found" else state) for step, phase, state in lines]
    return list(dict.fromkeys(found))


class Cut:
    """An observer that ends all sessions on its database at the n-th event."""

    def __init__(self, target: Target, at: int) -> None:
        self.target, self.at, self.seen, self.done = target, at, -1, False

    def __call__(self, now: Event, /) -> None:
        self.seen += 1
        if self.seen == self.at and now.moment is not Moment.WAITING:
            self.done = True
            end_sessions(self.target)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("server", EACH_RUN, indirect=True)
@pytest.mark.parametrize("phase", Phase)
def test_the_answer_to_every_commit_lost(
    server: Server, phase: Phase, record_property: Callable[..., None]
) -> None:
    """What was committed is known only by looking: nothing is done, or recorded, a second time."""
    with ExitStack() as stack:
        own = stack.enter_context(server.fresh())
        target = connect(own)
        people(target)
        plan = story(target)
        upgrade(target, plan, SMALL, phases=list(Phase)[: list(Phase).index(phase)])
        fresh = stack.enter_context(over_and_over(server, own))
        with fresh() as whole:
            target = connect(whole)
            upgrade(target, plan, SMALL, phases=[phase])
            expected, states = dump(target), without_starts(journal(target))
        moment = 0
        while True:
            with fresh() as url:
                target = reach(server, url)
                lost = Deaf(moment)
                event.listen(target.pool, "commit", lost)
                upgrade(target, plan, SMALL, phases=[phase])
                assert dump(target) == expected, f"commit {moment}"
                assert without_starts(journal(target)) == states, f"commit {moment}"
                assert [p.rows for p in Journal.open(target).progress] in ([], [25])
            if not lost.done:
                break
            moment += 1
        record_property("lost_answers", moment)
        assert moment >= 4


def without_starts(lines: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The journal without what every try writes anew."""
    return [line for line in lines if line[2] != "started"]


class Deaf:
    """Commits for SQLAlchemy, and at the n-th commit loses the connection before the answer."""

    def __init__(self, at: int) -> None:
        self.at, self.seen, self.done = at, -1, False

    def __call__(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT" or options.get("falsework_read_only"):
            return
        self.seen += 1
        if self.seen == self.at:
            self.done = True
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.commit()
            connection.invalidate()
            raise OperationalError(None, None, Exception("cut"), connection_invalidated=True)


@pytest.mark.parametrize("name", ["postgresql18", "mysql", "mariadb118"])
def test_a_server_that_stays_away(own_server: Callable[..., Server], name: str) -> None:
    """Bounded tries, then exit 75; when it is back, the next run goes on."""
    server = own_server(name)
    with server.fresh() as url:
        target = connect(url)
        people(target)
        plan = story(target)

        def observer(seen: Event) -> None:
            if seen.moment is Moment.STEP and seen.step == "t_b_a/build":
                server.kill()

        with pytest.raises(Unreachable) as refused:
            run(target, plan, Phase.EXPAND, Settings(reconnect_seconds=1.0), observer)
        assert refused.value.exit_code == 75
        server.start()
        upgrade(target, plan, SMALL)
        assert Journal.open(target).finished == frozenset()


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_a_statement_that_ends_its_session(target: Target) -> None:
    """It may be what brings the server down: it is tried a few times, not for ever."""
    people(target)
    plan = Story(target).run(Phase.EXPAND, "t/end", Statement(("SELECT 1",))).plan()
    tries: list[Event] = []

    def observer(seen: Event) -> None:
        if seen.moment is Moment.BEFORE_STATEMENT:
            tries.append(seen)
            end_sessions(target)

    with pytest.raises(Unreachable, match="t/end: the connection"):
        run(target, plan, Phase.EXPAND, SMALL, observer)

    assert len(tries) == 1 + LOST_TRIES


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_a_deadlock_is_run_again(target: Target) -> None:
    """The victim of a deadlock runs its chunk again, as a whole."""
    people(target)
    upgrade(target, story(target), SMALL, phases=[Phase.EXPAND])
    postgresql = target.driver.engine.name == "postgresql"
    if postgresql:
        name = query(target, "SELECT current_database()")[0][0]
        execute(target, f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '300ms'")
    troubles: list[BaseException] = []

    def other() -> None:
        try:
            with target.pool.connect() as connection, connection.begin():
                # The victim is who notices first, or has changed fewer rows.
                if postgresql:
                    connection.exec_driver_sql("SET LOCAL deadlock_timeout = '60s'")
                connection.exec_driver_sql("UPDATE t SET a = 'x' WHERE id >= 8")
                ready.set()
                until(lambda: bool(query(target, waiting)), pause=0.15)
                connection.exec_driver_sql("UPDATE t SET a = a WHERE id = 2")
        except BaseException as error:  # noqa: BLE001 - told below
            troubles.append(error)

    waiting = ROW_WAITS[target.driver.engine.name]
    ready = threading.Event()
    thread = threading.Thread(target=other)
    thread.start()
    ready.wait(10)

    outcome = run(target, None, Phase.MIGRATE, Settings(chunk_rows=25, lock_try_ms=20_000))

    thread.join(30)
    assert not troubles
    assert [s.rows for s in outcome.steps] == [25]


# InnoDB renews its table only for somebody who has not looked for 0.1 s.
ROW_WAITS = {
    "postgresql": (
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE%'"
    ),
    "mysql": "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
    "mariadb": "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
}


def test_the_servers_work_for_a_dead_runner_is_waited_for(postgresql_target: Target) -> None:
    """A killed runner's index build goes on in the server: it is neither joined nor doubled."""
    target = postgresql_target
    people(target)
    plan = story(target)
    stop_before(target, plan, "t_b_a/build")
    with held(target, "UPDATE t SET a = a WHERE id = 3"):
        child = in_child(lambda: upgrade(target, plan, SMALL, phases=[Phase.EXPAND]))
        until(lambda: bool(query(target, BUILDING)))
        os.kill(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL
        with pytest.raises(AnotherRunner, match="still at work for an earlier runner"):
            run(target, plan, Phase.EXPAND, Settings(lock_wait_seconds=0.3, wait_seconds=5.0))

    run(target, plan, Phase.EXPAND, Settings(wait_seconds=5.0))

    assert ("t_b_a/build", "expand", State.FOUND) in journal(target)


BUILDING = (
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND query LIKE 'CREATE INDEX CONCURRENTLY%'"
)


def test_an_index_that_was_not_finished_is_built_again(postgresql_target: Target) -> None:
    """A broken-off build leaves an invalid index: it is removed, and that is recorded."""
    target = postgresql_target
    people(target)
    plan = story(target)
    stop_before(target, plan, "t_b_a/build")

    with held(target, "UPDATE t SET a = a WHERE id = 3"):
        child = in_child(lambda: upgrade(target, plan, SMALL, phases=[Phase.EXPAND]))
        until(lambda: bool(query(target, BUILDING)))
        os.kill(child, signal.SIGKILL)
        ended(child)
        end_sessions(target, "query LIKE 'CREATE INDEX CONCURRENTLY%'")
    assert query(target, INVALID) == [("t_b_a",)]

    run(target, plan, Phase.EXPAND, Settings(wait_seconds=5.0))

    assert query(target, INVALID) == []
    states = [state for step, _, state in journal(target) if step == "t_b_a/build"]
    assert states == ["started", "started", "repaired", "done"]


INVALID = "SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid WHERE NOT indisvalid"


def test_a_drop_that_was_not_finished_goes_on(postgresql_target: Target) -> None:
    """A broken-off drop leaves the index there and invalid: it is neither drift nor done."""
    target = postgresql_target
    people(target)
    execute(target, "CREATE INDEX t_a ON t (a)")
    told = Story(target)
    drop = DropIndex(table=told.name("t"), index=Index("t_a", ("a",), uses=("a",)))
    plan = told.add(Phase.EXPAND, "t_a/drop", drop, way=Way.ONLINE).plan()

    with held(target, "UPDATE t SET a = a WHERE id = 3"):
        child = in_child(lambda: upgrade(target, plan, SMALL, phases=[Phase.EXPAND]))
        until(lambda: bool(query(target, DROPPING)))
        os.kill(child, signal.SIGKILL)
        ended(child)
        end_sessions(target, "query LIKE 'DROP INDEX CONCURRENTLY%'")
    assert query(target, INVALID) == [("t_a",)]

    run(target, plan, Phase.EXPAND)

    assert dump(target)[0] == plan.owned


DROPPING = (
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND query LIKE 'DROP INDEX CONCURRENTLY%'"
)


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_a_failed_build_leaves_nothing(target: Target) -> None:
    """Duplicates under a unique index: the step fails, and no invalid index stays behind."""
    people(target)
    execute(target, "UPDATE t SET a = 'secret value' WHERE id < 2")
    told = Story(target)
    index = AddIndex(table=told.name("t"), index=Index("t_a", ("a",), unique=True, uses=("a",)))
    told.add(Phase.EXPAND, "t_a/build", index, way=online(target, index))
    before = dump(target)

    with pytest.raises(StepFailed, match="constraint") as failed:
        run(target, told.plan(), Phase.EXPAND)

    assert dump(target) == before
    assert "secret" not in str(failed.value)
    assert "secret" not in repr(query(target, "SELECT * FROM falsework_journal"))
    assert journal(target)[-1] == ("t_a/build", "expand", "failed")
