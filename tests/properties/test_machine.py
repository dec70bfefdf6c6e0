"""Random interleavings of A, B, steps, crashes and resumes, each to its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.machine import Upgrading
from tests.properties.test_upgrades import OTHERS, SLOW, trials
from tests.servers import Server


def machine(server: Server, *, examples: int, steps: int) -> None:
    """Draw so many stories of so many turns."""

    class Here(Upgrading):
        pass

    Here.server, Here.trials = server, trials(server.engine)
    rules = settings(
        max_examples=examples,
        stateful_step_count=steps,
        suppress_health_check=(*SLOW, HealthCheck.differing_executors),
        deadline=None,
    )
    run_state_machine_as_test(Here, settings=rules)


@pytest.mark.timeout(3600)
def test_any_order_of_work_steps_and_crashes_ends_well(
    sqlite: Server, pytestconfig: pytest.Config
) -> None:
    """Nothing is lost, both releases see everything, the journal goes forward, the end is B's."""
    full = bool(pytestconfig.getoption("--full"))
    machine(sqlite, examples=300 if full else 12, steps=15 if full else 10)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", OTHERS)
def test_the_same_where_forms_outlive_transactions(
    name: str, newest: Callable[[str], Server], pytestconfig: pytest.Config
) -> None:
    """Where index builds, or all of DDL, are committed by themselves."""
    full = bool(pytestconfig.getoption("--full"))
    machine(newest(name), examples=60 if full else 2, steps=12 if full else 8)
