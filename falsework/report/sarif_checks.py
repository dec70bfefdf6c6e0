"""Check results as SARIF 2.1.0: a rule a check, a result for each finding that is not good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from falsework.checks import Answer, Check, CheckResult, Result
from falsework.report import sarif
from falsework.report.checks import about, details, remark_line

LEVELS = {Result.FAILED: "error", Result.ERROR: "error", Result.WARNING: "warning"}


def sarif_text(results: Sequence[CheckResult], checks: Sequence[Check], models: str) -> str:
    """The log, ending in a newline; ``models`` is the file that holds the models, as a URI."""
    rules = [sarif.Rule(c.code, c.title, "warning", f"{c.effect} {c.remedy}") for c in checks]
    return sarif.log_text(rules, _results(results), models)


def _results(results: Sequence[CheckResult]) -> Iterator[sarif.Result]:
    for result in results:
        level, code = LEVELS.get(result.result), result.check.code
        if level is None:
            continue
        if isinstance(result, Answer) or not result.remarks:
            subject = about(result) if isinstance(result, Answer) else result.check.title
            yield sarif.Result(code, level, subject, " ".join(details(result)))
        for remark in result.remarks:
            level = "error" if remark.stops else "warning"
            yield sarif.Result(code, level, remark.subject or code, remark_line(remark))
