"""The law's proof and the servers must agree, in both directions, in every state of every case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest

from falsework.migrate import Event, Moment, Settings, run
from falsework.model.edits import apply
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema, TableName
from tests.cases import all_cases
from tests.cases.model import Case
from tests.conftest import RUN, started
from tests.expand_contract.law import LAW, Ground, Seen, Tally, ground
from tests.expand_contract.mutants import Mutant, mutants, perform, related, session, spelled
from tests.servers import Server


class Lane(NamedTuple):
    """A server, how applications speak to it, and the forms that the plan takes.

    ``long``   whether tables count as large, so that every step takes its long form
    ``wrong``  whether plans in a wrong order run as well
    """

    server: str
    driver: str
    long: bool
    wrong: bool

    def __str__(self) -> str:
        return f"{self.server}-{self.driver}{'-long' if self.long else ''}"


LANES = (
    Lane("sqlite", "pysqlite", long=False, wrong=True),
    Lane("postgresql16", "psycopg2", long=False, wrong=True),
    Lane("postgresql16", "psycopg", long=True, wrong=False),
    Lane("postgresql18", "psycopg2", long=False, wrong=False),
    Lane("postgresql18", "psycopg", long=True, wrong=True),
)


@pytest.fixture(params=LANES, ids=str)
def lane(request: pytest.FixtureRequest) -> Lane:
    """Each way to a server in turn."""
    found: Lane = request.param
    return found


@pytest.fixture
def there(lane: Lane, pytestconfig: pytest.Config) -> Server:
    """The lane's server."""
    return started(lambda: pytestconfig.stash[RUN].server(lane.server))


@dataclass
class Trip:
    """A case on its way through a lane, and what was seen on it."""

    case: Case
    lane: Lane
    server: Server
    tally: Tally = field(default_factory=Tally)
    old: Schema = field(default_factory=Schema)
    states: set[Schema] = field(default_factory=set)
    seen: Seen = field(default_factory=set)

    @contextmanager
    def begin(self, *, rows: bool) -> Iterator[Ground]:
        """A fresh database at release A."""
        with self.server.fresh() as fresh:
            url = self.server.with_driver(fresh, self.lane.driver)
            with ground(self.case, url, many=self.lane.long, rows=rows, seen=self.seen) as found:
                yield found

    def hold(
        self,
        found: Ground,
        where: str,
        schema: Schema,
        only: frozenset[TableName] | None = None,
    ) -> None:
        """Hold proof against server, unless that was done in this state."""
        if schema not in self.states:
            self.states.add(schema)
            found.hold(where, schema, self.tally, only)

    def planned(self) -> Plan:
        """Run the plan as it is; after each step the live schema is what its effect says."""
        with self.begin(rows=True) as found:
            plan, self.old = found.plan(), found.upgrade.old
            self.hold(found, "before", found.read())
            settings = Settings(lock_budget=found.upgrade.lock_budget)
            for phase in Phase if not plan.refusals else ():
                first = plan if phase is Phase.EXPAND else None
                run(found.target, first, phase, settings, Watch(self, found, plan))
        return plan

    def wrong_order(self, wrong: Mutant) -> None:
        """Run the steps in a wrong order, on a database without rows, if it leads anywhere new."""
        if not wrong.steps(self.old, self.states):
            return
        with self.begin(rows=False) as found, session(found.target) as connection:
            before = found.upgrade.old
            for step, after in wrong.steps(before, self.states):
                perform(connection, spelled(found.target, step.effect, before))
                self.hold(found, f"{wrong.title}: {step.id}", after, related(before, after, step))
                before = after


class Watch:
    """An observer that holds everything against the server whenever a step is done."""

    def __init__(self, trip: Trip, found: Ground, plan: Plan) -> None:
        self.trip, self.found = trip, found
        self.schema = found.read()
        self.steps = {step.id: step for step in plan.steps}

    def __call__(self, event: Event) -> None:
        if event.moment is not Moment.STEP_DONE or event.step is None:
            return
        step = self.steps[event.step]
        self.schema = apply(step.effect, self.schema)
        assert self.found.read() == self.schema, f"after {step.id}: not what its effect says"
        self.trip.hold(self.found, step.id, self.schema)


@pytest.mark.timeout(600)  # a few seconds each, on a machine with nothing else to do
@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_proof_and_server_agree(
    case: Case, lane: Lane, there: Server, record_property: Callable[[str, object], None]
) -> None:
    """What the proof calls fine succeeds on the server, and what it calls broken fails there."""
    trip = Trip(case, lane, there)
    plan = trip.planned()
    for wrong in mutants(plan) if lane.wrong else ():
        trip.wrong_order(wrong)
    record_property(LAW, trip.tally.numbers())
    assert not trip.tally.wrong, "\n".join(("", *trip.tally.wrong))
