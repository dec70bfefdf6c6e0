"""Check results as GitHub's workflow commands, which it shows beside the change.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from falsework.checks import CheckResult, Result
from falsework.report.checks import details, heading
from falsework.report.words import on_terminal

KINDS = {Result.FAILED: "error", Result.ERROR: "error", Result.WARNING: "warning"}


def annotations_text(results: Sequence[CheckResult], models: str) -> str:
    """A line for each result that is not good; ``models`` is the file that it is shown at."""
    return "".join(f"{line}\n" for line in _lines(results, models))


def _lines(results: Sequence[CheckResult], models: str) -> Iterator[str]:
    for result in results:
        if kind := KINDS.get(result.result):
            title = _property(on_terminal(heading(result)))
            text = _data(on_terminal("\n".join(details(result))))
            yield f"::{kind} file={_property(on_terminal(models))},line=1,title={title}::{text}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
