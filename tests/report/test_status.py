"""Where a database stands, in words and as an exit code."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from falsework.migrate import Entry, Journal, Progress, State
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema
from falsework.report.status import standing, status_body, status_text
from tests.report.plans import CREATE, FILL, INDEX, PLAN, REFUSALS, undated

NOW = datetime(2014, 9, 30, 3, 0, 1, 999, tzinfo=UTC)
NONE = replace(PLAN, steps=())
EXPANDED = frozenset({Phase.EXPAND})


def under_way(*states: tuple[str, State], finished: frozenset[Phase] = frozenset()) -> Journal:
    history = (
        Entry(NOW, "", None, State.PLAN_STORED, None, None, None, ""),
        *(Entry(NOW, s, Phase.EXPAND, state, 1.0, None, None, "StepFailed") for s, state in states),
    )
    return Journal(plan=PLAN, states=states, finished=finished, history=history)


@pytest.mark.parametrize(
    ("journal", "pending", "expected"),
    [
        (Journal(), NONE, ("up to date", 0)),
        (Journal(), PLAN, ("expand", 2)),
        (Journal(), replace(NONE, refusals=REFUSALS), ("expand", 2)),
        (Journal(), None, ("unknown", 1)),
        (under_way(), None, ("expand", 2)),
        (under_way(finished=EXPANDED), None, ("migrate", 3)),
        (under_way(finished=EXPANDED | {Phase.MIGRATE}), None, ("contract", 4)),
        (under_way((INDEX.id, State.FAILED)), None, ("broken", 1)),
        (under_way((INDEX.id, State.DONE)), None, ("expand", 2)),
    ],
)
def test_standing(journal: Journal, pending: Plan | None, expected: tuple[str, int]) -> None:
    """As keystone-manage answers: 0 up to date, 2, 3, 4 the phase that is due, 1 broken."""
    assert standing(journal, pending) == expected
    assert status_body(journal, pending)["standing"] == expected[0]


def test_a_plan_under_way(golden: Callable[[Path, str], None]) -> None:
    """The phase that is due, what is done of each, the fills, who is at work, what failed."""
    journal = dataclasses.replace(
        under_way((CREATE.id, State.DONE), (INDEX.id, State.FAILED)),
        progress=(Progress(FILL.id, 1_234_567, finished=False, updated=NOW),),
        release="juno",
        runner="me@host pid 7",
    )
    text = status_text(journal, None, database="db1/nova")
    golden(Path(__file__).parent / "status.txt", undated(PLAN, text))


@pytest.mark.parametrize(
    ("pending", "words"),
    [
        (NONE, "the database has what they ask for"),
        (PLAN, "5 steps to run: see db-plan"),
        (replace(NONE, refusals=REFUSALS[:1]), "1 change refused"),
        (None, "none named"),
    ],
)
def test_no_plan_under_way(pending: Plan | None, words: str) -> None:
    """What the models still ask for, where they were named."""
    text = status_text(Journal(), pending, database="x")
    assert "none under way" in text
    assert words in text
    assert "db-adopt" in text
    assert "db-adopt" not in status_text(Journal(owned=Schema()), pending, database="x")
