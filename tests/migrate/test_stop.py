"""A run that is told to stop, or has used up what it may take, records its work and ends with 1."""

import os
import signal
import threading

import pytest

from falsework.engines.connect import Target
from falsework.errors import AnotherRunner, Interrupted, LockNotFree, Refused
from falsework.migrate import Event, Journal, Moment, Settings, run
from falsework.model.edits import AddColumn
from falsework.model.plan import Lock, Phase, Plan
from falsework.model.schema import Column
from tests.migrate.conftest import people, story
from tests.migrate.crash import ended, in_child, upgrade
from tests.migrate.plans import Story, dump, execute, query
from tests.migrate.test_trouble import held, stop_before

SMALL = Settings(chunk_rows=10)


def filled(target: Target) -> int:
    return int(str(query(target, "SELECT count(*) FROM t WHERE b IS NOT NULL")[0][0]))


def ready_to_fill(target: Target) -> Plan:
    people(target)
    plan = story(target)
    upgrade(target, plan, SMALL, phases=[Phase.EXPAND])
    return plan


def test_sigterm_in_a_chunk(target: Target) -> None:
    """The chunk is finished and recorded, the process ends with 1, the next run goes on."""
    ready_to_fill(target)

    def work() -> None:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())

        def observer(event: Event) -> None:
            if event.moment is Moment.AFTER_STATEMENT:
                os.kill(os.getpid(), signal.SIGTERM)

        try:
            run(target, None, Phase.MIGRATE, SMALL, observer, stop=stop.is_set)
        except Interrupted:
            os._exit(42)

    assert ended(in_child(work)) == 42
    assert filled(target) == 10
    assert [p.rows for p in Journal.open(target).progress] == [10]

    outcome = run(target, None, Phase.MIGRATE, SMALL)

    assert [s.rows for s in outcome.steps] == [25]
    assert filled(target) == 25


def test_a_stop_while_waiting_for_a_lock(target: Target) -> None:
    """Ctrl-C does not have to wait until somebody else lets go."""
    people(target)
    plan = story(target)
    stop_before(target, plan, "t.b/add")
    stop = threading.Event()
    timer = threading.Timer(0.3, stop.set)

    with held(target, "UPDATE t SET a = a WHERE id = 3"):
        timer.start()
        with pytest.raises(Interrupted):
            run(target, plan, Phase.EXPAND, Settings(wait_seconds=30.0), stop=stop.is_set)
    timer.join()

    upgrade(target, plan, SMALL)


def test_a_stop_while_another_runner_works(target: Target) -> None:
    """Waiting for the run lock ends at once."""
    people(target)
    plan = story(target)

    def observer(event: Event) -> None:
        if (event.moment, event.step) == (Moment.STEP, "t.b/add"):
            with pytest.raises(Interrupted):
                run(target, plan, Phase.EXPAND, Settings(wait_seconds=60.0), stop=lambda: True)
            with pytest.raises(AnotherRunner):
                run(target, plan, Phase.EXPAND)

    run(target, plan, Phase.EXPAND, observer=observer)


def test_a_limit_of_rows(target: Target) -> None:
    """No more than that many rows are filled in one run, whatever the chunks are."""
    ready_to_fill(target)
    counts = []
    limit = Settings(chunk_rows=10, max_rows=7)

    for _ in range(3):
        with pytest.raises(Interrupted, match="7 rows"):
            run(target, None, Phase.MIGRATE, limit)
        counts.append(filled(target))
    run(target, None, Phase.MIGRATE, limit)

    assert counts == [7, 14, 21]
    assert filled(target) == 25


def test_a_budget_of_time(target: Target) -> None:
    """Nothing new begins once it is used up, in expand as well as between chunks."""
    people(target)
    plan = story(target)

    with pytest.raises(Interrupted, match="time budget"):
        run(target, plan, Phase.EXPAND, Settings(time_budget=0.0))
    assert dump(target)[0] == plan.before
    run(target, plan, Phase.EXPAND)
    with pytest.raises(Interrupted, match="time budget"):
        run(target, None, Phase.MIGRATE, Settings(time_budget=0.0))

    assert filled(target) == 0
    upgrade(target, plan, SMALL)


def blocking(target: Target, rate: float) -> Plan:
    """A step that blocks others for its run, at a rate that was forecast."""
    told = Story(target)
    column = Column("c", target.driver.reader.type("varchar(5)"))
    told.add(Phase.EXPAND, "t.c/add", AddColumn(table=told.name("t"), column=column))
    told.alter("t.c/add", blocking=True, rate=rate, forecast=0.0, lock=Lock.EVERYTHING)
    return told.plan()


def test_a_table_that_has_grown_is_not_blocked(target: Target) -> None:
    """Rows are counted right before a blocking step: too many, and it waits for a human's word."""
    people(target, rows=0)
    plan = blocking(target, rate=20.0)
    execute(target, "INSERT INTO t VALUES (?, ?)", rows=[(i, "a") for i in range(21)])
    settings = Settings(lock_budget=1.0)
    before = dump(target)

    with pytest.raises(Refused, match="for longer than 1 s") as refused:
        run(target, plan, Phase.EXPAND, settings)

    assert dump(target) == before
    assert "--allow-downtime t.c/add" in refused.value.do
    allowed = Settings(lock_budget=1.0, allow_downtime=frozenset({"t.c/add"}))
    run(target, plan, Phase.EXPAND, allowed)
    assert dump(target)[0] == plan.owned


def test_a_small_table_may_be_blocked(target: Target) -> None:
    """As many rows as fit the budget: the direct form is run unasked."""
    people(target, rows=0)
    plan = blocking(target, rate=20.0)
    execute(target, "INSERT INTO t VALUES (?, ?)", rows=[(i, "a") for i in range(20)])

    run(target, plan, Phase.EXPAND, Settings(lock_budget=1.0))

    assert dump(target)[0] == plan.owned


def test_a_lock_budget_is_no_lock_wait(target: Target) -> None:
    """Even where downtime is allowed nobody waits behind a lock that cannot be had."""
    people(target)
    plan = blocking(target, rate=0.0)
    settings = Settings(
        lock_budget=1e9, lock_wait_seconds=0.3, allow_downtime=frozenset({"t.c/add"})
    )
    stop_before(target, plan, "t.c/add")

    with held(target, "UPDATE t SET a = a WHERE id = 3"), pytest.raises(LockNotFree):
        run(target, plan, Phase.EXPAND, settings)
