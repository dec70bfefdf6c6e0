"""Check results in the bordered table that users of oslo.upgradecheck know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from falsework.checks import Answer, CheckResult, Finding, Result
from falsework.model.remark import Remark
from falsework.report.words import PAGE, WIDTH, Ink, Page, duration, number, wrapped

TITLE = "Upgrade Check Results"
WORDS = {
    Result.PASSED: "Success",
    Result.WARNING: "Warning",
    Result.FAILED: "Failure",
    Result.SKIPPED: "Skipped",
    Result.ERROR: "Error",
    Result.WAIVED: "Waived",
}
KINDS = {
    Result.PASSED: "good",
    Result.SKIPPED: "faint",
    Result.WAIVED: "faint",
    Result.WARNING: "warn",
}
"""Colours; what is not here is bad."""

NOTHING = "No check applies: no step that is left depends on rows."
SHOWN = 5
"""Remarks of one check in a text that is not a full one."""


def checks_text(
    results: Sequence[CheckResult], *, database: str, page: Page = PAGE, whole: bool = False
) -> str:
    """The table with one cell a check, and below it one line that sums up.

    ``whole``  whether checks of the database that passed or were skipped have a cell as well; they
               have on a full page
    """
    if not results:
        return f"{NOTHING}\n"
    shown = [r for r in results if whole or page.full or _worth_a_cell(r)]
    inner = min(page.width, WIDTH) - 4
    cells = [_cell(result, inner, full=page.full) for result in shown]
    room = max(cell_len(line) for cell in ((TITLE,), *cells) for line in cell)
    rule = f"+{'-' * (room + 2)}+"
    lines = [rule, _row(TITLE, room, page.ink, "head"), rule]
    for result, cell in zip(shown, cells, strict=True):
        kind = KINDS.get(result.result, "bad")
        lines += [
            _row(line, room, page.ink, kind if line.startswith("Result:") else "") for line in cell
        ]
        lines.append(rule)
    more = "" if len(shown) == len(results) else " Those without a cell: db-check -v."
    total = f"{database}: {_sum(results)}{more}"
    return "\n".join([*lines, *wrapped(total, first="", rest="  ", width=page.width)]) + "\n"


def _worth_a_cell(result: CheckResult) -> bool:
    quiet = result.result in (Result.PASSED, Result.SKIPPED)
    return isinstance(result, Answer) or not quiet


def _row(line: str, room: int, ink: Ink, kind: str) -> str:
    text = line + " " * (room - cell_len(line))
    return f"| {ink(text, kind) if kind else text} |"


def _cell(result: CheckResult, width: int, *, full: bool) -> tuple[str, ...]:
    lines = [
        *wrapped(heading(result), first="Check: ", rest="  ", width=width),
        f"Result: {WORDS[result.result]}",
    ]
    told = list(details(result, full=full)) or ["None"]
    if result.result is Result.PASSED:
        told[0] = f"{told[0]} ({duration(result.seconds)})"
    for first, text in zip(["Details: ", *["  "] * len(told)], told, strict=False):
        lines += wrapped(text, first=first, rest="  ", width=width)
    return tuple(lines)


def heading(result: CheckResult) -> str:
    """The check and, of a question, what it is about."""
    check = result.check
    name = check.title if check.title == check.code else f"{check.code} {check.title}"
    return f"{name}: {about(result)}" if isinstance(result, Answer) else name


def about(result: Answer) -> str:
    """The table and column, or constraint, that a question is about."""
    question = result.question
    return f"{question.table}.{question.subject}" if question.subject else str(question.table)


def details(result: CheckResult, *, full: bool = True) -> Iterator[str]:
    """What came out of it, a line each; nothing where there is nothing to say.

    ``full``  whether every remark is there, instead of the first few
    """
    yield from (f"waived until {w.until}: {w.reason}" for w in result.waivers)
    if isinstance(result, Answer):
        yield from _of_rows(result)
    else:
        yield from _of_database(result, full=full)
    yield from (f"The waiver {w} has expired: {w.reason}" for w in result.expired)


def _of_database(result: CheckResult, *, full: bool) -> Iterator[str]:
    if result.reason:
        yield result.reason
    shown = result.remarks if full else result.remarks[:SHOWN]
    yield from map(remark_line, shown)
    if len(shown) < len(result.remarks):
        yield f"and {len(result.remarks) - len(shown)} more: db-check -v"
    advice = f"{result.check.effect} {result.check.remedy}".strip()
    if result.remarks and advice:
        yield advice


def remark_line(remark: Remark) -> str:
    """One remark, with its own remedy where it has one."""
    text = f"{remark.subject}: {remark.text}" if remark.subject else remark.text
    return f"{text}. {remark.remedy}" if remark.remedy else text


def _of_rows(result: Answer) -> Iterator[str]:
    question, finding = result.question, result.finding
    if finding is None:
        yield result.reason or "None"
        if result.result is Result.ERROR:
            yield f"Not counted, so db-{question.phase} may fail: {result.check.effect}"
        return
    if finding.count:
        yield f"{found(finding.count, question.text)} ({duration(result.seconds)})"
        if finding.sample:
            yield sample(finding)
        if result.reason:
            yield f"Their keys could not be had: {result.reason}"
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
        Result.WAIVED: "waived",
    }
    parts = [f"{count} {words[kind]}" for kind, count in counts.items() if count]
    return f"{', '.join(parts)}."
