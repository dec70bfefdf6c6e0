"""Check results in the bordered table that users of oslo.upgradecheck know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from falsework.checks import CheckResult, Finding, Result
from falsework.report.words import PAGE, WIDTH, Ink, Page, duration, number, wrapped

TITLE = "Upgrade Check Results"
WORDS = {
    Result.PASSED: "Success",
    Result.WARNING: "Warning",
    Result.FAILED: "Failure",
    Result.SKIPPED: "Skipped",
    Result.ERROR: "Error",
}
KINDS = {Result.PASSED: "good", Result.SKIPPED: "faint", Result.WARNING: "warn"}
"""Colours; what is not here is bad."""

NOTHING = "No check applies: no step that is left depends on rows."


def checks_text(results: Sequence[CheckResult], *, database: str, page: Page = PAGE) -> str:
    """The table with one cell a check, and below it one line that sums up."""
    if not results:
        return f"{NOTHING}\n"
    inner = min(page.width, WIDTH) - 4
    cells = [_cell(result, inner) for result in results]
    room = max(cell_len(line) for cell in ((TITLE,), *cells) for line in cell)
    rule = f"+{'-' * (room + 2)}+"
    lines = [rule, _row(TITLE, room, page.ink, "head"), rule]
    for result, cell in zip(results, cells, strict=True):
        kind = KINDS.get(result.result, "bad")
        lines += [
            _row(line, room, page.ink, kind if line.startswith("Result:") else "") for line in cell
        ]
        lines.append(rule)
    total = wrapped(f"{database}: {_sum(results)}", first="", rest="  ", width=page.width)
    return "\n".join([*lines, *total]) + "\n"


def _row(line: str, room: int, ink: Ink, kind: str) -> str:
    text = line + " " * (room - cell_len(line))
    return f"| {ink(text, kind) if kind else text} |"


def _cell(result: CheckResult, width: int) -> tuple[str, ...]:
    question = result.question
    subject = f".{question.subject}" if question.subject else ""
    name = f"{result.check.code} {result.check.title}: {question.table}{subject}"
    lines = [
        *wrapped(name, first="Check: ", rest="  ", width=width),
        f"Result: {WORDS[result.result]}",
    ]
    details = list(_details(result))
    for first, text in zip(["Details: ", *["  "] * len(details)], details, strict=False):
        lines += wrapped(text, first=first, rest="  ", width=width)
    return tuple(lines)


def _details(result: CheckResult) -> Iterator[str]:
    question, finding = result.question, result.finding
    if finding is None:
        yield result.reason or "None"
        if result.result is Result.ERROR:
            yield f"Not counted, so db-{question.phase} may fail: {result.check.effect}"
        return
    if not finding.count:
        yield f"None ({duration(result.seconds)})"
        return
    yield f"{found(finding.count, question.text)} ({duration(result.seconds)})"
    yield sample(finding)
    yield f"{result.check.effect} {question.remedy or result.check.remedy}"


SINGULAR = {"rows": "row", "groups": "group"}
VERBS = {"hold": "holds", "go": "goes", "break": "breaks", "refer": "refers", "are": "is"}


def found(count: int, text: str) -> str:
    """A question's text with its number: ``2 rows hold NULL``, ``1 row holds NULL``."""
    if count != 1:
        return f"{number(count)} {text}"
    words = text.split(" ")
    words[0] = SINGULAR.get(words[0], words[0])
    verb = next((i for i, word in enumerate(words) if word in VERBS), None)
    if verb is not None:
        words[verb] = VERBS[words[verb]]
    return f"1 {' '.join(words)}"


def sample(finding: Finding) -> str:
    """The keys of a few rows."""
    names = ", ".join(finding.columns)
    keys = ", ".join(key[0] if len(key) == 1 else f"({', '.join(key)})" for key in finding.sample)
    more = ", ..." if finding.count > len(finding.sample) else ""
    return f"{names}: {keys}{more}"


def _sum(results: Sequence[CheckResult]) -> str:
    counts = {kind: sum(r.result is kind for r in results) for kind in Result}
    words = {
        Result.PASSED: "passed",
        Result.WARNING: "to know of",
        Result.FAILED: "failed",
        Result.SKIPPED: "skipped",
        Result.ERROR: "could not be asked",
    }
    parts = [f"{count} {words[kind]}" for kind, count in counts.items() if count]
    return f"{', '.join(parts)}."
