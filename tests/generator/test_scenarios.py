"""Every scenario to its end, on every server: as it says, as predicted, and after kill -9 too."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from falsework import errors
from falsework.migrate import Event
from falsework.model.plan import Phase, Plan
from tests.cases.model import Case, Refused, Stopped, Succeeds
from tests.generator import database
from tests.generator.crash import Whole, killed, meanwhile, whole
from tests.generator.dump import Dump, dump, read_rows
from tests.generator.history import problems
from tests.generator.predictor import unexpected
from tests.generator.rotation import Scenario, due, how_many, rotation
from tests.generator.summary import COVERED, MET, SCENARIOS, TWICE

Record = Callable[[str, object], None]


@pytest.mark.timeout(1800)
def test_a_scenario_ends_as_it_says(
    scenario: Scenario, record: Record, pytestconfig: pytest.Config
) -> None:
    """It is refused, a gate stops it, or it goes through, also when it is killed on the way.

    Twice where tables that are not small are upgraded in another form: in either form.
    """
    server, case = scenario
    with server.fresh() as url:
        direct, large = _plans(url, case)
        count = _ends(scenario, direct, url, pytestconfig)
    if large.digest != direct.digest:
        with server.fresh() as url:
            _, large = _plans(url, case)
            count += _ends(scenario, large, url, pytestconfig)
    record("server", server.name)
    record(SCENARIOS, how_many(server.name))
    for name, number in count.items():
        record(name, number)


def _plans(url: str, case: Case) -> tuple[Plan, Plan]:
    """Release A in an empty database, and the plans for small tables and for large ones."""
    database.make(url, case)
    with database.opened(url) as target:
        small, large = (database.policy(target, case, online=online) for online in (False, True))
        return database.plan(target, case.b, small), database.plan(target, case.b, large)


def _ends(scenario: Scenario, plan: Plan, url: str, config: pytest.Config) -> Counter[str]:
    """Hold the plan to its end; how many crash points were met and covered."""
    server, case = scenario
    match case.expected(server.engine, server.name):
        case Refused():
            _refuses(url, plan)
        case Stopped() as stopped:
            _stops(url, plan, case, stopped)
        case Succeeds():
            assert not plan.refusals, plan.refusals
            with whole(server, case, plan, url) as run:
                _as_predicted(run)
                _once_more_changes_nothing(run)
                if case.adopted and not case.beside and server.engine not in case.leaves:
                    _as_created(run)
                return _survives(run, config)
    return Counter()


def _refuses(url: str, plan: Plan) -> None:
    """The plan says so, and is not run in part either."""
    assert plan.refusals
    with database.opened(url) as target:
        before = dump(target)
        with pytest.raises(errors.Refused):
            database.upgrade(target, plan, phases=(Phase.EXPAND,))
        assert dump(target) == before


def _stops(url: str, plan: Plan, case: Case, stopped: Stopped) -> None:
    """At the gate of the phase, before anything of it is done; nothing that was written is lost."""
    assert not plan.refusals, plan.refusals
    before: list[Dump] = []

    def look(phase: Phase) -> None:
        if phase is stopped.phase:
            before.append(dump(target))

    with database.opened(url) as target:
        with pytest.raises(errors.CheckFailed):
            database.upgrade(
                target, plan, before=look, after=lambda phase: _write(url, case, phase)
            )
        assert before == [dump(target)]


def _write(url: str, case: Case, phase: Phase) -> None:
    meanwhile(url, case, phase)


def _as_predicted(run: Whole) -> None:
    """Rows as the predictor has them, a journal that can be true, and nothing left to do."""
    case = run.case
    with database.opened(run.url) as target:
        assert unexpected(run.expected, read_rows(target, case.b), case.b) == []
        assert problems(target, run.plan) == []
        left = database.plan(target, case.b, database.policy(target, case))
        assert (left.steps, left.refusals) == ((), ())


def _once_more_changes_nothing(run: Whole) -> None:
    events: list[Event] = []
    with database.opened(run.url) as target:
        database.upgrade(target, run.plan, events.append)
        assert (events, dump(target)) == ([], run.end)


def _as_created(run: Whole) -> None:
    """The schema is what ``create_all`` makes of B in an empty database; Alembic sees no other."""
    with database.opened(run.url) as target:
        schema = database.normal(database.read(target))
        opinion = database.second_opinion(target, run.case.b)
    with database.created(run.server, run.case.b, run.url) as target:
        assert schema == database.normal(database.read(target))
        assert opinion == database.second_opinion(target, run.case.b)


def _survives(run: Whole, config: pytest.Config) -> Counter[str]:
    """Killed at each point that this run covers here, and at one of them twice in a row."""
    points = due(run, config)
    draw = random.Random(f"{rotation()} {run.case.name}")
    for point in points:
        assert killed(run, point) == [], f"killed at {point}"
    twice = draw.sample(points, min(1, len(points)))
    for point in twice:
        again = draw.randrange(8)
        assert killed(run, point, again) == [], f"killed at {point}, then at point {again}"
    return Counter({MET: len(run.points), COVERED: len(points), TWICE: len(twice)})
