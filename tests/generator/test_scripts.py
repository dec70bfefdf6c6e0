"""What ``db-plan --sql`` writes, run by each server's own client: the same as the phases do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from falsework.engines.connect import Target
from falsework.errors import CheckFailed
from falsework.model.plan import Plan
from falsework.report.plan import Standing
from falsework.report.script import script_text
from tests.cases.model import Case
from tests.generator.cells import known
from tests.generator.database import make, opened, plan, policy, upgrade
from tests.generator.dump import Dump, different, dump, read_rows
from tests.generator.predictor import Expected, predict, unexpected
from tests.generator.rotation import Scenario


@pytest.mark.timeout(600)
def test_a_script_leaves_what_the_phases_leave(scenario: Scenario) -> None:
    """The schema, every object's name and every row; and it fails where they stop.

    Twice where tables that are not small are upgraded in another form: in either form.
    """
    server, case = scenario
    with server.fresh() as url:
        make(url, case)
        with opened(url) as target:
            expected = predict(case.a, case.b, read_rows(target, case.a))
            plans = {p.digest: p for p in _plans(target, case)}
        with server.fresh(url) as begun:
            for made in plans.values():
                _as_the_phases(scenario, made, expected, url, begun)


def _plans(target: Target, case: Case) -> Iterator[Plan]:
    for online in (False, True):
        yield plan(target, case.b, policy(target, case, online=online))


def _as_the_phases(
    scenario: Scenario, made: Plan, expected: Expected, url: str, begun: str
) -> None:
    """Hold the script against the phases; ``begun`` is a copy of the database to begin with."""
    server, case = scenario
    with server.fresh(begun, at=url), opened(url) as target:
        script = script_text(made, Standing("a database"), target.driver.script)
        if made.refusals:
            assert all(line.startswith("-- ") for line in script.splitlines())
            return
        told = server.tell(url, script)
        left, rows = dump(target), {} if told.returncode else read_rows(target, case.b)
    with server.fresh(begun, at=url), opened(url) as target:
        ran = _run(target, made)
    if ran is None:
        assert told.returncode, script
        return
    assert not told.returncode, told.stderr + script
    assert unexpected(expected, rows, case.b) == []
    assert different(ran, left, _loose(expected)) == []


def _run(target: Target, made: Plan) -> Dump | None:
    """What the phases leave; None where a gate stops them."""
    try:
        upgrade(target, made)
    except CheckFailed:
        return None
    return dump(target)


def _loose(expected: Expected) -> frozenset[tuple[str, str]]:
    """Columns that hold other values each time."""
    return frozenset(
        (table, column)
        for table, rows in expected.items()
        for row in rows
        for column, cell in row.items()
        if not known(cell)
    )
