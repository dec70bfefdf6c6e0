"""What a check is, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from falsework.model.plan import Question, QuestionKind


class Result(StrEnum):
    """What a check says. SKIPPED and ERROR say nothing about the rows, and why not."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One derived check: the kind of question it asks of a plan's pending steps.

    ``effect``  what happens to the upgrade when it is not heeded
    ``remedy``  what to do in general; a question's own remedy knows the table and goes first
    ``when``    before what it matters
    """

    code: str
    kind: QuestionKind
    title: str
    effect: str
    remedy: str
    when: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows (of duplicates: groups) stand in the way, and the keys of a few.

    ``columns``  what the keys consist of; ``sample`` are their values as text
    """

    count: int
    columns: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One question's answer; ``reason`` says why there is none, where it was skipped or failed."""

    check: Check
    question: Question
    result: Result
    seconds: float = 0.0
    finding: Finding | None = None
    reason: str = ""
