"""FW101: rows that were soft-deleted long ago, counted along, with what they cost."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, create_engine, event

from falsework.checks import Asker, CheckResult, Result, ask, unpurged
from falsework.config import Config
from falsework.declare import fill, soft_delete
from falsework.engines.condition import LIMITS, Limits
from falsework.engines.marks import clock
from falsework.model.forecast import Labour
from falsework.model.plan import Plan
from falsework.report.unpurged import dead_text
from falsework.session import Present, Session, open_session
from tests.servers import Server

DAY = 86_400.0


def models(*, required: bool, after: timedelta | None = None) -> MetaData:
    """``instances``, whose uuid release B needs, and ``disks`` without a time of their own."""
    found = MetaData()
    for name in ("instances", "disks"):
        Table(
            name,
            found,
            Column("id", Integer, primary_key=True),
            Column("uuid", String(36), nullable=not required, info=fill("'none'")),
            Column("deleted", Integer, nullable=False, server_default="0"),
            Column("deleted_at", DateTime),
            info=soft_delete("deleted", after=after if name == "instances" else None),
        )
    return found


@pytest.fixture(scope="module")
def session(server: Server) -> Iterator[Session]:
    """150 old instances of 200, 10 of them younger than a day; 120 old disks of 1200."""
    old = models(required=False)
    with server.fresh() as url:
        engine = create_engine(url)
        old.create_all(engine)
        opened = open_session(Config(url=url))
        with engine.begin() as connection:
            now = clock(opened.target.driver.engine, connection)
            for name, rows, dead in (("instances", 200, 150), ("disks", 1200, 120)):
                connection.execute(
                    old.tables[name].insert(),
                    [_row(n, dead, now, young=name == "instances") for n in range(1, rows + 1)],
                )
        engine.dispose()
        yield opened


def _row(number: int, dead: int, now: datetime, *, young: bool) -> dict[str, object]:
    age = timedelta(hours=1) if young and number <= 10 else timedelta(days=200)
    gone = number <= dead
    return {
        "id": number,
        "uuid": None,
        "deleted": number if gone else 0,
        "deleted_at": now - age if gone else None,
    }


def looked(session: Session, new: MetaData, limits: Limits = LIMITS) -> CheckResult:
    """The result of the check beside the questions of the plan."""
    present = session.present((new,))
    plan = costly(session.plan(present))
    policies = policies_of(present)
    with session.asking("counting") as asker:
        marks = tuple(
            unpurged.questions(
                present.live, policies, session.target.driver.engine, _now(session, asker), limits
            )
        )
        answers = ask(asker, session.spelling, plan, besides=marks)
    dead = [a for a in answers if a.check is unpurged.CHECK]
    return unpurged.result(
        dead,
        policies,
        plan.steps,
        limits,
        told=dead_text,
        remedy=lambda age: f"purge {age:g}",
    )


def policies_of(present: Present) -> unpurged.Policies:
    intents = present.declared.intents
    return {name: i.soft_delete for name, i in intents if i.soft_delete is not None}


def _now(session: Session, asker: Asker) -> datetime:
    found = asker.ask(lambda c: clock(session.target.driver.engine, c)).value
    assert found is not None
    return found


def costly(plan: Plan) -> Plan:
    """The same plan where each fill takes 10 to 20 minutes; there are two of each table."""
    steps = [
        replace(s, least=600.0, forecast=1200.0)
        if s.labour in (Labour.FILL, Labour.WALK)
        else replace(s, least=0.0, forecast=0.0)
        for s in plan.steps
    ]
    assert any(s.forecast for s in steps)
    return replace(plan, steps=tuple(steps))


def test_a_table_of_the_dead(session: Session) -> None:
    """Count, share and age; what a purge saves; the command. Disks are below both thresholds."""
    found = looked(session, models(required=True, after=timedelta(days=30)))
    assert found.result is Result.WARNING, found
    (one,) = found.remarks
    assert one.subject.endswith("instances")
    assert one.text == (
        "140 of 200 rows (70 %) have been marked deleted for more than 30 d; without them the "
        "upgrade takes 14 min to 28 min less"
    )
    assert one.remedy == f"purge {30 * DAY:g}"


def test_thresholds(session: Session) -> None:
    """Each alone, and for all tables together; nothing where all are kept."""
    new = models(required=True, after=timedelta(days=30))

    def subjects(limits: Limits) -> list[str]:
        return [r.subject.rpartition(".")[2] for r in looked(session, new, limits).remarks]

    assert subjects(LIMITS._replace(unpurged_share=0.9)) == []
    assert subjects(LIMITS._replace(unpurged_share=0.05)) == ["disks", "instances", "all tables"]
    assert subjects(LIMITS._replace(unpurged_share=1.0, unpurged=200)) == ["all tables"]
    assert subjects(LIMITS._replace(unpurged_share=1.0, unpurged=130)) == [
        "instances",
        "all tables",
    ]
    older = LIMITS._replace(unpurged_share=0.05, unpurged_age=365 * DAY)
    assert subjects(older) == ["instances", "all tables"], "disks have no age of their own"


def test_no_policy() -> None:
    """Nothing is guessed."""
    found = unpurged.result((), {}, (), LIMITS, told=dead_text, remedy=str)
    assert (found.result, "soft_delete" in found.reason) == (Result.SKIPPED, True)


def test_counted_along(session: Session) -> None:
    """One statement a table, with what the steps ask of it."""
    said: list[str] = []

    def note(*given: object) -> None:
        said.append(str(given[2]))

    event.listen(session.target.pool, "before_cursor_execute", note)
    looked(session, models(required=True))
    event.remove(session.target.pool, "before_cursor_execute", note)
    counts = [sql for sql in said if sql.startswith("SELECT count(")]
    assert len(counts) == 2, counts
