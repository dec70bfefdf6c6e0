"""The table of check results."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from falsework.checks import DERIVED, STANDING, Answer, CheckResult, Finding, Result
from falsework.model.plan import Question
from falsework.model.remark import Remark
from falsework.model.schema import TableName
from falsework.report.checks import NOTHING, checks_text, found
from falsework.report.words import Page
from tests.report.plans import PLAN

NULLS = DERIVED[0]
QUESTION = PLAN.questions[0]
KEYS = next(c for c in STANDING if c.code == "FW105")


def answer(
    result: Result,
    seconds: float = 0.0,
    finding: Finding | None = None,
    reason: str = "",
    question: Question = QUESTION,
) -> Answer:
    return Answer(NULLS, result, seconds, reason, question=question, finding=finding)


RESULTS = (
    answer(Result.PASSED, 1.0, Finding(0)),
    answer(Result.WARNING, 93.0, Finding(12_345, ("id",), (("7",), ("9",)))),
    answer(
        Result.FAILED,
        0.2,
        Finding(2, ("a", "b"), (("1", "x"), ("2", "NULL"))),
        question=replace(QUESTION, remedy=""),
    ),
    answer(Result.SKIPPED, reason="what it reads comes with db-expand"),
    answer(Result.ERROR, 300.0, reason="stopped after 300 s"),
    CheckResult(KEYS, Result.PASSED, 0.01),
    CheckResult(KEYS, Result.SKIPPED, reason="nothing to ask"),
    CheckResult(
        KEYS,
        Result.WARNING,
        0.01,
        remarks=(
            Remark("public.a", "has no primary key", "Use a."),
            *(Remark(f"public.t{n}", "has no primary key") for n in range(6)),
        ),
    ),
    CheckResult(KEYS, Result.ERROR, 300.0, reason="stopped after 300 s"),
)


def test_the_table(golden: Callable[[Path, str], None]) -> None:
    """A cell for each result, as oslo.upgradecheck prints it, and a line that sums up."""
    golden(Path(__file__).parent / "checks.txt", checks_text(RESULTS, database="db1/nova"))


def test_the_whole_table() -> None:
    """On a full page every check has a cell, and every remark a line."""
    text = checks_text(RESULTS, database="db1/nova", page=Page(full=True))
    assert text.count("| Check: ") == len(RESULTS)
    assert "public.t5" in text
    assert "db-check -v" not in text


def test_nothing_to_check() -> None:
    """No empty table."""
    assert checks_text((), database="x") == NOTHING + "\n"


def test_keys_cannot_break_the_table() -> None:
    """Row keys are foreign texts; every line of the table is equally long."""
    evil = "\x1b[31m|\n+--\u202e"
    question = replace(QUESTION, table=TableName("s", evil), subject=evil)
    finding = Finding(9, (evil,), ((evil,),) * 3)
    result = answer(Result.FAILED, 1.0, finding, question=question)
    text = checks_text((result,), database=evil, page=Page(60))
    assert all(c.isprintable() or c == "\n" for c in text)
    table = [line for line in text.splitlines() if line[0] in "+|"]
    assert len({len(line) for line in table}) == 1


@pytest.mark.parametrize(
    ("count", "text", "expected"),
    [
        (2000, "rows hold NULL in a", "2 000 rows hold NULL in a"),
        (1, "rows hold NULL in hold", "1 row holds NULL in hold"),
        (1, "rows go with the table", "1 row goes with the table"),
        (1, "rows refer by (a) to no row of t", "1 row refers by (a) to no row of t"),
        (1, "rows break the check", "1 row breaks the check"),
        (1, "groups of rows are equal in (a)", "1 group of rows is equal in (a)"),
    ],
)
def test_one_and_many(count: int, text: str, expected: str) -> None:
    """One row is no rows."""
    assert found(count, text) == expected
