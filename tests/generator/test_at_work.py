"""A and B go on working between all steps: nothing is lost, and each sees what the other wrote."""

from __future__ import annotations

import pytest

from tests.generator import database
from tests.generator.at_work import AtWork
from tests.generator.dump import read_rows
from tests.generator.history import problems
from tests.generator.predictor import predict, unexpected
from tests.generator.rotation import Scenario, seed


@pytest.mark.timeout(600)
def test_both_releases_commit_between_all_steps(
    upgrade: Scenario, pytestconfig: pytest.Config
) -> None:
    """Inserts, updates and deletes before, between and after the steps; all are in the end."""
    server, case = upgrade
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
