"""What a check is, and what came out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from falsework.engines.condition import Ask
from falsework.model.plan import Phase, Question, QuestionKind
from falsework.model.remark import Remark
from falsework.model.waiver import Waiver

if TYPE_CHECKING:
    from falsework.checks.situation import Situation


class Result(StrEnum):
    """What a check says. SKIPPED and ERROR say nothing about the database, and why not."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Check:
    """What every check says of itself.

    ``code``    what ``--only`` and ``--skip`` call it
    ``title``   what it looks for
    ``effect``  what happens to the upgrade when it is not heeded
    ``remedy``  what to do in general; what one finding says itself goes first
    ``when``    before what it matters
    """

    code: str
    title: str
    effect: str
    remedy: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Check):
    """A check of rows.

    ``kind``  of the questions that it asks
    ``asks``  of what it asks them, and when
    """

    kind: QuestionKind
    asks: str = "the rows of tables that a pending step depends on, before that step's phase"


Look = Callable[["Situation"], Iterable[Remark]]
"""Looks at a database and says what is to be said. Raises CannotTell with a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Check):
    """A check of the database as it stands, whatever the plan counts.

    ``look``    finds what is to be said; nothing: passed
    ``ask``     what the server is asked for it, where it is the engine that looks
    ``phases``  the phases before which it is made
    ``own``     whether falsework brings it; a user's own code is stopped when its time is up,
                whatever it does
    """

    look: Look
    ask: Ask | None = None
    phases: frozenset[Phase] = frozenset(Phase)
    own: bool = True


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
    """What came out of a check; ``reason`` says why nothing did, where it was skipped or failed.

    ``remarks``  what is to be said, in the order in which it matters
    ``waivers``  what was found and is not told, since somebody said so
    ``expired``  waivers of it that hold no more
    """

    check: Check
    result: Result
    seconds: float = 0.0
    reason: str = ""
    remarks: tuple[Remark, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(CheckResult):
    """What came out of one question of the plan."""

    question: Question
    finding: Finding | None = None
