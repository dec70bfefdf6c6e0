"""What is asked before a phase, and what a release owns."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from falsework.engines.connect import Target, connect
from falsework.errors import CheckFailed, Denied, Refused
from falsework.migrate import Journal, Settings, adopt, run
from falsework.model.plan import Phase, Question, QuestionKind
from falsework.model.schema import Schema
from tests.migrate.conftest import people, story
from tests.migrate.crash import upgrade
from tests.migrate.plans import Story, dump, execute, journal, query, read

SMALL = Settings(chunk_rows=10)


@dataclass(frozen=True)
class Counted:
    """An answer, as the gate knows it."""

    question: Question
    count: int


def ask(connection: Connection, questions: Sequence[Question]) -> list[Counted]:
    """What the checks do: run each counting query."""
    return [Counted(q, int(connection.exec_driver_sql(q.count).scalar_one())) for q in questions]


def question(target: Target, step: str, sql: str, phase: Phase, **more: object) -> Question:
    fields: dict[str, object] = {
        "code": "FW001",
        "kind": QuestionKind.NULLS,
        "step": step,
        "table": Story(target).name("t"),
        "subject": "a",
        "count": sql,
        "sample": sql,
        "key": ("id",),
        "phase": phase,
        "heals": False,
        "text": "rows without a",
        "remedy": "give them one",
    }
    return Question(**{**fields, **more})  # type: ignore[arg-type]


def with_question(target: Target) -> Story:
    told = Story(target)
    told.fill("t.a/fill", "t", ("id",), "a", value="'x'", need="a IS NULL")
    told.fill("t.a/refill", "t", ("id",), "a", value="'x'", need="a IS NULL", phase=Phase.CONTRACT)
    return told


def test_rows_in_the_way_stop_the_phase(target: Target) -> None:
    """The gate counts before anything of the phase is run, and says what to do."""
    people(target)
    execute(target, "UPDATE t SET a = NULL WHERE id < 3")
    sql = "SELECT count(*) FROM t WHERE a IS NULL"
    asked = question(target, "t.a/fill", sql, Phase.MIGRATE)
    plan = with_question(target).plan((asked,))
    run(target, plan, Phase.EXPAND, ask=ask)
    before = journal(target)

    with pytest.raises(CheckFailed, match="rows stand in the way") as failed:
        run(target, None, Phase.MIGRATE, ask=ask)

    assert failed.value.why == "rows without a: 3"
    assert failed.value.do == "give them one"
    assert journal(target) == before
    execute(target, "UPDATE t SET a = 'y' WHERE a IS NULL")
    run(target, None, Phase.MIGRATE, ask=ask)


@pytest.mark.parametrize("more", [{"heals": True}, {"kind": QuestionKind.LOST}])
def test_what_does_not_stand_in_the_way(target: Target, more: dict[str, object]) -> None:
    """What the plan's own fill heals, and what the operator has agreed to lose."""
    people(target)
    asked = question(target, "t.a/fill", "SELECT count(*) FROM t", Phase.MIGRATE, **more)
    plan = with_question(target).plan((asked,))
    run(target, plan, Phase.EXPAND, ask=ask)

    run(target, None, Phase.MIGRATE, ask=ask)


def test_a_step_that_is_done_is_not_asked_about(target: Target) -> None:
    """Its columns may be gone, so its question may be no SQL any more."""
    people(target)
    asked = question(target, "t.a/fill", "SELECT count(*) FROM gone", Phase.MIGRATE)
    told = with_question(target)
    told.fill("t.a/again", "t", ("id",), "a", value="'x'", need="a IS NULL")
    plan = told.plan((asked,))
    run(target, plan, Phase.EXPAND, ask=ask)

    class Enough(Exception):
        pass

    def stop_after_the_first(event: object) -> None:
        if getattr(event, "step", None) == "t.a/again":
            raise Enough

    with pytest.raises(Enough):
        run(target, None, Phase.MIGRATE, observer=stop_after_the_first)
    run(target, None, Phase.MIGRATE, ask=ask)


def test_adopt_records_what_a_release_owns(target: Target) -> None:
    """The name and the schema are found again; a later one takes its place."""
    people(target)
    live = read(target)

    adopt(target, Schema(), "first")
    adopt(target, live, "second")

    found = Journal.open(target)
    assert (found.release, found.owned, found.plan) == ("second", live, None)
    assert found.due is None


def test_adopt_leaves_the_books_of_other_tools_to_them(target: Target) -> None:
    """No models have alembic_version: owned, it would be dropped by the next contract."""
    people(target)
    execute(target, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    live = read(target)

    adopt(target, live, "A")

    owned = Journal.open(target).owned
    assert owned is not None
    left_out = {t.name.name for t in live.tables} - {t.name.name for t in owned.tables}
    assert left_out == {"alembic_version"}


def test_adopt_during_an_upgrade_is_refused(target: Target) -> None:
    """The schema belongs to no release then."""
    people(target)
    run(target, story(target), Phase.EXPAND)

    with pytest.raises(Refused, match="under way"):
        adopt(target, read(target), "x")


def test_an_adopted_release_is_owned_until_the_next_contract(target: Target) -> None:
    """Contract hands the schema over to the release that db-expand was told."""
    people(target)
    adopt(target, read(target), "A")
    plan = story(target)

    run(target, plan, Phase.EXPAND, Settings(release="B"))
    assert Journal.open(target).release == "A"
    upgrade(target, plan, SMALL)

    found = Journal.open(target)
    assert (found.release, found.owned) == ("B", plan.owned)


def test_a_user_who_may_not_write(postgresql_target: Target) -> None:
    """Denied with what is missing; nothing is left behind."""
    target = postgresql_target
    people(target)
    plan = story(target)
    name = query(target, "SELECT current_database()")[0][0]
    execute(target, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    before = dump(target)

    with pytest.raises(Denied) as denied:
        run(target, plan, Phase.EXPAND)

    assert denied.value.exit_code == 2
    assert "grant CREATE" in denied.value.do
    assert denied.value.done == "nothing"
    assert dump(target) == before


def test_a_user_who_may_not_do_one_step(postgresql_target: Target) -> None:
    """Denied by name; with the privilege the same command goes on at that step."""
    owner = postgresql_target
    people(owner)
    plan = story(owner)
    run(owner, plan, Phase.EXPAND)
    name = str(query(owner, "SELECT current_database()")[0][0])
    execute(
        owner,
        f"CREATE ROLE {name} LOGIN",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT INSERT, UPDATE ON falsework_plan, falsework_journal, falsework_progress,"
        f" falsework_lock TO {name}",
    )
    user = connect(owner.pool.url.set(username=name).render_as_string(hide_password=False))
    before = dump(owner)

    with pytest.raises(Denied, match=r"t\.b/fill: the user may not do this") as denied:
        run(user, None, Phase.MIGRATE)

    assert "InsufficientPrivilege" in denied.value.why
    assert dump(owner) == before
    assert query(owner, "SELECT note FROM falsework_journal ORDER BY id DESC LIMIT 1") == [
        ("Denied InsufficientPrivilege",)
    ]
    execute(owner, f"GRANT UPDATE ON t TO {name}")
    run(user, None, Phase.MIGRATE)
    user.pool.dispose()
    execute(owner, f"DROP OWNED BY {name}", f"DROP ROLE {name}")
