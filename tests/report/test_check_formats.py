"""Check results for other programs: JUnit XML, SARIF, GitHub's annotations."""

import json
from xml.etree import ElementTree as ET

from msgspec.structs import replace

from falsework.checks import CHECKS, CheckResult, Finding, Result
from falsework.model.remark import Remark
from falsework.model.schema import TableName
from falsework.report.annotations import annotations_text
from falsework.report.junit import junit_text
from falsework.report.sarif_checks import sarif_text
from tests.report.test_checks import KEYS, QUESTION, RESULTS, answer

EVIL = '\x00\x1b[31m]]><&"\n::error::x%0A'


def test_junit() -> None:
    """A test a result, counted as JUnit counts; a warning is a test that passed and says so."""
    suite = ET.fromstring(junit_text(RESULTS, "db1/nova"))[0]  # noqa: S314 - our own
    kinds = [r.result for r in RESULTS]
    assert suite.get("tests") == str(len(RESULTS))
    assert suite.get("failures") == str(kinds.count(Result.FAILED))
    assert suite.get("errors") == str(kinds.count(Result.ERROR))
    assert suite.get("skipped") == str(kinds.count(Result.SKIPPED))
    cases = dict(zip(RESULTS, suite, strict=True))
    for result, case in cases.items():
        tags = [part.tag for part in case]
        expected = {
            Result.PASSED: [],
            Result.WARNING: ["system-out"],
            Result.FAILED: ["failure"],
            Result.SKIPPED: ["skipped"],
            Result.ERROR: ["error"],
        }
        assert tags == expected[result.result], result
    assert suite[1][0].text is not None
    assert suite[1][0].text.startswith("12 345 rows hold NULL in uuid")


def test_sarif() -> None:
    """A rule a check; a result for each remark, and for each question that is not well answered."""
    (run,) = json.loads(sarif_text(RESULTS, CHECKS, "app/models.py"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [c.code for c in CHECKS]
    found = [(r["ruleId"], r["level"]) for r in run["results"]]
    assert found.count(("FW001", "error")) == 2
    assert found.count(("FW001", "warning")) == 1
    assert found.count(("FW105", "warning")) == 7
    assert found.count(("FW105", "error")) == 1
    assert len(found) == 11
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_github() -> None:
    """A line for each that is not good, all of it in that line."""
    lines = annotations_text(RESULTS, "app/models.py").splitlines()
    assert [line.partition(" ")[0] for line in lines] == [
        "::warning",
        "::error",
        "::error",
        "::warning",
        "::error",
    ]
    assert "title=FW001 NULL where NOT NULL is to come%3A public.instances.uuid::12 345" in lines[0]


def test_names_that_would_break_out() -> None:
    """No name ends an element, a line or a command."""
    question = replace(QUESTION, table=TableName("s", EVIL), subject=EVIL)
    finding = Finding(9, (EVIL,), ((EVIL,),))
    results = (
        answer(Result.FAILED, 1.0, finding, question=question),
        CheckResult(KEYS, Result.WARNING, remarks=(Remark(EVIL, EVIL, EVIL),)),
        CheckResult(KEYS, Result.ERROR, reason=EVIL),
    )
    assert len(ET.fromstring(junit_text(results, EVIL))[0]) == 3  # noqa: S314 - our own
    assert len(json.loads(sarif_text(results, CHECKS, "x"))["runs"][0]["results"]) == 3
    lines = annotations_text(results, EVIL).splitlines()
    assert len(lines) == 3
    assert all("\x1b" not in line and "%250A" in line for line in lines)
