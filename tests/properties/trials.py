"""One random upgrade on one server, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from falsework.engines.connect import Target
from falsework.errors import CheckFailed, NeedsHuman
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema
from tests.cases.model import Case
from tests.generator import database
from tests.generator.dump import dump, read_rows
from tests.generator.history import problems
from tests.generator.obeyed import broken
from tests.generator.predictor import Expected, predict, unexpected
from tests.generator.writes import Rows
from tests.properties.specs import Layout, models
from tests.servers import Server


@dataclass(frozen=True)
class Trial:
    """Two releases and rows of the first one."""

    old: Layout
    new: Layout
    rows: Rows

    @property
    def case(self) -> Case:
        """The same as a scenario."""
        return Case(a=models(self.old), b=models(self.new), rows=self.rows)


@dataclass(frozen=True)
class Ending:
    """How it ended: refused by the plan, stopped by rows, or done with these rows."""

    refusals: tuple[str, ...] = ()
    stopped: bool = False
    rows: Rows | None = None


def tried(server: Server, trial: Trial, *, online: bool) -> Ending:
    """Run it, and hold whatever comes of it against the prediction."""
    case = trial.case
    with server.fresh() as url:
        database.make(url, case)
        with database.opened(url) as target:
            plan = database.plan(target, case.b, database.policy(target, case, online=online))
            if plan.refusals:
                return Ending(tuple(f"{r.subject}: {r.reason}" for r in plan.refusals))
            expected = predict(case.a, case.b, read_rows(target, case.a))
            if rules := broken(case.b, expected):
                _stops(target, plan, rules)
                return Ending(stopped=True)
            database.upgrade(target, plan)
            rows, schema = _done(target, plan, case, expected)
        with database.created(server, case.b, url) as target:
            assert schema == database.normal(database.read(target))
    return Ending(rows=rows)


def _stops(target: Target, plan: Plan, rules: list[str]) -> None:
    """Rows that break a rule to come end the run at the gate, and nothing of contract is done."""
    database.upgrade(target, plan, phases=(Phase.EXPAND, Phase.MIGRATE))
    before = dump(target)
    try:
        database.upgrade(target, plan, phases=(Phase.CONTRACT,))
    except CheckFailed:
        assert dump(target) == before
    except NeedsHuman as error:
        raise AssertionError(f"the gate did not see {rules}") from error
    else:
        raise AssertionError(f"nothing stopped it: {rules}")


def _done(target: Target, plan: Plan, case: Case, expected: Expected) -> tuple[Rows, Schema]:
    """The rows and the schema, once they have been held against the prediction."""
    found = read_rows(target, case.b)
    assert unexpected(expected, found, case.b) == []
    assert problems(target, plan) == []
    left = database.plan(target, case.b, database.policy(target, case))
    assert (left.steps, left.refusals) == ((), ())
    return found, database.normal(database.read(target))
