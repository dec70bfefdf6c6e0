"""A schema that somebody else has changed is never built upon; respelled text is no change."""

import pytest
from msgspec.structs import replace

from falsework.engines.connect import Target
from falsework.errors import Drift, FalseworkError, PlanMismatch, Refused
from falsework.migrate import Event, Journal, Moment, Settings, run
from falsework.migrate.drift import after, differences
from falsework.migrate.gate import fits
from falsework.model.edits import AddCheck, DropCheck, DropUnique, SetNullable
from falsework.model.plan import Phase, Refusal
from falsework.model.schema import CheckConstraint, Schema, UniqueConstraint
from tests.migrate.conftest import ONE_OF_EACH, people, story
from tests.migrate.crash import upgrade
from tests.migrate.plans import Story, drop_index, dump, execute, journal, query, read

SMALL = Settings(chunk_rows=10)

CHANGES = {
    "ALTER TABLE t ADD COLUMN mine integer": "column mine should not be there",
    "CREATE INDEX mine ON t (a)": "index mine should not be there",
    "CREATE VIEW mine AS SELECT a FROM t": "mine should not be there",
    "CREATE UNIQUE INDEX mine ON child (t_id)": " mine should not be there",
}


@pytest.mark.rotates(2)
@pytest.mark.parametrize("server", ONE_OF_EACH, indirect=True)
@pytest.mark.parametrize("sql", CHANGES)
@pytest.mark.parametrize("phase", Phase)
def test_a_change_by_hand_before_a_phase(target: Target, sql: str, phase: Phase) -> None:
    """The tables of the plan and their neighbours: refused with the difference, nothing is run."""
    people(target)
    plan = story(target)
    upgrade(target, plan, SMALL, phases=list(Phase)[: list(Phase).index(phase)])
    execute(target, sql)
    before = dump(target)

    with pytest.raises(Drift) as refused:
        run(target, plan, phase)

    assert CHANGES[sql] in refused.value.why
    assert dump(target) == before
    assert refused.value.exit_code == 2


def test_a_change_by_hand_between_two_steps(target: Target) -> None:
    """Also while the plan runs: the step that comes next is not run."""
    people(target)
    plan = story(target)

    def observer(event: Event) -> None:
        if (event.moment, event.step) == (Moment.STEP, "t_b_a/build"):
            execute(target, "ALTER TABLE t DROP COLUMN b")

    with pytest.raises(Drift, match="t_b_a/build is not run") as refused:
        run(target, plan, Phase.EXPAND, observer=observer)

    assert "column b is gone" in refused.value.why
    assert ("t_b_a/build", "expand", "failed") in journal(target)


def test_a_change_elsewhere_does_not_matter(target: Target) -> None:
    """Tables that the plan neither touches nor neighbours may change at any time."""
    people(target)
    plan = story(target)
    for phase in Phase:
        execute(target, f"CREATE TABLE other_{phase} (id integer)")
        run(target, plan, phase)

    assert Journal.open(target).plan is None


def test_a_change_that_was_taken_back(target: Target) -> None:
    """Once the schema is what it was, the run goes on."""
    people(target)
    plan = story(target)
    run(target, plan, Phase.EXPAND)
    execute(target, "CREATE INDEX mine ON t (a)")
    with pytest.raises(Drift):
        run(target, None, Phase.MIGRATE)
    execute(target, drop_index(target, "mine", "t"))

    upgrade(target, plan, SMALL)


def test_a_journal_changed_by_hand(target: Target) -> None:
    """The schema it holds must have the digest that its entries recorded."""
    people(target)
    run(target, story(target), Phase.EXPAND)
    execute(target, "UPDATE falsework_journal SET digest = 'x' WHERE digest IS NOT NULL")

    with pytest.raises(Drift, match="contradicts itself"):
        run(target, None, Phase.MIGRATE)


def test_a_journal_of_a_newer_release(target: Target) -> None:
    """It is not guessed at."""
    people(target)
    run(target, story(target), Phase.EXPAND)
    execute(target, "UPDATE falsework_lock SET format = format + 1")

    for read_it in (lambda: Journal.open(target), lambda: run(target, None, Phase.MIGRATE)):
        with pytest.raises(PlanMismatch, match="newer falsework"):
            read_it()


def test_a_lock_table_that_is_gone(target: Target) -> None:
    """Made again, it goes on counting where the journal is: no old token becomes a new one."""
    people(target)
    plan = story(target)
    run(target, plan, Phase.EXPAND)
    execute(target, "DROP TABLE falsework_lock")

    with pytest.raises(Refused, match="no plan"):
        run(target, None, Phase.MIGRATE)
    assert run(target, plan, Phase.EXPAND).already
    upgrade(target, plan, SMALL)

    tokens = [t for (t,) in query(target, "SELECT token FROM falsework_journal ORDER BY id")]
    assert tokens == sorted(tokens, key=str)
    assert len(set(tokens)) == 3


def test_a_journal_table_that_is_gone(target: Target) -> None:
    """It is never made again and taken for empty."""
    people(target)
    plan = story(target)
    run(target, plan, Phase.EXPAND)
    execute(target, "DROP TABLE falsework_journal")

    for phase in Phase:
        with pytest.raises(FalseworkError, match="falsework_journal"):
            run(target, plan, phase)


def test_a_plan_of_another_database(target: Target) -> None:
    """Another engine, another schema, an older server: refused with both sides named."""
    people(target)
    plan = story(target)
    for other in (
        replace(plan, engine="other"),
        replace(plan, target="elsewhere"),
        replace(plan, version=(99,)),
    ):
        with pytest.raises(PlanMismatch, match="was made for"):
            run(target, other, Phase.EXPAND)
    fits(target, plan)

    assert query(target, "SELECT count(*) FROM t") == [(25,)]
    assert not Journal.open(target).history


def test_text_that_the_server_respells(target: Target) -> None:
    """A check is planned as a person writes it, and dropped later as the server spells it."""
    people(target)
    told = Story(target)
    t = told.name("t")
    text = target.driver.reader.expression("length(a)>0 and a<>'x'")
    named = CheckConstraint("t_a_long", text, ("a",))
    told.add(Phase.EXPAND, "t_a_long/add", AddCheck(table=t, check=named))
    told.add(Phase.CONTRACT, "t_a_long/drop", DropCheck(table=t, check=named))
    plan = told.plan()

    run(target, plan, Phase.EXPAND)
    assert [c.name for c in read(target).tables[-1].checks] == ["t_a_long"]
    upgrade(target, plan, SMALL)

    assert read(target) == plan.before


def test_edits_find_unnamed_constraints_by_what_they_say(target: Target) -> None:
    """An object planned without a name is the live one with the same columns."""
    execute(target, "CREATE TABLE t (id integer PRIMARY KEY, a integer UNIQUE, b integer)")
    live, reader = read(target), target.driver.reader
    t = live.tables[0].name

    without = after([DropUnique(table=t, unique=UniqueConstraint(None, ("a",)))], live, reader)

    assert without.tables[0].uniques == ()
    with pytest.raises(ValueError, match="has no"):
        after([DropUnique(table=t, unique=UniqueConstraint(None, ("b",)))], live, reader)


def test_differences_are_told_one_by_one(target: Target) -> None:
    """Each has its sentence; a picture does not differ from itself."""
    people(target)
    live, reader = read(target), target.driver.reader
    t = story(target).before.tables[-1].name
    changed = after([SetNullable(table=t, column="a", nullable=False)], live, reader)

    assert differences(live, live, None) == ()
    assert differences(changed, live, reader) == (f"table {t}: column a accepts NULL",)
    assert differences(live, Schema(), reader) == tuple(
        f"table {table.name} is gone" for table in live.tables
    )
    assert differences(Schema(), live, None) == tuple(
        f"table {table.name} should not be there" for table in live.tables
    )


def test_a_plan_that_refuses_itself(target: Target) -> None:
    """A plan with refusals is run as a whole or not at all."""
    people(target)
    plan = replace(story(target), refusals=(Refusal("t.x", "it cannot be", "say so"),))

    with pytest.raises(Refused, match=r"t\.x: it cannot be") as refused:
        run(target, plan, Phase.EXPAND)

    assert refused.value.do == "say so"
