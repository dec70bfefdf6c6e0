"""Runners that do not die cleanly: frozen and replaced, or gone in the middle of a statement."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text

from falsework.errors import NeedsHuman, Unreachable
from falsework.migrate import Event, Moment, State
from falsework.model.plan import Statement, Step
from tests.generator import database, sessions
from tests.generator.child import KILLED, Child
from tests.generator.crash import Counter, Point, Whole, repeated, resumed, started, whole, wrong
from tests.generator.history import states
from tests.generator.story import CASE
from tests.servers import Server

SECONDS = 20.0
# Where the wait for a lock is broken off after this, the runner is dead before that.
PATIENT = dataclasses.replace(database.SETTINGS, lock_try_ms=10_000)


@contextmanager
def upgraded(server: Server, *, online: bool) -> Iterator[Whole]:
    """The story once without interruption."""
    with server.fresh() as url:
        database.make(url, CASE)
        with database.opened(url) as target:
            policy = database.policy(target, CASE, online=online)
            plan = database.plan(target, CASE.b, policy)
        with whole(server, CASE, plan, url) as run:
            yield run


def wrong_at_once(run: Whole) -> list[str]:
    """What is wrong even though nobody interrupted."""
    with database.opened(run.url) as target:
        return wrong(run, target)


def freeze() -> None:
    """Stop this process until somebody continues it."""
    os.kill(os.getpid(), signal.SIGSTOP)


def free(run: Whole, point: Point) -> bool:
    """Whether a successor can take over there: in a transaction SQLite's runner holds the file."""
    if run.server.engine != "sqlite" or point.event.moment is Moment.AFTER_COMMIT:
        return True
    return point.event.moment is Moment.BEFORE_STATEMENT and "PRAGMA" in (point.event.sql or "")


def replaced(run: Whole, point: Point) -> list[str]:
    with started(run, point.phase) as url:

        def work() -> str:
            frozen = Counter(point.number, freeze)
            with database.opened(url) as target:
                try:
                    database.upgrade(target, run.plan, frozen, phases=(point.phase,))
                except (NeedsHuman, Unreachable):
                    return "lost"  # LostLock, or what it meets because of its successor's work
            return "done"

        child = Child(work)
        os.waitpid(child.pid, os.WUNTRACED)
        _forget(run.server, url)
        told = resumed(run, url, point.phase)
        os.kill(child.pid, signal.SIGCONT)
        ending = child.ending().result()
        mine = [p for p in run.points if p.phase is point.phase]
        held = next(p.number for p in mine if p.event.note == "run lock") + 1
        # It had not looked yet at what is to be done, and finds all done; or all of it was done.
        idle = point.number <= held or point == mine[-1]
        with database.opened(url) as target:
            told += wrong(run, target)
        expected = ("done", "lost") if idle else ("lost",)
        return told if ending in expected else [*told, f"it ended as {ending}"]


def _forget(server: Server, url: str) -> None:
    """Make the frozen runner's lock nobody's: its sessions end, its lease is over."""
    sessions.end_sessions(server, url)
    pool = create_engine(url)
    with pool.begin() as connection:
        connection.execute(text("UPDATE falsework_lock SET renewed = '2001-01-01 00:00:00'"))
    pool.dispose()


BUILDING = re.compile(r"CONCURRENTLY|ADD (UNIQUE )?(INDEX|KEY)\b")


def builds(point: Point) -> bool:
    """Whether an index is built there while others write."""
    if point.event.moment is not Moment.BEFORE_STATEMENT:
        return False
    return point.event.sql is not None and bool(BUILDING.search(point.event.sql))


def _step(run: Whole, point: Point) -> Step:
    return next(s for s in run.plan.steps if s.id == point.event.step)


def torn(run: Whole, point: Point) -> list[str]:
    """A writer's transaction keeps the build waiting half-way; both sides of it are ended."""
    with started(run, point.phase) as url:
        with _building(run, url, point, "ROW EXCLUSIVE") as child:
            child.kill()
            _end_build(run.server, url)
        assert child.ending().code == KILLED
        assert _left(url), "nothing was left behind: the test is wrong"
        told = resumed(run, url, point.phase)
        with database.opened(url) as target:
            repaired = (point.event.step, State.REPAIRED) in states(target)
        return told if repaired else [*told, "nobody wrote down that something was removed"]


def outlived(run: Whole, point: Point) -> list[str]:
    """The runner ends before the build has begun, and the server builds; the next one is there."""
    with started(run, point.phase) as url:

        def work() -> list[str]:
            events: list[Event] = []
            told = resumed(run, url, point.phase, wait=False, observer=events.append)
            if run.server.engine == "mariadb":
                return told  # it sees within a second that nobody waits for the answer any more
            return [*told, *repeated(url, _step(run, point), events)]

        with _building(run, url, point, "SHARE UPDATE EXCLUSIVE") as child:
            child.kill()
            assert child.ending().code == KILLED
            following = Child(work)
            _wait_for_builds(run.server, url)
        told: list[str] = following.ending().result()
        return told


@contextmanager
def _building(run: Whole, url: str, point: Point, mode: str) -> Iterator[Child]:
    """A runner whose build waits for a table lock; at the end of the block that one is free."""

    def work() -> None:
        waiting = Counter(point.number, freeze)
        with database.opened(url) as target:
            database.upgrade(target, run.plan, waiting, PATIENT, phases=(point.phase,))

    child = Child(work)
    os.waitpid(child.pid, os.WUNTRACED)
    with _locked(run.server, url, _step(run, point), mode):
        os.kill(child.pid, signal.SIGCONT)
        _wait_for_build(run.server, url)
        yield child


@contextmanager
def _locked(server: Server, url: str, step: Step, mode: str) -> Iterator[None]:
    """A transaction that keeps the build waiting; elsewhere than on PostgreSQL a reader's does."""
    assert isinstance(step.work, Statement)
    table = step.table.name
    pool = create_engine(url)
    with pool.connect() as connection:
        if server.engine == "postgresql":
            connection.execute(text(f'LOCK TABLE "{table}" IN {mode} MODE'))
        else:
            connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1"))
        yield
        connection.rollback()
    pool.dispose()


BUILD = (
    "FROM pg_stat_activity "
    "WHERE datname = %s AND state = 'active' AND query LIKE '%%CONCURRENTLY%%'"
)
_PROCESSES = (
    "SELECT id FROM information_schema.processlist "
    "WHERE db = %s AND state = 'Waiting for table metadata lock'"
)
WAITING = {
    "postgresql": f"SELECT pid {BUILD} AND wait_event_type = 'Lock'",
    "mysql": _PROCESSES,
    "mariadb": _PROCESSES,
}


def _waiting(server: Server, url: str) -> int:
    """How many builds wait for their lock."""
    return len(sessions.ask(server, WAITING[server.engine], sessions.name_of(url)))


def _wait_for_build(server: Server, url: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not _waiting(server, url):
        assert time.monotonic() < deadline, "the build never waited"
        time.sleep(0.01)


def _wait_for_builds(server: Server, url: str, seconds: float = 1.0) -> None:
    """Until two wait beside each other, or for long enough to see that this does not happen."""
    deadline = time.monotonic() + seconds
    while _waiting(server, url) < 2:
        if time.monotonic() > deadline:
            return
        time.sleep(0.01)


def _end_build(server: Server, url: str) -> None:
    name = sessions.name_of(url)
    sessions.ask(server, f"SELECT pg_terminate_backend(pid, 5000) {BUILD}", name)


def _left(url: str) -> list[str]:
    pool = create_engine(url)
    with pool.connect() as connection:
        invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        found = list(connection.execute(text(invalid)).scalars())
    pool.dispose()
    return found
