"""One runner at a time: two that start together, one that is frozen, one that died."""

import os
import signal
import time

import pytest
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.connect import Target
from falsework.errors import AnotherRunner, LostLock
from falsework.migrate import Event, Journal, Moment, Settings, run
from falsework.model.edits import AddIndex
from falsework.model.plan import Phase, Plan, Statement
from falsework.model.schema import Index
from tests.migrate.conftest import COMMIT_DDL, WRITERS, people, story
from tests.migrate.crash import ended, in_child, upgrade
from tests.migrate.plans import Story, dump, end_sessions, execute, query, read

SMALL = Settings(chunk_rows=10)
SHORT_LEASE = Settings(chunk_rows=10, lease_seconds=1.5, wait_seconds=20.0)


class Pause:
    """An observer that holds its runner at a moment until a pipe is closed."""

    def __init__(self, moment: Moment, step: str) -> None:
        self.at = (moment, step)
        self.told, self._tell = os.pipe()
        self._go, self.go = os.pipe()

    def __call__(self, event: Event, /) -> None:
        if (event.moment, event.step) == self.at:
            os.write(self._tell, b"x")
            os.close(self.go)
            os.read(self._go, 1)

    def reached(self) -> None:
        assert os.read(self.told, 1) == b"x"

    def resume(self) -> None:
        os.close(self.go)


def test_a_second_runner_is_told_who_the_first_is(target: Target) -> None:
    """While one runner is in the middle of a step the other one changes nothing and exits 75."""
    people(target)
    plan = story(target)
    pause = Pause(Moment.STEP, "t_b_a/build")
    first = in_child(lambda: upgrade(target, plan, SMALL, pause, [Phase.EXPAND]))
    pause.reached()
    before = dump(target), Journal.open(target)

    with pytest.raises(AnotherRunner, match="another runner is at work") as refused:
        run(target, plan, Phase.EXPAND)

    assert "pid" in refused.value.why or "process" in refused.value.why
    assert refused.value.exit_code == 75
    assert (dump(target), Journal.open(target)) == before
    pause.resume()
    assert ended(first) == 0
    assert Journal.open(target).due is Phase.MIGRATE


def test_two_runners_start_together(target: Target) -> None:
    """All want to make the journal and run the plan; one does, the others find it done."""
    people(target)
    plan = story(target)
    patient = Settings(chunk_rows=10, wait_seconds=30.0)

    children = [in_child(lambda: upgrade(target, plan, patient)) for _ in range(4)]

    assert [ended(child) for child in children] == [0] * 4
    states = query(target, "SELECT count(*) FROM falsework_journal WHERE state = 'done'")
    assert states == [(4,)]
    assert query(target, "SELECT count(*) FROM falsework_plan WHERE kind = 'plan'") == [(1,)]


def test_a_frozen_runner_is_fenced(target: Target) -> None:
    """One that was stopped, replaced and continued finds its lock gone and records nothing."""
    people(target)
    plan = story(target)
    upgrade(target, plan, SMALL, phases=[Phase.EXPAND])

    def frozen() -> None:
        def observer(event: Event) -> None:
            if (event.moment, event.step) == (Moment.STEP, "t.b/fill"):
                os.kill(os.getpid(), signal.SIGSTOP)

        with pytest.raises(LostLock):
            run(target, None, Phase.MIGRATE, SHORT_LEASE, observer)

    child = in_child(frozen)
    _, status = os.waitpid(child, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    end_lock_sessions(target)

    run(target, None, Phase.MIGRATE, SHORT_LEASE)
    before = dump(target), Journal.open(target)
    os.kill(child, signal.SIGCONT)

    assert ended(child) == 0
    assert (dump(target), Journal.open(target)) == before


def test_a_lease_is_kept_alive(target: Target) -> None:
    """A step may take many times the lease: nobody takes over from a runner that lives."""
    people(target)
    plan = story(target)
    short = Settings(chunk_rows=10, lease_seconds=0.6, wait_seconds=0.0)

    def observer(event: Event) -> None:
        if (event.moment, event.step) == (Moment.STEP, "t_b_a/build"):
            time.sleep(2.5)  # the database's clock may count in whole seconds
            with pytest.raises(AnotherRunner):
                run(target, plan, Phase.EXPAND, short)

    run(target, plan, Phase.EXPAND, short, observer)


def test_a_runner_replaced_in_a_transaction_commits_nothing(postgresql_target: Target) -> None:
    """Its work and its journal entry are one transaction, and the entry carries the token."""
    target = postgresql_target
    people(target)
    plan = story(target)

    def observer(event: Event) -> None:
        if (event.moment, event.step) == (Moment.AFTER_STATEMENT, "t.b/add"):
            execute(target, TAKE_OVER)

    before = dump(target)

    with pytest.raises(LostLock):
        run(target, plan, Phase.EXPAND, observer=observer)

    assert dump(target) == before


@pytest.mark.parametrize("server", COMMIT_DDL, indirect=True)
def test_a_runner_replaced_behind_its_statement_records_nothing(target: Target) -> None:
    """What DDL has committed stays, unrecorded: its successor finds it done."""
    people(target)
    plan = story(target)

    def observer(event: Event) -> None:
        if (event.moment, event.step) == (Moment.AFTER_STATEMENT, "t.b/add"):
            execute(target, TAKE_OVER)

    with pytest.raises(LostLock):
        run(target, plan, Phase.EXPAND, observer=observer)

    assert [c.name for c in read(target).tables[-1].columns] == ["id", "a", "b"]
    assert Journal.open(target).done == frozenset()
    outcome = run(target, plan, Phase.EXPAND)
    assert [(s.step, s.found) for s in outcome.steps] == [("t.b/add", True), ("t_b_a/build", False)]


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_a_lock_that_was_lost_is_taken_again(target: Target) -> None:
    """After a restart of the server the run goes on, and keeps other runners out as before."""
    people(target)
    plan = story(target)

    def observer(event: Event) -> None:
        if (event.moment, event.step) == (Moment.STEP, "t.b/add"):
            end_sessions(target)
        if (event.moment, event.step) == (Moment.STEP, "t_b_a/build"):
            with pytest.raises(AnotherRunner):
                run(target, plan, Phase.EXPAND)

    run(target, plan, Phase.EXPAND, observer=observer)


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_a_successor_waits_for_the_commit(target: Target) -> None:
    """Once work is recorded, nobody takes over before it is committed: the lock row is held."""
    people(target)
    plan = story(target)
    refused: list[str] = []

    def observer(event: Event) -> None:
        if event.moment is Moment.BEFORE_COMMIT and event.step is not None:
            with pytest.raises(DBAPIError) as held:
                execute(target, "SELECT token FROM falsework_lock FOR UPDATE NOWAIT")
            assert target.driver.trouble(held.value) is Trouble.LOCK_TIMEOUT
            refused.append(event.step)

    upgrade(target, plan, SMALL, observer)

    assert {step.id for step in plan.steps} <= set(refused)


def statements_after(target: Target, phase: Phase, plan: Plan | None, when: Event) -> list[Event]:
    """Replace the runner at an event; what it sends to the server after that."""
    after: list[Event] = []
    replaced = False

    def observer(event: Event) -> None:
        nonlocal replaced
        if replaced and event.moment is Moment.BEFORE_STATEMENT:
            after.append(event)
        if not replaced and (event.moment, event.step, event.sql) == (
            when.moment,
            when.step,
            when.sql,
        ):
            replaced = True
            execute(target, TAKE_OVER)

    with pytest.raises(LostLock):
        run(target, plan, phase, SMALL, observer)
    assert replaced
    return after


def test_no_chunk_after_a_takeover(target: Target) -> None:
    """A runner that was replaced between two chunks does not begin the next one."""
    people(target)
    upgrade(target, story(target), SMALL, phases=[Phase.EXPAND])

    assert not statements_after(target, Phase.MIGRATE, None, Event(Moment.CHUNK, "t.b/fill"))


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_no_try_after_a_takeover(target: Target) -> None:
    """A runner that was replaced while it waited for a lock does not try again."""
    people(target)
    plan = story(target)
    sent: list[str | None] = []

    with target.pool.connect() as other:
        other.exec_driver_sql("UPDATE t SET a = a WHERE id = 3")

        def observer(event: Event) -> None:
            if event.moment is Moment.WAITING:
                other.rollback()
                execute(target, TAKE_OVER)
            elif event.moment is Moment.BEFORE_STATEMENT:
                sent.append(event.step)

        with pytest.raises(LostLock):
            run(target, plan, Phase.EXPAND, SMALL, observer)

    assert sent == ["t.b/add"]


def test_no_statement_after_a_takeover(target: Target) -> None:
    """Outside of transactions there is nothing that could be rolled back: it is asked each time."""
    people(target)
    told = Story(target)
    t = told.name("t")
    first, second = (Index(name, ("a",), uses=("a",)) for name in ("t_1", "t_2"))
    sql = ("CREATE INDEX t_1 ON t (a)", "CREATE INDEX t_2 ON t (a)")
    edits = (AddIndex(table=t, index=first), AddIndex(table=t, index=second))
    plan = told.run(Phase.EXPAND, "t/build", Statement(sql, transaction=False), *edits).plan()
    when = Event(Moment.AFTER_STATEMENT, "t/build", sql[0])

    assert not statements_after(target, Phase.EXPAND, plan, when)

    assert [i.name for i in read(target).tables[-1].indexes] == ["t_1"]


TAKE_OVER = "UPDATE falsework_lock SET token = token + 1"


def test_a_dead_runner_is_replaced_at_once(target: Target) -> None:
    """Nobody waits for the lease of a process that this host knows to be gone."""
    people(target)
    plan = story(target)

    def observer(event: Event) -> None:
        if event.moment is Moment.STEP:
            os.kill(os.getpid(), signal.SIGKILL)

    assert ended(in_child(lambda: upgrade(target, plan, SMALL, observer))) == -signal.SIGKILL
    began = time.monotonic()

    upgrade(target, plan, Settings(wait_seconds=5.0))

    assert time.monotonic() - began < 5


def end_lock_sessions(target: Target) -> None:
    """Where the server holds the run lock for a session, end that session, as a restart would."""
    if target.driver.session_lock is not None:
        end_sessions(target)
