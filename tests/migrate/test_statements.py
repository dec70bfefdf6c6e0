"""Statements: what is around them, what must hold after them, what stays when they fail."""

import pytest

from falsework.engines.connect import Target
from falsework.errors import Drift, PlanMismatch, StepFailed
from falsework.migrate import Event, Journal, Moment, run
from falsework.model.edits import AddColumn, AddIndex, DropColumn, DropIndex, apply
from falsework.model.plan import Phase, Statement
from falsework.model.schema import Column, Index, Schema
from tests.migrate.conftest import ONE_OF_EACH, people
from tests.migrate.plans import Story, allowed, dump, execute, journal, query, read

ROLLS_BACK = ("sqlite", "postgresql16", "postgresql18")  # DDL, with its transaction
ROWS_IN_THE_WAY = "SELECT id FROM t WHERE a = 'a3'"


def one_step(target: Target, statement: Statement, column: str = "c") -> Story:
    """A plan that adds a column by that statement."""
    told = Story(target)
    text = target.driver.reader.type("varchar(5)")
    edit = AddColumn(table=told.name("t"), column=Column(column, text))
    return told.run(Phase.EXPAND, "t.c/add", statement, edit)


def sent(events: list[Event]) -> list[str]:
    return [e.sql for e in events if e.moment is Moment.BEFORE_STATEMENT and e.sql]


@pytest.mark.parametrize("server", ROLLS_BACK, indirect=True)
def test_rows_in_the_way_roll_back(target: Target) -> None:
    """A query that must find nothing found a row: the statement has not happened."""
    people(target)
    before = dump(target)
    statement = Statement(
        ("ALTER TABLE t ADD COLUMN c varchar(5)",), must_be_empty=(ROWS_IN_THE_WAY,)
    )
    plan = one_step(target, statement).plan()

    with pytest.raises(StepFailed, match="stand in the way"):
        run(target, plan, Phase.EXPAND)
    assert dump(target) == before
    execute(target, "UPDATE t SET a = 'b' WHERE a = 'a3'")
    run(target, plan, Phase.EXPAND)

    assert read(target) == plan.owned


def test_rows_in_the_way_of_what_cannot_be_rolled_back(target: Target) -> None:
    """The effect is there, and counts as done only once the query finds nothing."""
    people(target)
    statement = Statement(
        ("ALTER TABLE t ADD COLUMN c varchar(5)",),
        transaction=False,
        must_be_empty=(ROWS_IN_THE_WAY,),
    )
    plan = one_step(target, statement).plan()

    for _ in range(2):
        with pytest.raises(StepFailed, match="stand in the way"):
            run(target, plan, Phase.EXPAND)
    execute(target, "UPDATE t SET a = 'b' WHERE a = 'a3'")
    run(target, plan, Phase.EXPAND)

    assert ("t.c/add", "expand", "found") in journal(target)


@pytest.mark.parametrize("transaction", [True, False])
@pytest.mark.parametrize("sql", ["ALTER TABLE t ADD COLUMN c varchar(5)", "ALTER TABLE nothing"])
def test_settings_are_taken_back(target: Target, sql: str, transaction: bool) -> None:
    """Whatever becomes of the statement: setup before it, teardown after it."""
    people(target)
    statement = Statement(
        (sql,), transaction=transaction, setup=("SELECT 'before'",), teardown=("SELECT 'after'",)
    )
    plan = one_step(target, statement).plan()
    events: list[Event] = []

    if "nothing" in sql:
        with pytest.raises(StepFailed, match="syntax"):
            run(target, plan, Phase.EXPAND, observer=events.append)
    else:
        run(target, plan, Phase.EXPAND, observer=events.append)

    assert sent(events) == ["SELECT 'before'", sql, "SELECT 'after'"]


@pytest.mark.parametrize("server", ROLLS_BACK, indirect=True)
def test_an_effect_that_is_not_the_planned_one(target: Target) -> None:
    """A statement that does something else is rolled back, and the difference told."""
    people(target)
    before = dump(target)
    plan = one_step(target, Statement(("ALTER TABLE t ADD COLUMN d varchar(5)",))).plan()

    with pytest.raises(StepFailed, match="not the planned one") as failed:
        run(target, plan, Phase.EXPAND)

    assert "column c is gone; " in failed.value.why
    assert "column d should not be there" in failed.value.why
    assert dump(target) == before
    assert Journal.open(target).done == frozenset()


def test_an_effect_that_is_not_the_planned_one_and_stays(target: Target) -> None:
    """Outside of transactions it is there: told, never counted as done, and not built upon."""
    people(target)
    statement = Statement(("ALTER TABLE t ADD COLUMN d varchar(5)",), transaction=False)
    plan = one_step(target, statement).plan()

    with pytest.raises(StepFailed, match="not the planned one") as failed:
        run(target, plan, Phase.EXPAND)
    assert "column d should not be there" in failed.value.why
    assert Journal.open(target).done == frozenset()
    with pytest.raises(Drift, match="is not run"):
        run(target, plan, Phase.EXPAND)
    execute(target, "ALTER TABLE t DROP COLUMN d", "ALTER TABLE t ADD COLUMN c varchar(5)")
    run(target, plan, Phase.EXPAND)

    assert read(target) == plan.owned


def test_an_effect_that_does_not_fit(target: Target) -> None:
    """A plan that contradicts itself is found out before its statement runs."""
    people(target)
    told = Story(target)
    t = told.name("t")
    told.run(Phase.EXPAND, "t.a/add", Statement(("SELECT 1",)))
    told.alter("t.a/add", effect=(DropColumn(table=t, column="nothing"),))
    events: list[Event] = []

    with pytest.raises(PlanMismatch, match="does not fit"):
        run(target, told.plan(), Phase.EXPAND, observer=events.append)

    assert sent(events) == []


HOSTILE = ('a"b', "a;--b", "100% %s %(x)s", ":x ::y", "\\:z", "🜂 é", "Ab", "table", "{x}")


@pytest.mark.rotates(3)
@pytest.mark.parametrize("server", ONE_OF_EACH, indirect=True)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(target: Target, name: str) -> None:
    """Names in statements mean nothing but themselves, to the driver as to the server."""
    name = allowed(target, name)
    spelling = target.driver.engine.spelling
    execute(
        target,
        f"CREATE TABLE {spelling.identifier(name)} (id integer PRIMARY KEY)",
    )
    told = Story(target)
    table = told.name(name)
    text = target.driver.reader.type("varchar(5)")
    told.add(Phase.EXPAND, "add", AddColumn(table=table, column=Column(f"c{name}", text)))
    index = Index(f"i{name}", (f"c{name}",), uses=(f"c{name}",))
    told.add(Phase.EXPAND, f"{name}/build", AddIndex(table=table, index=index))
    told.add(Phase.CONTRACT, "drop index", DropIndex(table=table, index=index))
    told.add(Phase.CONTRACT, "drop", DropColumn(table=table, column=f"c{name}"))
    plan = told.plan()

    run(target, plan, Phase.EXPAND)
    assert read(target) == told_after_expand(told)
    run(target, None, Phase.MIGRATE)
    run(target, None, Phase.CONTRACT)

    assert read(target) == plan.before
    assert query(target, f"SELECT count(*) FROM {spelling.table(table)}") == [(0,)]


def told_after_expand(told: Story) -> Schema:
    return apply((e for s in told.steps if s.phase is Phase.EXPAND for e in s.effect), told.before)
