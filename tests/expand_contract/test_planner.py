"""What a plan refuses, what it leaves alone, and how it weighs a form that makes others wait."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from falsework.declare import fill
from falsework.expand_contract.planner import make_plan
from falsework.model.plan import Backfill, Phase, Plan, Statement
from falsework.model.policy import Policy
from tests.cases import all_cases
from tests.expand_contract import paper


def models(*parts: Column[object] | UniqueConstraint, key: bool = True) -> MetaData:
    """One table ``t`` with these columns."""
    metadata = MetaData()
    first = [Column("id", Integer, primary_key=True)] if key else []
    Table("t", metadata, *first, *parts)
    return metadata


def refused(plan: Plan) -> list[tuple[str, str]]:
    return [(r.subject, r.do) for r in plan.refusals]


def parts(plan: Plan) -> list[str]:
    """The steps by the last piece of their ids."""
    return [step.id.rpartition("/")[2] for step in plan.steps]


def test_a_long_rewrite_waits_for_the_word_of_the_operator() -> None:
    """What makes others wait beyond the lock budget is refused until downtime is allowed."""
    a, b = models(Column("n", Integer)), models(Column("n", BigInteger))
    step = "public.t.n/widen"
    allowed = Policy(allow_downtime=frozenset((step,)))

    assert refused(paper.plan(a, b, "postgresql", rows=100_000_000)) == [
        (step, f"purge rows that are not needed, or plan an outage: --allow-downtime {step}")
    ]
    assert refused(paper.plan(a, b, "postgresql", rows=100_000_000, policy=allowed)) == []
    assert refused(paper.plan(a, b, "postgresql", rows=100)) == []


def test_rows_that_nobody_counted_are_many() -> None:
    """Without statistics nobody knows how long it takes: refused, not hoped for."""
    a, b = models(Column("n", Integer)), models(Column("n", BigInteger))
    upgrade = replace(paper.upgrade(a, b, "postgresql"), rows={})

    (refusal,) = make_plan(upgrade, "public").refusals

    assert "nobody knows how long" in refusal.reason


def test_small_tables_take_the_short_form_and_large_ones_the_safe_one() -> None:
    """The direct form is one step, and stalls others; the long one stalls nobody."""
    a = models(Column("n", Integer))
    b = models(Column("n", Integer, nullable=False), UniqueConstraint("n"))

    small = paper.plan(a, b, "postgresql", rows=1_000)
    large = paper.plan(a, b, "postgresql", rows=10_000_000)

    assert parts(small) == ["enforce", "add-unique"]
    assert parts(large) == ["guard", "validate", "enforce", "unguard", "build", "adopt"]
    assert not any(step.blocking for step in large.steps)


def test_on_an_engine_that_rebuilds_one_rebuild_does_it_all() -> None:
    """Edits of one table that each rewrite it go together, and the step says which they were."""
    a = models(Column("n", Integer))
    b = models(Column("n", Integer, nullable=False), UniqueConstraint("n"))

    (step,) = paper.plan(a, b, "sqlite").steps

    assert (step.phase, len(step.effect), len(step.covers)) == (Phase.CONTRACT, 2, 2)
    assert isinstance(step.work, Statement)
    assert sum("CREATE TABLE" in sql for sql in step.work.sql) == 1


def test_a_fill_walks_along_the_primary_key_and_says_what_needs_it() -> None:
    """In migrate for the rows that are there, and once more for those that A adds meanwhile."""
    plan = paper.plan(
        models(Column("n", Integer)), models(Column("n", Integer, info=fill("7"), nullable=False))
    )

    fills = [s for s in plan.steps if isinstance(s.work, Backfill)]

    assert [(s.phase, s.id) for s in fills] == [
        (Phase.MIGRATE, "main.t.n/fill"),
        (Phase.CONTRACT, "main.t.n/refill"),
    ]
    work = fills[0].work
    assert isinstance(work, Backfill)
    assert (work.key, work.column, work.value, work.need) == (("id",), "n", "7", '"n" IS NULL')


def test_a_counter_of_the_server_is_not_added() -> None:
    """It would be written into every row under a lock: refused, with another way."""
    plan = paper.plan(
        models(Column("n", Integer)),
        models(Column("n", Integer), Column("c", Integer, Identity())),
        "postgresql",
    )

    assert [subject for subject, _ in refused(plan)] == ["public.t.c"]


def test_what_nobody_owns_is_left_alone_and_named() -> None:
    """Without a known owner nothing is dropped, and a note says what was seen."""
    a = models(Column("n", Integer, index=True), Column("u", String(9), unique=True))
    b = models()

    plan = paper.plan(a, b, owned=False)

    assert plan.steps == ()
    assert len(plan.notes) == 4
    assert all("left alone" in note for note in plan.notes)


def test_nothing_to_do_is_an_empty_plan() -> None:
    """The same models give no step, no question and no note."""
    same = models(Column("n", Integer, index=True), Column("u", String(9), unique=True))

    for engine in paper.ENGINES:
        plan = paper.plan(same, same, engine)
        assert (plan.steps, plan.questions, plan.notes, plan.refusals) == ((), (), (), ())


def test_a_refused_plan_proves_nothing() -> None:
    """As long as something is refused, no proof is claimed."""
    plan = paper.plan(models(), models(Column("n", Integer, nullable=False)))

    assert plan.proof.statements == 0
    assert refused(plan)[0][0] == "main.t.n"


def test_questions_belong_to_steps_of_the_plan() -> None:
    """A gate asks what a step of its phase depends on, and nothing else."""
    for engine in paper.ENGINES:
        for case in all_cases():
            plan = make_plan(paper.of(case, engine), paper.SCHEMAS[engine])
            ids = {i: s.phase for s in plan.steps for i in (s.id, *s.covers)}
            assert {q.step: q.phase for q in plan.questions}.items() <= ids.items()
