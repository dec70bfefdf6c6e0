"""Random pairs of small schemas with random rows: what holds for every one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.properties.changes import later
from tests.properties.layouts import everywhere, layouts
from tests.properties.rows import rows
from tests.properties.trials import Ending, Trial, tried
from tests.servers import Server

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


OTHERS = {"postgresql": 8, "mysql": 4, "mariadb1011": 3, "mariadb118": 3}
"""How many examples a server besides SQLite has time for in each run."""


@st.composite
def trials(draw: st.DrawFn, engine: str = "sqlite") -> Trial:
    """A release, the one after it, and rows; ``create_all`` can make both on the engine."""
    old = draw(layouts())
    new = draw(later(old))
    assume(engine in ("sqlite", "postgresql") or (everywhere(old) and everywhere(new)))
    return Trial(old, new, draw(rows(old)))


def examples(
    test: Callable[..., None], config: pytest.Config, *, few: int, many: int
) -> Callable[[], None]:
    """The test with as many examples as there is time for."""
    number = many if config.getoption("--full") else few
    ready: Callable[[], None] = settings(
        max_examples=number, suppress_health_check=SLOW, deadline=None
    )(test)
    return ready


def said(ending: Ending) -> str:
    """What came of it, for Hypothesis' statistics."""
    if ending.refusals:
        return "refused"
    return "stopped" if ending.stopped else "done"


@pytest.mark.timeout(1800)
def test_an_upgrade_is_refused_or_ends_as_predicted(
    sqlite: Server, pytestconfig: pytest.Config
) -> None:
    """The schema is B's, rows are as predicted, nothing is left to do; or a gate saw why not."""

    @given(trials())
    def hold(trial: Trial) -> None:
        event(said(tried(sqlite, trial, online=False)))

    examples(hold, pytestconfig, few=25, many=1000)()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", OTHERS)
def test_engines_agree_or_refuse(
    sqlite: Server, name: str, newest: Callable[[str], Server], pytestconfig: pytest.Config
) -> None:
    """Where neither refuses, both stop or both end with the same rows."""
    server = newest(name)

    @given(trials(server.engine), st.booleans())
    def hold(trial: Trial, online: bool) -> None:
        one = tried(sqlite, trial, online=online)
        other = tried(server, trial, online=online)
        event(f"sqlite {said(one)}, {name} {said(other)}")
        if not one.refusals and not other.refusals:
            assert one.stopped == other.stopped

    examples(hold, pytestconfig, few=OTHERS[name], many=300)()
