"""The law's proof and the servers must agree, in both directions, in every state of every case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest

from falsework.expand_contract.upgrade import Upgrade
from falsework.migrate import Event, Moment, Settings, run
from falsework.model.edits import apply
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema, TableName
from tests.cases import all_cases
from tests.cases.model import Case, Stopped
from tests.conftest import RUN, started
from tests.expand_contract.dialects import DIALECTS
from tests.expand_contract.law import LAW, Ground, Seen, Tally, ground
from tests.expand_contract.mutants import Mutant, mutants, perform, related, session
from tests.generator.rotation import turn
from tests.servers import SERVERS, Server


class Lane(NamedTuple):
    """A server, how applications speak to it, and the forms that the plan takes.

    ``long``   whether tables count as large, so that every step takes its long form
    ``share``  a scenario is tried here in one run of so many
    ``wrong``  and in one of so many of those in wrong orders, too; 0: never
    """

    server: str
    driver: str
    long: bool
    wrong: int
    share: int = 1

    def __str__(self) -> str:
        return f"{self.server}-{self.driver}{'-long' if self.long else ''}"


LANES = (
    Lane("sqlite", "pysqlite", long=False, wrong=1),
    Lane("postgresql16", "psycopg2", long=False, wrong=1, share=6),
    Lane("postgresql16", "psycopg", long=True, wrong=0, share=6),
    Lane("postgresql18", "psycopg2", long=False, wrong=0, share=4),
    Lane("postgresql18", "psycopg", long=True, wrong=1, share=4),
    Lane("mysql", "pymysql", long=False, wrong=2, share=4),
    Lane("mariadb118", "pymysql", long=True, wrong=2, share=6),
    Lane("mariadb1011", "pymysql", long=False, wrong=1, share=8),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each scenario on each lane on which it is its turn."""
    if "trip" in metafunc.fixturenames:
        full = bool(metafunc.config.getoption("--full"))
        found = [
            (lane, case, _due(full, lane.share * lane.wrong, lane, case))
            for lane in LANES
            for case in (*all_cases(), *DIALECTS.get(SERVERS[lane.server].engine, ()))
            if _due(full, lane.share, lane, case)
        ]
        ids = [f"{lane}-{case}" for lane, case, _ in found]
        metafunc.parametrize("trip", found, indirect=True, ids=ids)


def _due(full: bool, share: int, *what: object) -> bool:
    return share > 0 and (full or turn(*map(str, what), share=share))


@dataclass
class Trip:
    """A case on its way through a lane, and what was seen on it."""

    case: Case
    lane: Lane
    server: Server
    wrong: bool
    tally: Tally = field(default_factory=Tally)
    upgrade: Upgrade = field(init=False)
    url: str | None = None
    states: set[Schema] = field(default_factory=set)
    seen: Seen = field(default_factory=set)

    @contextmanager
    def begin(self, *, rows: bool) -> Iterator[Ground]:
        """A fresh database at release A, by the name of the first one: schemas are equal then."""
        with self.server.fresh(at=self.url) as fresh:
            self.url = fresh
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
        """Run the plan as it is; after each step the live schema is what its effect says.

        Without the rows that a gate would have stopped at: there is none here.
        """
        expected = self.case.expected(self.server.engine, self.server.name)
        with self.begin(rows=not isinstance(expected, Stopped)) as found:
            plan, self.upgrade = found.plan(), found.upgrade
            self.hold(found, "before", found.read())
            settings = Settings(lock_budget=found.upgrade.lock_budget)
            for phase in Phase if not plan.refusals else ():
                first = plan if phase is Phase.EXPAND else None
                run(found.target, first, phase, settings, Watch(self, found, plan))
        return plan

    def wrong_order(self, wrong: Mutant) -> None:
        """Run the steps in a wrong order, on a database without rows, if it leads anywhere new."""
        steps = wrong.steps(self.upgrade, self.states)
        if not steps:
            return
        with self.begin(rows=False) as found, session(found.target) as connection:
            before = self.upgrade.old
            for statement, step, after in steps:
                perform(connection, statement)
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


@pytest.fixture
def trip(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Trip:
    """A scenario on its lane."""
    lane, case, wrong = request.param
    server = started(lambda: pytestconfig.stash[RUN].server(lane.server))
    return Trip(case, lane, server, wrong)


@pytest.mark.timeout(600)  # a few seconds each, on a machine with nothing else to do
def test_proof_and_server_agree(trip: Trip, record_property: Callable[[str, object], None]) -> None:
    """What the proof calls fine succeeds on the server, and what it calls broken fails there."""
    plan = trip.planned()
    for wrong in mutants(plan) if trip.wrong else ():
        trip.wrong_order(wrong)
    record_property(LAW, trip.tally.numbers())
    assert not trip.tally.wrong, "\n".join(("", *trip.tally.wrong))
