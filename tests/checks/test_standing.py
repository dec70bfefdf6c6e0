"""Each check of a database as it stands, on every server: it says what is wrong, no more."""

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, create_engine, event, text

from falsework.checks import (
    STANDING,
    CheckResult,
    Choice,
    Result,
    Situation,
    Standing,
    stand,
)
from falsework.checks.check import Look
from falsework.checks.choice import ALL
from falsework.config import Config
from falsework.engines.condition import LIMITS, Ask, CannotTell, Limits
from falsework.engines.drivers import KNOWN
from falsework.model.plan import Phase, Plan
from falsework.model.remark import Remark
from falsework.session import Session, open_session
from tests.checks.standing import BADS, Bad
from tests.cli.conftest import fill
from tests.cli.small import b
from tests.servers import Server

BY_CODE = {check.code: check for check in STANDING}


@pytest.fixture(scope="module")
def template(server: Server) -> Iterator[str]:
    """A database at release A with rows, for all tests of a server."""
    with server.fresh() as url:
        engine = create_engine(url)
        fill(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="module")
def session(template: str) -> Session:
    return open_session(Config(url=template))


@pytest.fixture(scope="module")
def plan(session: Session) -> Plan:
    return session.plan(session.present((b,)))


def stood(
    session: Session,
    plan: Plan,
    *checks: Standing,
    limits: Limits = LIMITS,
    phase: Phase = Phase.CONTRACT,
    timeout: float = 60.0,
    choice: Choice = ALL,
    unfinished: tuple[Remark, ...] = (),
) -> tuple[CheckResult, ...]:
    def situation(connection: Connection) -> Situation:
        return Situation(
            connection=connection,
            target=session.target,
            plan=plan,
            phase=phase,
            schemas=(session.target.schema,),
            read=cache(session.live),
            limits=limits,
            unfinished=unfinished,
        )

    with session.asking("looking", timeout) as asker:
        return stand(asker, checks, situation, phase, choice)


def test_a_database_without_faults(session: Session, plan: Plan) -> None:
    """Every check passes, or says why there is nothing to ask."""
    results = stood(session, plan, *STANDING)
    silent = session.target.driver.condition.silent
    assert [r.check.code for r in results] == list(BY_CODE)
    for result in results:
        assert isinstance(result.check, Standing)
        ask = result.check.ask
        if ask is not None and ask in silent:
            assert (result.result, result.reason) == (Result.SKIPPED, silent[ask])
        elif result.check.code != "FW119":  # this server may have no role but one
            assert (result.result, result.remarks) == (Result.PASSED, ()), result


@pytest.mark.parametrize("bad", BADS, ids=str)
def test_a_fault(server: Server, template: str, plan: Plan, bad: Bad) -> None:
    """The check that is about it warns of it, and says how to go on."""
    if server.engine not in bad.engines:
        pytest.skip(f"{server.engine} has no such fault, or another example of it")
    with server.fresh(template) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            for statement in bad.sql:
                connection.execute(text(statement))
        engine.dispose()
        session = open_session(Config(url=url))
        touched = moved(plan, session)
        with bad.during(url):
            (result,) = stood(session, touched, BY_CODE[bad.code], limits=bad.limits)
    assert result.result is Result.WARNING, result
    assert any(bad.says in r.text for r in result.remarks), result.remarks


def moved(plan: Plan, session: Session) -> Plan:
    """The plan for a copy of the database, which has another name on some servers."""
    return plan if plan.target == session.target.schema else session.plan(session.present((b,)))


@pytest.mark.parametrize("server", ["mariadb118"], indirect=True)
def test_a_server_that_is_not_strict(own_server: Callable[..., Server], plan: Plan) -> None:
    """A server of its own, since others would notice."""
    with own_server("mariadb118", sql_mode="NO_ENGINE_SUBSTITUTION").fresh() as url:
        (result,) = stood(open_session(Config(url=url)), plan, BY_CODE["FW112"])
    assert result.result is Result.WARNING
    assert "sql_mode is not strict (NO_ENGINE_SUBSTITUTION)" in result.remarks[0].text


def test_every_check_has_an_example() -> None:
    """On each engine that can be asked, or it is said here where the example is."""
    elsewhere = {
        "FW102": "tests/cli/test_checking.py",
        "FW110": "test_a_full_disk",
        "FW112": "test_a_server_that_is_not_strict",
        "FW109": "tests/checks/test_standby.py",
        "FW115": "tests/checks/test_pooler.py",
        "FW117": "test_an_older_server",
        "FW119": "tests/cli/test_grants.py",
        "FW121": "tests/checks/test_standby.py",
        "FW122": "a cluster takes several servers",
        "FW123": "tests/cli/test_output.py",
    }
    covered = {(b.code, engine) for b in BADS for engine in b.engines}
    for check in STANDING:
        for known in KNOWN:
            silent = known.driver().condition.silent
            if check.code in elsewhere or (check.ask is not None and check.ask in silent):
                continue
            if check.code in ("FW103", "FW104") and known.name != "postgresql":
                continue  # nothing is invalid there
            assert (check.code, known.name) in covered


def test_every_question_has_an_answer() -> None:
    """Each engine answers each, or says why there is nothing to ask; never both."""
    for known in KNOWN:
        looks, silent = known.driver().condition
        assert looks.keys() | silent.keys() == set(Ask), known.name
        assert not looks.keys() & silent.keys(), known.name


def test_a_full_disk(session: Session, plan: Plan) -> None:
    """A step that needs more than any disk has fails; one that needs little passes."""

    def needing(size: int) -> CheckResult:
        steps = tuple(replace(step, disk=size) for step in plan.steps)
        return stood(session, replace(plan, steps=steps), BY_CODE["FW110"])[0]

    assert needing(1000).result is Result.PASSED
    full = needing(10**18)
    assert full.result is Result.FAILED, full
    assert "a step needs 1000000000000" in full.remarks[0].text


def test_an_older_server(session: Session, plan: Plan) -> None:
    """A plan that was made for a newer one fails."""
    newer = replace(plan, version=(99,))
    (result,) = stood(session, newer, BY_CODE["FW117"])
    assert result.result is Result.FAILED
    assert "made for version 99" in result.remarks[0].text


def own(look: Look, **more: object) -> Standing:
    made = Standing(code="X1", title="x", effect="x.", remedy="x.", when="x", look=look, own=False)
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def test_one_that_crashes_is_not_the_end(session: Session, plan: Plan) -> None:
    """Whatever it does: broken SQL, a bug, a write; the next one is made."""

    def broken(situation: Situation) -> Iterable[Remark]:
        situation.connection.execute(text("SELECT nonsense FROM nowhere"))
        return ()

    def bug(_: Situation) -> Iterable[Remark]:
        raise KeyError("x")

    def writes(situation: Situation) -> Iterable[Remark]:
        situation.connection.execute(text("DELETE FROM people"))
        return ()

    for look in (broken, bug, writes):
        for check in (own(look), own(look, own=True)):
            first, second = stood(session, plan, check, BY_CODE["FW105"])
            assert (first.result, second.result) == (Result.ERROR, Result.PASSED), first
            assert first.reason
    with session.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM people"))


def test_one_that_never_ends(sqlite: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's code that does not even notice that its time is up is left to itself."""
    monkeypatch.setattr("falsework.checks.asking.GRACE", 0.1)

    def endless(_: Situation) -> Iterable[Remark]:
        time.sleep(30)
        return ()

    with sqlite.fresh() as url:
        session = open_session(Config(url=url))
        plan = session.plan(session.present((b,)))
        first, second = stood(session, plan, own(endless), BY_CODE["FW105"], timeout=0.2)
    assert (first.result, first.reason) == (Result.ERROR, "stopped after 0.2 s")
    assert first.seconds < 5
    assert second.result is Result.PASSED


def test_one_that_cannot_tell(session: Session, plan: Plan) -> None:
    """It is skipped with its reason."""

    def silent(_: Situation) -> Iterable[Remark]:
        raise CannotTell("there is nobody to ask")

    (result,) = stood(session, plan, own(silent))
    assert (result.result, result.reason) == (Result.SKIPPED, "there is nobody to ask")


def test_choosing(session: Session, plan: Plan) -> None:
    """By code, and by the phase before which a check matters."""
    results = stood(session, plan, *STANDING, phase=Phase.EXPAND)
    assert "FW118" not in {r.check.code for r in results}
    (one,) = stood(session, plan, *STANDING, choice=Choice(only=frozenset({"FW105"})))
    assert one.check.code == "FW105"
    skipped = stood(session, plan, *STANDING, choice=Choice(skip=frozenset({"FW105"})))
    (one,) = (r for r in skipped if r.check.code == "FW105")
    assert (one.result, one.reason) == (Result.SKIPPED, "left out by --skip")


def test_all_over_one_session(session: Session, plan: Plan) -> None:
    """A session takes time to make, and the server's memory."""
    made: list[object] = []
    event.listen(session.target.pool, "connect", lambda *given: made.append(given))
    stood(session, plan, *(c for c in STANDING if c.ask is not None))
    # One more where a check has failed, or says that it cannot tell.
    silent = len(session.target.driver.condition.silent)
    assert len(made) <= 1 + silent + 1
