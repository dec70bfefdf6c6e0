"""A and B go on working between all steps: nothing is lost, and each sees what the other wrote."""

from __future__ import annotations

import pytest

from tests.cases import all_cases
from tests.cases.model import Case, Succeeds
from tests.generator import database
from tests.generator.at_work import AtWork
from tests.generator.dump import read_rows
from tests.generator.history import problems
from tests.generator.predictor import predict, unexpected
from tests.generator.rotation import covers, rotated, seed
from tests.servers import Server


@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", rotated(all_cases()), ids=str)
def test_both_releases_commit_between_all_steps(
    server: Server, case: Case, pytestconfig: pytest.Config
) -> None:
    """Inserts, updates and deletes before, between and after the steps; all are in the end."""
    if not isinstance(case.expected(server.engine), Succeeds):
        pytest.skip("it does not go through")
    if not covers(server, ("at work", case.name), pytestconfig):
        pytest.skip("not this run's turn; --full runs all")
    with server.fresh() as url:
        database.make(url, case)
        with database.opened(url) as target:
            rows = read_rows(target, case.a)
            policy = database.policy(target, case, online=True)
            plan = database.plan(target, case.b, policy)
            work = AtWork(case, url, rows, seed=seed(pytestconfig))
            database.upgrade(target, plan, work, before=work.begin, after=work.over)

            expected = predict(case.a, case.b, rows, work.log)
            assert unexpected(expected, read_rows(target, case.b), case.b) == []
            assert problems(target, plan) == []
