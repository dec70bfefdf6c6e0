"""What the journal tells of steps that ran, for forecasts to come."""

import pytest
from msgspec.structs import replace

from falsework.engines.connect import Target
from falsework.errors import Interrupted
from falsework.migrate import Settings, run
from falsework.migrate.history import PLANS, samples
from falsework.migrate.tables import tables
from falsework.model.forecast import Labour, Sample
from falsework.model.plan import Phase, Plan
from tests.migrate.conftest import people, story
from tests.migrate.plans import execute

ROWS = 25
TOOK = {"t.b/add": 0.25, "t_b_a/build": 2.25, "t.b/fill": 10.25, "t.b/enforce": 0.75}
LABOURS = {"t_b_a/build": Labour.BUILD, "t.b/fill": Labour.FILL, "t.b/enforce": Labour.SCAN}


def weighed(plan: Plan, rows: int = ROWS) -> Plan:
    """The plan with what its steps work on, as the planner would have written it down."""
    return replace(
        plan,
        steps=tuple(
            replace(s, labour=LABOURS.get(s.id), rows=rows, size=100 * rows) for s in plan.steps
        ),
    )


def upgraded(target: Target, plan: Plan, settings: Settings | None = None) -> None:
    """Run it, and say in the journal how long each step took."""
    for phase in Phase:
        given = plan if phase is Phase.EXPAND else None
        try:
            run(target, given, phase, settings or Settings())
        except Interrupted:
            run(target, given, phase)
    for step, seconds in TOOK.items():
        execute(target, f"UPDATE falsework_journal SET seconds = {seconds} WHERE step = '{step}'")


def told(target: Target) -> dict[Labour, Sample]:
    with target.pool.connect() as connection:
        return {s.labour: s for s in samples(connection, tables(target.schema))}


@pytest.fixture
def plan(target: Target) -> Plan:
    people(target, ROWS)
    return story(target)


def test_what_steps_took(target: Target, plan: Plan) -> None:
    """Their rows and bytes, less the time of the quickest step: that is not for the rows."""
    upgraded(target, weighed(plan))

    assert told(target) == {
        Labour.BUILD: Sample(Labour.BUILD, ROWS, 100 * ROWS, 2.0),
        Labour.FILL: Sample(Labour.FILL, ROWS, 100 * ROWS, 10.0),
        Labour.SCAN: Sample(Labour.SCAN, ROWS, 100 * ROWS, 0.5),
    }


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
class TestWhatTellsNothing:
    """Rules that no server sees."""

    def test_a_fill_that_wrote_hardly_any(self, target: Target, plan: Plan) -> None:
        """Its time is that of reading them all; where it wrote some, it is neither."""
        upgraded(target, weighed(plan, 1_000))
        assert told(target)[Labour.WALK] == Sample(Labour.WALK, 1_000, 100_000, 10.0)

    def test_a_fill_that_wrote_some(self, target: Target, plan: Plan) -> None:
        """Is neither."""
        upgraded(target, weighed(plan, 4 * ROWS))
        assert told(target).keys() == {Labour.BUILD, Labour.SCAN}

    def test_a_step_that_was_stopped(self, target: Target, plan: Plan) -> None:
        """The time of its last run is not that of all its rows."""
        upgraded(target, weighed(plan), Settings(max_rows=10, chunk_rows=5))
        assert told(target).keys() == {Labour.BUILD, Labour.SCAN}

    def test_what_the_plan_did_not_know(self, target: Target, plan: Plan) -> None:
        """Steps without rows, and those of a plan that an earlier release wrote."""
        upgraded(target, plan)
        assert told(target) == {}

    def test_a_plan_that_cannot_be_read(self, target: Target, plan: Plan) -> None:
        """Stops nobody."""
        upgraded(target, weighed(plan))
        execute(target, "UPDATE falsework_plan SET document = 'x' WHERE kind = 'plan'")
        assert told(target) == {}

    def test_plans_of_long_ago(self, target: Target, plan: Plan) -> None:
        """Servers change."""
        upgraded(target, weighed(plan))
        execute(target, f"UPDATE falsework_journal SET plan = {PLANS} + 2 WHERE step = 't.b/add'")
        assert told(target) == {}
