"""kill -9 at every moment: what is run afterwards ends where an uninterrupted run ends."""

from collections import Counter
from collections.abc import Callable

import pytest

from falsework.engines.connect import Target, connect
from falsework.migrate import Event, Journal, Settings
from falsework.model.plan import Backfill, Plan
from tests.migrate.conftest import people, story
from tests.migrate.crash import killed_at, upgrade
from tests.migrate.plans import dump, query
from tests.servers import Server

SMALL = Settings(chunk_rows=10, wait_seconds=5.0)
MOST = 1_000  # events; the story has some 130


@pytest.mark.timeout(600)
def test_a_kill_at_every_event(server: Server, record_property: Callable[..., None]) -> None:
    """Resume after a kill before and after each statement, journal write and commit."""
    with server.fresh() as template:
        first = connect(template)
        people(first)
        with server.fresh(template) as whole:
            target = connect(whole)
            plan = story(target)
            upgrade(target, plan, SMALL)
            expected = dump(target)
        points = 0
        while points < MOST and _resumed(server, template, plan, points, expected):
            points += 1
        record_property("crash_points", points)
        assert 100 < points < MOST


def _resumed(server: Server, template: str, plan: Plan, moment: int, expected: object) -> bool:
    """Kill at one event and go on; False once the events are used up."""
    with server.fresh(template) as url:
        target = connect(url)
        if not killed_at(moment, target, plan, SMALL):
            return False
        upgrade(target, plan, SMALL)
        assert dump(target) == expected, f"killed at event {moment}"
        _once(target, plan, moment)
        _again_changes_nothing(target, plan, moment)
        return True


def _once(target: Target, plan: Plan, moment: int) -> None:
    """Each step took effect once, each row was filled once, each phase ended once."""
    where = f"killed at event {moment}"
    lines = query(target, "SELECT step, phase, state FROM falsework_journal ORDER BY id")
    ends = Counter(step for step, _, state in lines if step and state in ("done", "found"))
    assert ends == Counter(s.id for s in plan.steps), where
    assert Counter(state for _, _, state in lines)["phase finished"] == 3, where
    filled = [s.id for s in plan.steps if isinstance(s.work, Backfill)]
    progress = query(target, "SELECT step, row_count, last_key FROM falsework_progress")
    assert progress == [(step, 25, None) for step in filled], where
    tokens = [t for (t,) in query(target, "SELECT token FROM falsework_journal ORDER BY id")]
    assert tokens == sorted(tokens, key=int), where  # type: ignore[call-overload]


def _again_changes_nothing(target: Target, plan: Plan, moment: int) -> None:
    """Idempotence: the same commands once more write nothing."""
    before = dump(target), Journal.open(target)
    events: list[Event] = []
    upgrade(target, plan, SMALL, events.append)
    assert (dump(target), Journal.open(target), events) == (*before, []), moment
