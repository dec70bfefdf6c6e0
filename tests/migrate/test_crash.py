"""kill -9 at every moment: what is run afterwards ends where an uninterrupted run ends."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from itertools import count, takewhile

import pytest

from falsework.engines.connect import Target, connect
from falsework.migrate import Event, Journal, Settings
from falsework.model.plan import Backfill, Phase, Plan
from tests.generator import rotation
from tests.migrate.conftest import EACH_RUN, people, reach, story
from tests.migrate.crash import Killer, killed_at, over_and_over, upgrade
from tests.migrate.plans import dump, query
from tests.servers import Server

Fresh = Callable[[], AbstractContextManager[str]]
SMALL = Settings(chunk_rows=10, wait_seconds=5.0)
MOST = 1_000  # events of a phase; they have some 30 to 60
TO_THE_END = 10  # every so many points the phases after it are run, too


@pytest.mark.timeout(600)
@pytest.mark.parametrize("server", EACH_RUN, indirect=True)
@pytest.mark.parametrize("phase", Phase)
def test_a_kill_at_every_event(
    server: Server,
    phase: Phase,
    request: pytest.FixtureRequest,
    record_property: Callable[..., None],
) -> None:
    """Resume after a kill before and after each statement, journal write and commit.

    All of them on SQLite; elsewhere some in each run, by turns.
    """
    full = bool(request.config.getoption("--full"))
    last, points = kill_at_events(
        server, phase, rotation.events(server.name, "kill", phase, full=full)
    )
    record_property("crash_points", points)
    assert 20 < last < MOST
    assert points >= last // rotation.EVENTS


def kill_at_every_event(server: Server, phase: Phase) -> int:
    """Hold that the phase ends as it should, whenever it is killed; how many points there are."""
    _, points = kill_at_events(server, phase, count())
    return points


def kill_at_events(server: Server, phase: Phase, moments: Iterable[int]) -> tuple[int, int]:
    """The same for these events alone, up to the last one: its number, and how many there were."""
    with server.fresh() as own:
        plan = _brought_to(phase, own)
        with over_and_over(server, own) as fresh:
            return _killed_at_events(server, fresh, plan, phase, moments)


def _killed_at_events(
    server: Server, fresh: Fresh, plan: Plan, phase: Phase, moments: Iterable[int]
) -> tuple[int, int]:
    with fresh() as url:
        target = connect(url)
        upgrade(target, plan, SMALL, phases=[phase])
        phase_end = dump(target)
        upgrade(target, plan, SMALL)
        end = dump(target)
    last = points = 0
    for last in takewhile(lambda moment: moment < MOST, moments):
        with fresh() as url:
            target = reach(server, url)
            if not _killed(target, plan, phase, last):
                break
            upgrade(target, plan, SMALL, phases=[phase])
            assert dump(target) == phase_end, f"killed at event {last}"
            if points % TO_THE_END == 0:
                upgrade(target, plan, SMALL)
                assert dump(target) == end, f"killed at event {last}"
            _once(target, plan, last)
            _again_changes_nothing(target, plan, phase, last)
        points += 1
    return last, points


def _brought_to(phase: Phase, url: str) -> Plan:
    """Make the database ready for the phase."""
    target = connect(url)
    people(target)
    plan = story(target)
    upgrade(target, plan, SMALL, phases=list(Phase)[: list(Phase).index(phase)])
    return plan


def _killed(target: Target, plan: Plan, phase: Phase, moment: int) -> bool:
    def work(killer: Killer) -> None:
        upgrade(target, plan, SMALL, killer, [phase])

    return killed_at(moment, work)


def _once(target: Target, plan: Plan, moment: int) -> None:
    """Each step took effect once, each row was filled once, each phase ended once."""
    where = f"killed at event {moment}"
    lines = query(target, "SELECT step, phase, state, token FROM falsework_journal ORDER BY id")
    phases = {line[1] for line in lines if line[2] == "phase finished"}
    planned = [s for s in plan.steps if s.phase in phases]
    ends = Counter(step for step, _, state, _ in lines if step and state in ("done", "found"))
    assert ends == Counter(s.id for s in planned), where
    assert Counter(state for _, _, state, _ in lines)["phase finished"] == len(phases), where
    filled = [s.id for s in planned if isinstance(s.work, Backfill)]
    progress = query(target, "SELECT step, row_count, last_key FROM falsework_progress")
    assert progress == [(step, 25, None) for step in filled], where
    tokens = [int(str(line[3])) for line in lines]
    assert tokens == sorted(tokens), where


def _again_changes_nothing(target: Target, plan: Plan, phase: Phase, moment: int) -> None:
    """Idempotence: the same command once more writes nothing."""
    before = Journal.open(target)
    events: list[Event] = []
    upgrade(target, plan, SMALL, events.append, [phase])
    assert (Journal.open(target), events) == (before, []), f"killed at event {moment}"
