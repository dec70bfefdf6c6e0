"""Each check on every server: it finds the rows it is about, and no others."""

import dataclasses
import pkgutil
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    UniqueConstraint,
    create_engine,
    event,
    text,
)

from falsework import checks
from falsework.checks import (
    CHECKS,
    DERIVED,
    Answer,
    Asker,
    Choice,
    Finding,
    Result,
    ask,
    count,
    unpurged,
)
from falsework.checks.asking import TIMEOUT
from falsework.checks.choice import ALL
from falsework.config import Config
from falsework.errors import Unreachable
from falsework.expand_contract.questions import CODES
from falsework.model.plan import Phase, Plan, Question, QuestionKind
from falsework.session import Session, open_session
from tests.checks.examples import EXAMPLES, Example, Row, models, number
from tests.checks.examples import text as text_column
from tests.servers import Server


def session_of(url: str, old: MetaData, rows: Sequence[Row]) -> Session:
    """A session on a database at the old models with the rows, owned by that release."""
    engine = create_engine(url)
    old.create_all(engine)
    with engine.begin() as connection:
        connection.execute(old.tables["parent"].insert().values(id=1))
        for row in rows:
            connection.execute(old.tables["t"].insert().values(**row))
    engine.dispose()
    session = open_session(Config(url=url))
    journal = dataclasses.replace(session.journal, owned=session.live())
    return dataclasses.replace(session, journal=journal)


def asked(
    session: Session, plan: Plan, choice: Choice = ALL, timeout: float = TIMEOUT, **more: Any
) -> tuple[Answer, ...]:
    with session.asking("counting", timeout) as asker:
        return ask(asker, session.spelling, plan, choice, **more)


def test_every_check_is_listed() -> None:
    """No file is missing from the tuples, no kind of question has no check."""
    folder = str(Path(checks.__file__).parent)
    modules = [import_module(f"falsework.checks.{m.name}") for m in pkgutil.iter_modules([folder])]
    found = {m.CHECK for m in modules if hasattr(m, "CHECK")}
    assert found == set(CHECKS)
    assert {c.kind: c.code for c in DERIVED} == CODES
    assert [c.code for c in CHECKS] == sorted({c.code for c in CHECKS})
    examples = {e.code for e in EXAMPLES} | {unpurged.CHECK.code}  # which has a file of its own
    assert examples == {c.code for c in DERIVED}, "each has an example"
    assert all(c.title and c.effect and c.remedy and c.when for c in CHECKS)


@pytest.fixture(params=EXAMPLES, ids=str)
def example(request: pytest.FixtureRequest, server: Server) -> Example:
    """Each example where its question is asked."""
    found: Example = request.param
    if found.engines and server.engine not in found.engines:
        pytest.skip(f"{server.engine} has no such question")
    return found


def test_bad_rows(database: str, example: Example) -> None:
    """The rows in the way are counted, with the keys of a few and what to do."""
    session = session_of(database, example.old, [*example.good, *example.bad])
    plan = session.plan(session.present((example.new,)))
    result = next(r for r in asked(session, plan) if r.check.code == example.code)

    assert result.result is example.result, result
    assert result.finding is not None
    assert result.finding.count == example.count
    assert [key[0] for key in result.finding.sample] == example.keys
    assert result.question.remedy
    with session.reading() as connection:
        (counted,) = count(connection, [result.question])
    assert (counted.question, counted.count) == (result.question, example.count)


def test_good_rows(database: str, example: Example) -> None:
    """Rows that are no problem, NULLs among them, pass."""
    session = session_of(database, example.old, example.good)
    plan = session.plan(session.present((example.new,)))
    results = [r for r in asked(session, plan) if r.check.code == example.code]

    assert [(r.result, r.finding) for r in results] == [(Result.PASSED, Finding(0))]


@pytest.fixture
def small(database: str) -> Session:
    return session_of(database, EXAMPLES[0].old, EXAMPLES[0].bad)


def planned(session: Session, *changed: Callable[[Question], Question]) -> Plan:
    """The plan of the first example with its question, once more for each change of it."""
    plan = session.plan(session.present((EXAMPLES[0].new,)))
    (question,) = plan.questions
    return replace(plan, questions=(*(change(question) for change in changed), question))


def test_one_that_crashes_is_not_the_end(small: Session) -> None:
    """It is an ERROR that says why; the others are asked."""
    plan = planned(small, lambda q: replace(q, tally="", count="SELECT count(*) FROM nowhere"))
    first, second = asked(small, plan)
    assert (first.result, second.result) == (Result.ERROR, Result.FAILED)
    assert "nowhere" in first.reason


def test_one_that_takes_too_long_is_stopped(small: Session) -> None:
    """Its time is bounded by the server's own means; the session is not left behind."""
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
        "SELECT count(*) FROM n"
    )
    if small.target.driver.engine.name in ("mysql", "mariadb"):  # these bound how deep that goes
        columns = "information_schema.columns"
        slow = f"SELECT count(*) FROM {columns} a, {columns} b, {columns} c, {columns} d"
    plan = planned(small, lambda q: replace(q, tally="", count=slow))
    first, second = asked(small, plan, timeout=0.5)
    assert (first.result, second.result) == (Result.ERROR, Result.FAILED)
    assert first.reason == "stopped after 0.5 s"
    assert first.seconds < 10


def test_one_that_writes_does_not(small: Session) -> None:
    """The transaction cannot write, whatever a plan's file says."""
    plan = planned(
        small, lambda q: replace(q, tally="", count="DELETE FROM t", sample="DELETE FROM t")
    )
    first, second = asked(small, plan)
    assert (first.result, second.result) == (Result.ERROR, Result.FAILED)
    with small.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM t")) == 2


def test_the_sample_is_asked_for_only_when_there_is_something(small: Session) -> None:
    """A count of nothing is the end of it."""
    plan = planned(
        small, lambda q: replace(q, tally="", count="SELECT 0", sample="SELECT nonsense")
    )
    assert asked(small, plan)[0].result is Result.PASSED


def test_percent_signs_are_no_parameters(small: Session) -> None:
    """The SQL of a plan is run as it is."""
    plan = planned(
        small, lambda q: replace(q, tally="", count="SELECT count(*) FROM t WHERE '%s' = '%s'")
    )
    assert asked(small, plan)[0].finding == Finding(2, ("id",), (("2",), ("3",)))


def test_one_statement_for_a_table(database: str) -> None:
    """All questions about it are answered in one pass; each of them as if it were alone."""
    old = models(text_column(), number(), Index("ix_n", "n"))
    new = models(
        text_column(nullable=False),
        Column("n", Integer, ForeignKey("parent.id", name="fk_n"), nullable=False),
        Index("ix_n", "n"),
        UniqueConstraint("v", name="uq_v"),
        CheckConstraint("n > 0", name="ck_n"),
    )
    rows: Sequence[Row] = [
        {"id": 1, "v": None, "n": None},
        {"id": 2, "v": "a", "n": 0},
        {"id": 3, "v": "a", "n": 1},
    ]
    session = session_of(database, old, rows)
    plan = session.plan(session.present((new,)))
    said: list[str] = []
    event.listen(session.target.pool, "before_cursor_execute", lambda *g: said.append(g[2]))
    results = asked(session, plan)
    counts = [sql for sql in said if sql.startswith("SELECT count(")]
    assert len(counts) == 1, counts
    alone = [asked(session, replace(plan, questions=(r.question,)))[0] for r in results]
    assert [(r.question.kind, r.finding) for r in results] == [
        (r.question.kind, r.finding) for r in alone
    ]
    found = {r.question.kind: r.finding.count for r in results if r.finding}
    assert found[QuestionKind.NULLS] == found[QuestionKind.DUPLICATES] == 1
    assert found[QuestionKind.ORPHANS] == found[QuestionKind.VIOLATIONS] == 1
    by_index = [q.subject for q in plan.questions if q.indexed]
    assert by_index == ["n"]


def test_a_hundred_columns(database: str) -> None:
    """As many questions about one table, in one statement, and each has its own answer."""
    names = [f"c{n}" for n in range(100)]
    old = models(*(Column(name, Integer) for name in names))
    new = models(*(Column(name, Integer, nullable=False) for name in names))
    row = {"id": 1, **{name: n % 3 or None for n, name in enumerate(names)}}
    session = session_of(database, old, [row])
    results = asked(session, session.plan(session.present((new,))))
    found = {r.question.subject: r.result for r in results}
    assert len(found) == 100
    wanted = {c: Result.PASSED if n % 3 else Result.FAILED for n, c in enumerate(names)}
    assert found == wanted


def test_what_cannot_be_asked_yet(small: Session) -> None:
    """A column that expand brings, and a step that is done: SKIPPED, with the reason."""
    plan = planned(small, lambda q: replace(q, since=Phase.MIGRATE, step="later"))
    later, now = asked(small, plan)
    assert (later.result, later.reason) == (Result.SKIPPED, "what it reads comes with db-expand")
    assert now.result is Result.FAILED
    later, done = asked(small, plan, due=Phase.MIGRATE, done={now.question.step})
    assert later.result is Result.FAILED
    assert (done.result, done.reason) == (Result.SKIPPED, f"{now.question.step} is done")


def test_choosing(small: Session) -> None:
    """By code, and by the phase whose gate asks."""
    other = CODES[QuestionKind.LOST]
    plan = planned(small, lambda q: replace(q, code=other, kind=QuestionKind.LOST))
    code = planned(small).questions[0].code
    only, skip = Choice(only=frozenset({other})), Choice(skip=frozenset({code}))
    assert [r.check.code for r in asked(small, plan, only)] == [other]
    skipped = {r.check.code: r.result for r in asked(small, plan, skip)}
    assert (skipped[code], skipped[other]) == (Result.SKIPPED, Result.FAILED)
    assert asked(small, plan, Choice(Phase.EXPAND)) == ()
    assert len(asked(small, plan, Choice(Phase.CONTRACT))) == 2


def test_a_database_that_is_gone(small: Session) -> None:
    """No answer at all is no result of a check."""

    def gone() -> Any:  # noqa: ANN401 - it never returns
        raise Unreachable("gone")

    with pytest.raises(Unreachable):
        ask(Asker(gone), small.spelling, planned(small))
