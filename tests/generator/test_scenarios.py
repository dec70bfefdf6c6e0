"""Every scenario to its end, on every server: as it says, as predicted, and after kill -9 too."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine

from falsework.engines.connect import Target
from falsework.errors import CheckFailed, Refused
from falsework.migrate import Event
from falsework.model.plan import Phase, Plan
from tests.cases import all_cases, model
from tests.cases.model import Case, Stopped, Succeeds
from tests.generator import database
from tests.generator.crash import Whole, killed, meanwhile, whole
from tests.generator.dump import Dump, dump, read_rows
from tests.generator.history import problems
from tests.generator.predictor import unexpected
from tests.generator.rotation import covers, due, rotated, rotation
from tests.generator.story import CASE as STORY
from tests.generator.summary import COVERED, MET, TWICE
from tests.servers import Server

Record = Callable[[str, object], None]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("form", ["direct", "online"])
@pytest.mark.parametrize("case", rotated((*all_cases(), STORY)), ids=str)
def test_a_scenario_ends_as_it_says(
    server: Server, case: Case, form: str, record: Record, pytestconfig: pytest.Config
) -> None:
    """It is refused, a gate stops it, or it goes through, also when it is killed on the way."""
    if not covers(server, (case.name, form), pytestconfig):
        pytest.skip("not this run's turn; --full runs all")
    with server.fresh() as url:
        database.make(url, case)
        with database.opened(url) as target:
            plan = database.plan(target, case.b, database.policy(target, case))
            if form == "online":
                direct, policy = plan, database.policy(target, case, online=True)
                plan = database.plan(target, case.b, policy)
                if plan.digest == direct.digest:
                    pytest.skip("the same plan as the direct one")
        match case.expected(server.engine):
            case model.Refused():
                _refuses(url, plan)
            case Stopped() as stopped:
                _stops(url, plan, case, stopped)
            case Succeeds():
                assert not plan.refusals, plan.refusals
                with whole(server, case, plan, url) as run:
                    _as_predicted(run)
                    _once_more_changes_nothing(run)
                    _survives(run, record, pytestconfig)


def _refuses(url: str, plan: Plan) -> None:
    """The plan says so, and is not run in part either."""
    assert plan.refusals
    with database.opened(url) as target:
        before = dump(target)
        with pytest.raises(Refused):
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
        with pytest.raises(CheckFailed):
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
        if case.adopted and not case.beside:
            _as_created(run.server, target, case)


def _as_created(server: Server, target: Target, case: Case) -> None:
    """The schema is what ``create_all`` makes of B in an empty database; Alembic sees no other."""
    with server.fresh() as url:
        pool = create_engine(url)
        case.b.create_all(pool)
        pool.dispose()
        with database.opened(url) as created:
            schema = database.normal(database.read(created))
            opinion = database.second_opinion(created, case.b)
    assert database.normal(database.read(target)) == schema
    assert database.second_opinion(target, case.b) == opinion


def _once_more_changes_nothing(run: Whole) -> None:
    events: list[Event] = []
    with database.opened(run.url) as target:
        database.upgrade(target, run.plan, events.append)
        assert (events, dump(target)) == ([], run.end)


def _survives(run: Whole, record: Record, config: pytest.Config) -> None:
    """Killed at each point that this run covers here, and at one of them twice in a row."""
    points = due(run, config)
    draw = random.Random(f"{rotation()} {run.case.name}")
    for point in points:
        assert killed(run, point) == [], f"killed at {point}"
    twice = draw.sample(points, min(1, len(points)))
    for point in twice:
        again = draw.randrange(8)
        assert killed(run, point, again) == [], f"killed at {point}, then at point {again}"
    record("server", run.server.name)
    record(MET, len(run.points))
    record(COVERED, len(points))
    record(TWICE, len(twice))
