"""Ask a plan's questions: each alone, in its own read-only transaction, for a bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from threading import Event, Timer

from sqlalchemy import Connection

from falsework.checks.check import Check, CheckResult, Finding, Result
from falsework.engines.meanwhile import breaking_off
from falsework.engines.redaction import redact
from falsework.errors import FalseworkError, Unreachable
from falsework.model.plan import Phase, Plan, Question, QuestionKind

TIMEOUT = 300.0
"""Seconds one question may take: a scan holds back the server's clean-up of old row versions."""

ORDER = tuple(Phase)
AS_IT_IS = {"no_parameters": True}  # a percent sign in planned SQL is a percent sign
Connect = Callable[[], AbstractContextManager[Connection]]


def ask(
    connect: Connect,
    plan: Plan,
    before: Phase | None = None,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    *,
    due: Phase = Phase.EXPAND,
    done: Collection[str] = (),
    timeout: float = TIMEOUT,
    told: Callable[[Question], None] = lambda _question: None,
) -> tuple[CheckResult, ...]:
    """Ask every question of the plan, or those of one phase's gate, or those of some codes.

    ``connect``  makes a session whose transactions cannot write; one for each question
    ``before``   only what the gate of that phase asks
    ``due``      the phase to run next: columns that an earlier phase brings are there
    ``done``     ids of steps that have run: nothing is asked about them
    ``timeout``  seconds for one question; one that takes longer is stopped and is an ERROR
    ``told``     called with each question before it is asked

    A question that crashes is an ERROR, and the others are still asked. Raises Unreachable when
    the database does not answer.
    """
    results = []
    for question in sorted(plan.questions, key=lambda q: q.code):
        if before not in (None, question.phase) or (only and question.code not in only):
            continue
        if reason := _unaskable(question, skip, due, done):
            results.append(CheckResult(check_of(question), question, Result.SKIPPED, reason=reason))
            continue
        told(question)
        results.append(_asked(connect, question, timeout))
    return tuple(results)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the gate of a phase wants to know of a question."""

    question: Question
    count: int


def count(connection: Connection, questions: Sequence[Question]) -> tuple[Counted, ...]:
    """Count only, over one connection that cannot write: for the gate of a phase.

    Raises DBAPIError as it comes: a gate that cannot ask does not open.
    """
    return tuple(Counted(q, _number(connection, q)) for q in questions)


def check_of(question: Question) -> Check:
    """The check that asks such questions."""
    return _checks()[question.kind]


@cache
def _checks() -> dict[QuestionKind, Check]:
    """By kind; looked up late, because the package that lists them imports this module."""
    checks: tuple[Check, ...] = import_module("falsework.checks").CHECKS
    return {check.kind: check for check in checks}


def _unaskable(question: Question, skip: Collection[str], due: Phase, done: Collection[str]) -> str:
    if question.code in skip:
        return "left out by --skip"
    if question.step in done:
        return f"{question.step} is done"
    if ORDER.index(due) < ORDER.index(question.since):
        missing = ORDER[ORDER.index(question.since) - 1]
        return f"what it reads comes with db-{missing}"
    return ""


def _asked(connect: Connect, question: Question, timeout: float) -> CheckResult:
    begun = time.monotonic()
    stopped = Event()
    try:
        with connect() as connection, _deadline(connection, timeout, stopped):
            finding = _find(connection, question)
        if stopped.is_set():  # not every server fails what it breaks off
            raise TimeoutError
    except Exception as error:  # one check that crashes must not end the others
        if isinstance(error, Unreachable) and not stopped.is_set():
            raise
        reason = f"stopped after {timeout:g} s" if stopped.is_set() else _cause(error)
        return CheckResult(
            check_of(question),
            question,
            Result.ERROR,
            time.monotonic() - begun,
            reason=reason,
        )
    seconds = time.monotonic() - begun
    return CheckResult(check_of(question), question, _judged(question, finding), seconds, finding)


def _judged(question: Question, finding: Finding) -> Result:
    if not finding.count:
        return Result.PASSED
    return Result.WARNING if question.heals else Result.FAILED


def _find(connection: Connection, question: Question) -> Finding:
    """The count and, only where there is something, the keys of a few."""
    number = _number(connection, question)
    if not number:
        return Finding(0)
    rows = connection.exec_driver_sql(question.sample, execution_options=AS_IT_IS).fetchall()
    return Finding(number, question.key, tuple(tuple(map(_text, row)) for row in rows))


def _number(connection: Connection, question: Question) -> int:
    found = connection.exec_driver_sql(question.count, execution_options=AS_IT_IS).scalar()
    return int(found or 0)


def _text(value: object) -> str:
    return "NULL" if value is None else str(value)


def _cause(error: Exception) -> str:
    if isinstance(error, FalseworkError):
        return redact(": ".join(part for part in (error.what, error.why) if part))
    original = getattr(error, "orig", None) or error
    lines = str(original).strip().splitlines() or [""]
    return redact(f"{type(original).__name__}: {lines[0]}")


@contextmanager
def _deadline(connection: Connection, seconds: float, stopped: Event) -> Iterator[None]:
    """Stop the session's statement when its time is up, if its driver can stop one."""
    stop = breaking_off(connection)

    def end() -> None:
        stopped.set()
        stop()

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
