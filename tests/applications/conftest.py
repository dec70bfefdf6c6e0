"""Which applications are installed here, and which servers they run on."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.util import find_spec

import pytest

from tests.applications.application import Application

NAMES = tuple(name for name in ("keystone", "optuna", "quetz") if find_spec(name))

collect_ignore = [] if NAMES else ["test_applications.py"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "application" in metafunc.fixturenames:
        metafunc.parametrize("application", NAMES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def application(request: pytest.FixtureRequest) -> Application:
    """Each application that is installed; what it warns of is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Application = import_module(f"tests.applications.{request.param}").APPLICATION
    return found
