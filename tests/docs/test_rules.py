"""``docs/rules.md`` is true: what is reported by it is, and what never happens does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlalchemy.dialects import mysql

from falsework.expand_contract.planner import make_plan
from falsework.model.edits import DropColumn, DropTable, SetNullable, ValidateCheck
from falsework.model.plan import Cause, Phase, Plan, Statement, Step
from falsework.model.schema import TableName
from falsework.report.sarif import RULES, results
from tests.cases import all_cases, case
from tests.expand_contract import paper
from tests.servers.run import ROOT

PAGE = (ROOT / "docs" / "rules.md").read_text()
ROW = re.compile(r"\| (?P<rules>[LCPD]\d[^|]*) \| [^|]+ \| (?P<here>[^|]+) \|(?P<word>[^|]*)\|")
MANY = 10_000_000


def _models(column: Column[object]) -> MetaData:
    metadata = MetaData()
    Table("hosts", metadata, Column("id", Integer, primary_key=True), column)
    return metadata


def _column(old: Column[object], new: Column[object]) -> Callable[[str], Plan]:
    return lambda engine: paper.plan(_models(old), _models(new), engine, rows=MANY)


def _added(column: Column[object]) -> Callable[[str], Plan]:
    a = MetaData()
    Table("hosts", a, Column("id", Integer, primary_key=True))
    return lambda engine: paper.plan(a, _models(column), engine, rows=MANY)


def _case(name: str) -> Callable[[str], Plan]:
    def made(engine: str) -> Plan:
        found = case(name)
        upgrade = paper.upgrade(found.a, found.b, engine, rows=MANY, owned=found.adopted)
        return make_plan(upgrade, paper.SCHEMAS[engine])

    return made


EXAMPLES: dict[str, tuple[str, str, Callable[[str], Plan]]] = {
    "L8": ("mysql", "waits-too-long", _case("check_added")),
    "L11": ("postgresql", "no-way", _case("primary_key_changed")),
    "L12": ("postgresql", "waits-too-long", _case("exclusion_added")),
    "L18": (
        "postgresql",
        "waits-too-long",
        _added(Column("n", Integer, Computed("id + 1", persisted=True))),
    ),
    "L19": ("postgresql", "no-way", _added(Column("n", Integer, Identity()))),
    "L20": ("postgresql", "type-change", _case("type_converted")),
    "L21": ("postgresql", "re-prepare", _case("type_widened")),
    "L22": (
        "mysql",
        "waits-too-long",
        _column(Column("name", String(20)), Column("name", String(200))),
    ),
    "L24": (
        "mysql",
        "waits-too-long",
        _column(Column("e", mysql.ENUM("a", "b")), Column("e", mysql.ENUM("b", "a"))),
    ),
    "L25": (
        "mysql",
        "waits-too-long",
        _column(Column("s", mysql.SET("a", "b")), Column("s", mysql.SET("a"))),
    ),
    "L26": (
        "mysql",
        "waits-too-long",
        _column(Column("n", Integer), Column("n", BigInteger)),
    ),
    "L28": ("mysql", "index-gone", _case("index_dropped")),
    "L34": ("postgresql", "index-gone", _case("index_dropped")),
    "L39": ("sqlite", "waits-too-long", _case("not_null_added")),
    "C4": ("postgresql", "data-loss", _case("column_dropped")),
    "C5": ("postgresql", "data-loss", _case("table_dropped")),
    "C6": ("postgresql", "no-value", _case("column_added_no_fill")),
    "C7": ("postgresql", "reads-null", _case("not_null_removed")),
    "C8": ("postgresql", "not-yet", _case("unique_added")),
    "C9": ("postgresql", "not-yet", _case("not_null_added")),
    "C10": ("postgresql", "breaks-a-release", _case("foreign_key_dropped_cascading")),
    "P5": ("postgresql", "no-way", _added(Column("n" * 70, Integer))),
    "D1": ("postgresql", "no-key", _case("column_added_no_key")),
    "D4": (
        "postgresql",
        "left-alone",
        _column(Column("up", Integer), Column("up", Integer, ForeignKey("hosts.id"))),
    ),
}
"""An upgrade for each rule that is reported: the engine, the word, the plan."""


def _told() -> set[str]:
    """Every rule on the page; ``L35 to L38`` and ``D2, D3`` are several."""
    found: set[str] = set()
    for row in ROW.finditer(PAGE):
        numbers = [int(n) for n in re.findall(r"\d+", row["rules"])]
        between = range(numbers[0], numbers[-1] + 1) if " to " in row["rules"] else numbers
        found |= {f"{row['rules'][0]}{n}" for n in between}
    return found


def test_every_rule_is_on_the_page_once() -> None:
    """One that is missing was forgotten; C10 has two dangers in it."""
    numbers = {"L": 39, "C": 15, "P": 5, "D": 5}
    wanted = [f"{letter}{n}" for letter, last in numbers.items() for n in range(1, last + 1)]

    assert sorted(_told()) == sorted(wanted)


def test_the_words_are_those_of_the_report() -> None:
    """Every refusal is explained as the program explains it, and no other word is used."""
    for cause in Cause:
        assert f"| `{cause}` | {cause.text} |" in PAGE
    words = {w for row in ROW.finditer(PAGE) for w in re.findall(r"`([a-z-]+)`", row["word"])}
    assert words <= {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_is_said_to_be_reported_is(rule: str) -> None:
    """The example's plan is reported under the word."""
    engine, word, made = EXAMPLES[rule]

    assert word in {result.rule for result in results(made(engine))}
    assert f"`{word}`" in "".join(r["word"] for r in ROW.finditer(PAGE) if r["rules"] == rule)


def test_every_reported_rule_has_an_example() -> None:
    """Otherwise the page would be hope."""
    said = {r["rules"] for r in ROW.finditer(PAGE) if r["word"].strip()}

    assert said - EXAMPLES.keys() == {"C14"}  # what stands beside the models: tests/engines


Broken = Iterator[str]


def _plans(engine: str) -> Iterator[Plan]:
    """The plan of each scenario over large tables, with every wait allowed."""
    for found in all_cases():
        yield make_plan(paper.of(found, engine, rows=MANY), paper.SCHEMAS[engine])


def _sql(plan: Plan) -> Iterator[tuple[Step, str]]:
    """Each statement on a table that was there before."""
    for step in plan.steps:
        if isinstance(step.work, Statement) and plan.before.table(step.table) is not None:
            yield from ((step, sql) for sql in step.work.sql)


def _indexes(plan: Plan) -> Broken:
    """L1, L2, L3: built and dropped concurrently, outside of transactions."""
    for step, sql in _sql(plan):
        alone = isinstance(step.work, Statement) and not step.work.transaction
        index = re.match(r"(CREATE (UNIQUE )?|DROP )INDEX", sql)
        if index and not (alone and "CONCURRENTLY" in sql):
            yield sql


def _validation(plan: Plan) -> Broken:
    """L6, L7, L9: nothing is added validated, and a validation is alone in its step."""
    for step, sql in _sql(plan):
        if re.search(r"ADD CONSTRAINT \S+ (CHECK|FOREIGN KEY)", sql) and not sql.endswith(
            "NOT VALID"
        ):
            yield sql
        if (
            "VALIDATE CONSTRAINT" in sql
            and isinstance(step.work, Statement)
            and len(step.work.sql) > 1
        ):
            yield sql


def _unique(plan: Plan) -> Broken:
    """L10: a constraint takes over an index."""
    yield from (s for _, s in _sql(plan) if re.search(r"ADD CONSTRAINT .* UNIQUE \(", s))


def _not_null(plan: Plan) -> Broken:
    """L13: a check that is validated proves it."""
    proven: set[TableName] = set()
    for step in plan.steps:
        for edit in step.effect:
            if isinstance(edit, ValidateCheck):
                proven.add(edit.table)
            if isinstance(edit, SetNullable) and not edit.nullable and edit.table not in proven:
                yield step.id


def _volatile(plan: Plan) -> Broken:
    """L16, L17: no column is added with a default that differs from row to row."""
    volatile = re.compile(r"ADD COLUMN .*DEFAULT.*(random|uuid|nextval|clock)", re.IGNORECASE)
    yield from (s for _, s in _sql(plan) if volatile.search(s))


def _said(plan: Plan) -> Broken:
    """L26: the server is told how, so that it refuses what it cannot do so."""
    for _, sql in _sql(plan):
        if sql.startswith("ALTER TABLE") and "ALGORITHM=" not in sql:
            yield sql


def _merged(plan: Plan) -> Broken:
    """L27: a table is written anew once in a phase, drops aside."""
    seen: set[tuple[Phase, str]] = set()
    for step, sql in _sql(plan):
        key = (step.phase, str(step.table))
        if step.work_note.startswith("writes every row") and "COPY" in sql:
            if key in seen:
                yield sql
            seen.add(key)


def _drops(plan: Plan) -> Broken:
    """C4, C5: what goes, goes in contract."""
    for step in plan.steps:
        gone = any(isinstance(edit, DropTable | DropColumn) for edit in step.effect)
        if gone and step.phase is not Phase.CONTRACT:
            yield step.id


NEVER: dict[str, tuple[tuple[str, ...], Callable[[Plan], Broken]]] = {
    "L1 L2 L3": (("postgresql",), _indexes),
    "L6 L7 L9": (("postgresql",), _validation),
    "L10": (("postgresql",), _unique),
    "L13": (("postgresql",), _not_null),
    "L16 L17": (("postgresql", "mysql", "mariadb"), _volatile),
    "L26": (("mysql", "mariadb"), _said),
    "L27": (("mysql", "mariadb"), _merged),
    "C4 C5": (("postgresql", "mysql", "mariadb"), _drops),
}
"""What no plan of any scenario does, by rule: the engines, and what finds it."""


@pytest.mark.parametrize("rules", NEVER)
def test_what_is_said_never_to_happen_does_not(rules: str) -> None:
    """Over large tables, where the safe form is the long one."""
    engines, find = NEVER[rules]

    assert [sql for e in engines for plan in _plans(e) for sql in find(plan)] == []
