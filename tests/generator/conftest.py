"""What the generated tests have in common."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RUN, started
from tests.generator.rotation import Scenario, rotation, scenarios, upgrades
from tests.generator.summary import ROTATION

CHOICES = {"scenario": scenarios, "upgrade": upgrades}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a scenario is there on the servers on which it is this run's turn."""
    for name in CHOICES.keys() & set(metafunc.fixturenames):
        found = CHOICES[name](metafunc.definition.name, metafunc.config)
        ids = [f"{server}-{case}" for server, case in found]
        metafunc.parametrize(name, found, indirect=True, ids=ids)


@pytest.fixture
def scenario(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Scenario:
    """Each scenario on each server, as far as it is this run's turn."""
    name, case = request.param
    return Scenario(started(lambda: pytestconfig.stash[RUN].server(name)), case)


@pytest.fixture
def upgrade(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Scenario:
    """The same, of those that go through."""
    name, case = request.param
    return Scenario(started(lambda: pytestconfig.stash[RUN].server(name)), case)


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """Note a number for the summary at the end of the run."""
    record_property(ROTATION, rotation())
    return record_property
