"""Ask a plan's questions: those about one table in one statement, and alone where that fails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import groupby

from sqlalchemy import Connection

from falsework.checks.asking import Asker, Told
from falsework.checks.check import Answer, Derived, Finding, Result
from falsework.checks.choice import ALL, LEFT_OUT, Choice
from falsework.expand_contract.questions import together
from falsework.model.engine import Spelling
from falsework.model.plan import Phase, Plan, Question, QuestionKind
from falsework.model.schema import TableName

ORDER = tuple(Phase)
AS_IT_IS = {"no_parameters": True}  # a percent sign in planned SQL is a percent sign


def ask(
    asker: Asker,
    spelling: Spelling,
    plan: Plan,
    choice: Choice = ALL,
    *,
    besides: Sequence[Question] = (),
    due: Phase = Phase.EXPAND,
    done: Collection[str] = (),
    told: Callable[[str], None] = lambda _what: None,
) -> tuple[Answer, ...]:
    """Ask every question of the plan, or those that are chosen: by code, or by a phase's gate.

    ``spelling``  the engine's
    ``besides``   other questions about rows, which are asked along whatever phase is chosen
    ``due``       the phase to run next: columns that an earlier phase brings are there
    ``done``      ids of steps that have run: nothing is asked about them
    ``told``      called with each table before it is counted

    A question that crashes or takes too long is an ERROR, and the others are still asked. Raises
    Unreachable when the database does not answer.
    """
    planned = [q for q in plan.questions if choice.before in (None, q.phase)]
    asked = [q for q in (*planned, *besides) if choice.names(q.code)]
    results = []
    for table, group in groupby(sorted(asked, key=lambda q: q.table), lambda q: q.table):
        questions = tuple(group)
        reasons = {q: _unaskable(q, choice, due, done) for q in questions}
        results += [
            Answer(check_of(q), Result.SKIPPED, reason=reason, question=q)
            for q, reason in reasons.items()
            if reason
        ]
        if open_ones := tuple(q for q in questions if not reasons[q]):
            told(f"counting {table}")
            results += _answers(asker, spelling, table, open_ones)
    places = {question: place for place, question in enumerate(asked)}
    return tuple(sorted(results, key=lambda r: (r.check.code, places[r.question])))


@dataclass(frozen=True, slots=True)
class Counted:
    """What the gate of a phase wants to know of a question."""

    question: Question
    count: int


def count(connection: Connection, questions: Sequence[Question]) -> tuple[Counted, ...]:
    """Count only, over one connection that cannot write: for the gate of a phase.

    Raises DBAPIError as it comes: a gate that cannot ask does not open.
    """
    return tuple(Counted(q, _numbers(connection, q.count)[0]) for q in questions)


def check_of(question: Question) -> Derived:
    """The check that asks such questions."""
    return _checks()[question.kind]


@cache
def _checks() -> dict[QuestionKind, Derived]:
    """By kind; looked up late, because the package that lists them imports this module."""
    checks: tuple[Derived, ...] = import_module("falsework.checks").DERIVED
    return {check.kind: check for check in checks}


def _unaskable(question: Question, choice: Choice, due: Phase, done: Collection[str]) -> str:
    if question.code in choice.skip:
        return LEFT_OUT
    if question.step in done:
        return f"{question.step} is done"
    if ORDER.index(due) < ORDER.index(question.since):
        missing = ORDER[ORDER.index(question.since) - 1]
        return f"what it reads comes with db-{missing}"
    return ""


def _answers(
    asker: Asker, spelling: Spelling, table: TableName, questions: Sequence[Question]
) -> Iterator[Answer]:
    """In one pass over the table; each question alone where the pass has failed."""
    sql = together(spelling, table, questions)
    counted = asker.ask(lambda connection: _numbers(connection, sql))
    if counted.value is None and len(questions) > 1:
        for question in questions:
            yield from _answers(asker, spelling, table, (question,))
        return
    numbers = counted.value or (0,) * len(questions)
    for question, number in zip(questions, numbers, strict=True):
        yield _answer(asker, question, number, counted)


def _answer(
    asker: Asker, question: Question, number: int, counted: Told[tuple[int, ...]]
) -> Answer:
    """The answer with the keys of a few rows, which are looked for where there are any."""
    check, seconds, reason, finding = check_of(question), counted.seconds, counted.reason, None
    if counted.value is not None:
        finding = Finding(0)
    if number and question.sample:
        shown = asker.ask(lambda connection: _sample(connection, question))
        seconds, reason = seconds + shown.seconds, shown.reason
        finding = Finding(number, question.key, shown.value or ())
    elif number:
        finding = Finding(number)
    if finding is None:
        return Answer(check, Result.ERROR, seconds, reason, question=question)
    return Answer(
        check, _judged(question, finding), seconds, reason, question=question, finding=finding
    )


def _judged(question: Question, finding: Finding) -> Result:
    if not finding.count:
        return Result.PASSED
    return Result.WARNING if question.heals else Result.FAILED


def _numbers(connection: Connection, sql: str) -> tuple[int, ...]:
    row = connection.exec_driver_sql(sql, execution_options=AS_IT_IS).one()
    return tuple(int(number or 0) for number in row)


def _sample(connection: Connection, question: Question) -> tuple[tuple[str, ...], ...]:
    rows = connection.exec_driver_sql(question.sample, execution_options=AS_IT_IS).fetchall()
    return tuple(tuple(map(_text, row)) for row in rows)


def _text(value: object) -> str:
    return "NULL" if value is None else str(value)
