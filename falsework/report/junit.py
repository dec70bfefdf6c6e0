"""Check results as JUnit XML, which CI systems show as tests.

It knows no warnings: what only warns has passed, with its text as output.
Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from falsework.checks import CheckResult, Result
from falsework.report.checks import details, heading
from falsework.report.words import on_terminal

KINDS = {Result.FAILED: "failure", Result.ERROR: "error", Result.SKIPPED: "skipped"}
COUNTED = {"failures": Result.FAILED, "errors": Result.ERROR, "skipped": Result.SKIPPED}


def junit_text(results: Sequence[CheckResult], database: str) -> str:
    """One suite with a test for each result, ending in a newline."""
    suites = Element("testsuites", name="falsework")
    suite = SubElement(
        suites,
        "testsuite",
        name=on_terminal(f"db-check {database}"),
        tests=str(len(results)),
        time=f"{sum(r.seconds for r in results):.3f}",
    )
    for name, kind in COUNTED.items():
        suite.set(name, str(sum(r.result is kind for r in results)))
    for result in results:
        _case(suite, result)
    indent(suites)
    return f"{tostring(suites, encoding='unicode', xml_declaration=True)}\n"


def _case(suite: Element, result: CheckResult) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=on_terminal(f"falsework.{result.check.code}"),
        name=on_terminal(heading(result)),
        time=f"{result.seconds:.3f}",
    )
    told = on_terminal("\n".join(details(result)))
    kind = KINDS.get(result.result)
    if kind is not None:
        part = SubElement(case, kind, message=told.partition("\n")[0])
        part.text = told
    elif told:
        SubElement(case, "system-out").text = told
