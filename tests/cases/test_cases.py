"""Every scenario's plan: as it is meant to end, and word for word as an operator reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from falsework.expand_contract.changes import CHANGES
from falsework.expand_contract.diff import changes
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.engine import Server as EngineAt
from falsework.model.frozen import encode
from falsework.model.intent import Declared
from falsework.model.plan import Plan
from falsework.model.schema import Schema
from falsework.report.plan import Standing, plan_text
from falsework.report.words import Page
from tests.cases import FOLDER, all_cases
from tests.cases.model import Case, Refused, Stopped
from tests.expand_contract.dialects import DIALECTS
from tests.expand_contract.law import ground
from tests.expand_contract.paper import ENGINES, of
from tests.servers import Server

T = TypeVar("T")

ROWS = 20_000  # in every table: enough that the planner has to choose

VERSIONS = {
    "sqlite": (3, 40, 1),
    "postgresql": (18, 0),
    "mysql": (9, 7, 0),
    "mariadb": (11, 8, 0),
}
"""The versions that the plans in files are for, whatever server runs here."""

SCHEMAS = {"sqlite": "main", "postgresql": "public"}
"""Where a schema is a database, it has another name in each run, and in the files this one: app."""

WIDE = Page(width=100, full=True)


def upgrade_of(case: Case, url: str, rows: int = ROWS) -> Upgrade:
    """What the case's plan depends on, on an engine of a fixed version."""
    with ground(case, url, rows=False) as found:
        engine, schema = found.target.server.engine, found.target.schema
        upgrade = found.upgrade
    named = schema_of(engine.name)
    old = _renamed(upgrade.old, Schema, schema, named)
    return replace(
        upgrade,
        server=EngineAt(engine, VERSIONS[engine.name]),
        old=old,
        new=_renamed(upgrade.new, Declared, schema, named),
        owned=_renamed(upgrade.owned, Schema | None, schema, named),
        rows={t.name: rows for t in old.tables},
        policy=case.policy(named),
    )


def schema_of(engine: str) -> str:
    """The schema that the models' tables are in, in the files."""
    return SCHEMAS.get(engine, "app")


def _renamed(value: T, type: object, old: str, new: str) -> T:
    """The same with the schema under another name, wherever it is said."""
    found: T = msgspec.json.decode(encode(value).decode().replace(old, new), type=type)
    return found


@pytest.fixture(params=list(VERSIONS))
def url(request: pytest.FixtureRequest, newest: Callable[[str], Server]) -> Iterator[str]:
    """A fresh database on each engine in turn."""
    with newest(request.param).fresh() as url:
        yield url


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_plans_are_as_meant(case: Case, url: str, golden: Callable[[Path, str], None]) -> None:
    """A plan is refused for the very reason that the case names, or not at all."""
    upgrade = upgrade_of(case, url)

    plan = make_plan(upgrade, schema_of(upgrade.server.engine.name))

    _is_expected(case, plan)
    budget = upgrade.lock_budget
    text = plan_text(plan, Standing("the database", budget=budget, owned=case.adopted), WIDE)
    golden(FOLDER / case.name / f"plan.{plan.engine}.txt", f"{case.title}\n\n{text}")


def _is_expected(case: Case, plan: Plan) -> None:
    expected = case.expected(plan.engine)
    found = [(r.subject.replace(f"{plan.target}.", ""), r.do) for r in plan.refusals]
    if isinstance(expected, Refused):
        assert len(found) == 1
        assert found[0][0] == expected.subject
        assert expected.do in found[0][1]
        return
    assert found == []
    if isinstance(expected, Stopped):
        asked = [(q.phase, q.kind, q.subject) for q in plan.questions]
        assert (expected.phase, expected.kind, expected.subject) in asked


def test_every_kind_of_change_has_a_case() -> None:
    """A kind without a scenario would be one that no server ever saw."""
    seen = {
        type(change)
        for engine in ENGINES
        for case in (*all_cases(), *DIALECTS.get(engine, ()))
        for change in changes(of(case, engine))
    }

    assert set(CHANGES) - seen == set()


def test_every_folder_is_a_case() -> None:
    """A folder that the loader misses would be a test that nobody runs."""
    folders = {p.name for p in FOLDER.iterdir() if p.is_dir() and not p.name.startswith("__")}

    assert {case.name for case in all_cases()} == folders
    assert all(case.title.endswith(".") for case in all_cases())
