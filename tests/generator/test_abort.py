"""An upgrade is taken back from any point with a return: schema and rows are as at the start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

import pytest

from falsework.checks import count
from falsework.config import Config
from falsework.engines.connect import Target
from falsework.errors import Interrupted
from falsework.migrate import Event, Journal, Moment, run
from falsework.migrate.observer import silent
from falsework.model.plan import Phase, Plan
from falsework.model.policy import Policy
from falsework.report.steps import irreversible
from falsework.session import Session
from tests.generator import database
from tests.generator.dump import Dump, Values, dump
from tests.generator.rotation import Scenario, events

BACK = replace(database.SETTINGS, supersede=True)
NARROWER = "narrower in a way that"  # a number type stays as wide as it was made
FOREIGN_KEY_AGAIN = {"table_dropped", "tables_dropped_family"}
"""Where these servers name an index that they had made themselves after a key that comes again."""


@pytest.mark.rotates(4)
@pytest.mark.timeout(600)
def test_taken_back_from_any_point(upgrade: Scenario, pytestconfig: pytest.Config) -> None:
    """After each step up to the first one of contract that nothing brings back."""
    server, case = upgrade
    if server.engine in ("mysql", "mariadb") and case.name in FOREIGN_KEY_AGAIN:
        pytest.skip("the index comes back under another name")
    with server.fresh() as url:
        database.make(url, case)
        with database.opened(url) as target:
            plan = database.plan(target, case.b, database.policy(target, case))
            start = dump(target)
        if not plan.steps:
            return  # nothing begins that could be taken back
        with server.fresh(url) as copy:
            for point in _points(server.name, plan, full=bool(pytestconfig.getoption("--full"))):
                with server.fresh(copy, at=url), database.opened(url) as target:
                    _taken_back(target, plan, point, start)


def _points(server: str, plan: Plan, *, full: bool) -> list[int]:
    """After how many steps; always after the last from which there is a way back."""
    kept = takewhile(lambda s: s.phase is not Phase.CONTRACT or not irreversible(s), plan.steps)
    last = min(len(list(kept)), len(plan.steps) - 1)
    some = takewhile(lambda n: n < last, events(server, "abort", plan.digest, full=full))
    return [*some, last]


class _Stop:
    """An observer that asks for an end after so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self, event: Event, /) -> None:
        self.left -= event.moment is Moment.STEP_DONE

    def over(self) -> bool:
        """Whether nothing more is to begin."""
        return self.left <= 0


def _taken_back(target: Target, plan: Plan, steps: int, start: Dump) -> None:
    stop = _Stop(steps)
    given: Plan | None = plan
    for phase in Phase:
        try:
            run(target, given, phase, database.SETTINGS, stop, stop=stop.over, ask=count)
        except Interrupted:
            break
        given = None
    back = Session(Config(), target, Journal.open(target)).way_back(Policy())
    if any(NARROWER in refusal.reason for refusal in back.refusals):
        return
    assert back.refusals == ()
    for phase in Phase:
        run(target, back if phase is Phase.EXPAND else None, phase, BACK, silent, ask=count)
    assert list(_wrong(start, dump(target), back)) == []
    assert Journal.open(target).plan is None


def _wrong(start: Dump, end: Dump, back: Plan) -> Iterator[str]:
    """What is not as it was, a line each, but for what the plan says it leaves."""
    was, now = database.normal(start.schema), database.normal(end.schema)
    for table in was.tables:
        if now.table(table.name) != table:
            yield f"{table} is {now.table(table.name)}"
    yield from (f"left over: {t.name}" for t in now.tables if was.table(t.name) is None)
    for name, (columns, rows) in start.rows.items():
        stay = {
            c for c in columns if any(n.startswith(f"{name}.{c}: the values") for n in back.notes)
        }
        if _without(columns, rows, stay) != _without(*end.rows[name], stay):
            yield f"{name}: {rows} are {end.rows[name][1]}"


def _without(columns: tuple[str, ...], rows: tuple[Values, ...], stay: set[str]) -> list[Values]:
    """By name: a computed column that contract had dropped comes back as the last one."""
    kept = sorted((column, n) for n, column in enumerate(columns) if column not in stay)
    return sorted((tuple(row[n] for _, n in kept) for row in rows), key=repr)
