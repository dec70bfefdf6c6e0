"""A plan from beginning to end, when nothing goes wrong."""

import pytest

from falsework.engines.connect import Target
from falsework.errors import PlanMismatch, Refused
from falsework.migrate import Event, Journal, Moment, Settings, State, run
from falsework.model.plan import Phase
from tests.migrate.conftest import people, story
from tests.migrate.crash import upgrade
from tests.migrate.plans import dump, joined, journal, query, read

SMALL = Settings(chunk_rows=10)


def test_the_three_phases(target: Target) -> None:
    """Each phase does its steps, in order; the schema afterwards is the planned one."""
    people(target)
    plan = story(target)

    outcomes = [run(target, plan if p is Phase.EXPAND else None, p, SMALL) for p in Phase]

    assert [[s.step for s in o.steps] for o in outcomes] == [
        ["t.b/add", "t_b_a/build"],
        ["t.b/fill"],
        ["t.b/enforce"],
    ]
    assert [o.finished for o in outcomes] == [False, False, True]
    assert read(target) == plan.owned
    said = joined(target, "a", "':b'")
    assert query(target, f"SELECT count(*), min(b) FROM t WHERE b = {said}") == [(25, "a0:b")]


def test_the_journal_line_by_line(target: Target) -> None:
    """Each change of state has its line, in the order in which things happened."""
    people(target)
    plan = story(target)
    upgrade(target, plan, SMALL)

    steps = {p: [(s.id, p) for s in plan.phase(p)] for p in Phase}
    assert journal(target) == [
        ("", "", "plan stored"),
        *(
            line
            for phase in Phase
            for line in (
                ("", phase, "phase begun"),
                *((*step, state) for step in steps[phase] for state in ("started", "done")),
                ("", phase, "phase finished"),
            )
        ),
        ("", "", "plan finished"),
    ]


def test_a_phase_that_is_done_does_nothing(target: Target) -> None:
    """Every command may be run again: it writes nothing and says that it was done."""
    people(target)
    plan = story(target)
    for phase in Phase:
        run(target, plan if phase is Phase.EXPAND else None, phase)
        before = dump(target), journal(target)
        events: list[Event] = []

        again = run(target, None, phase, observer=events.append)

        assert again.already
        assert not again.steps
        assert not events
        assert (dump(target), journal(target)) == before


def test_phases_have_an_order(target: Target) -> None:
    """Migrate before expand, contract before migrate: refused, and the message says what to run."""
    people(target)
    plan = story(target)

    for phase in (Phase.MIGRATE, Phase.CONTRACT):
        with pytest.raises(Refused, match="no plan") as refused:
            run(target, None, phase)
        assert "db-expand" in refused.value.do
    run(target, plan, Phase.EXPAND)
    with pytest.raises(Refused, match="db-migrate is not finished") as refused:
        run(target, None, Phase.CONTRACT)

    assert "t.b/fill" in refused.value.why
    assert refused.value.do == "run db-migrate"


def test_another_plan_waits_for_the_first(target: Target) -> None:
    """A second release while the first one is under way is refused, unless it is to supersede."""
    people(target)
    first = story(target)
    run(target, first, Phase.EXPAND)
    other = story(target, "c")

    with pytest.raises(Refused, match="another plan"):
        run(target, other, Phase.EXPAND)
    with pytest.raises(PlanMismatch, match="another plan"):
        run(target, other, Phase.MIGRATE)
    run(target, other, Phase.EXPAND, Settings(supersede=True))

    assert Journal.open(target).plan == other
    assert ("", "", "plan superseded") in journal(target)


def test_the_journal_says_where_it_stands(target: Target) -> None:
    """Readers see the plan, the steps, the fills, what is due and who owns the schema."""
    people(target)
    plan = story(target)
    assert Journal.open(target) == Journal()

    run(target, plan, Phase.EXPAND, Settings(release="B"))
    half = Journal.open(target)
    run(target, None, Phase.MIGRATE, SMALL)
    filled = Journal.open(target)
    run(target, None, Phase.CONTRACT)
    over = Journal.open(target)

    assert half.plan == plan
    assert half.due is Phase.MIGRATE
    assert half.state("t.b/add") is State.DONE
    assert half.state("t.b/fill") is None
    assert filled.due is Phase.CONTRACT
    assert [(p.step, p.rows, p.finished) for p in filled.progress] == [("t.b/fill", 25, True)]
    assert over.plan is None
    assert over.due is None
    assert (over.release, over.owned) == ("B", plan.owned)
    assert over.runner == ""
    done = [e for e in over.history if e.state is State.DONE]
    assert all(e.seconds is not None and e.seconds >= 0 and e.digest for e in done)
    assert [e.rows for e in done] == [None, None, 25, None]


def test_an_observer_hears_everything(target: Target) -> None:
    """What is before comes before what is after, and planned SQL is told as it is sent."""
    people(target)
    plan = story(target)
    events: list[Event] = []

    run(target, plan, Phase.EXPAND, observer=events.append)

    sent = [e.sql for e in events if e.moment is Moment.BEFORE_STATEMENT]
    planned = [s for step in plan.phase(Phase.EXPAND) for s in getattr(step.work, "sql", ())]
    assert [s for s in sent if s in planned] == planned
    for before, after in (
        (Moment.BEFORE_STATEMENT, Moment.AFTER_STATEMENT),
        (Moment.BEFORE_JOURNAL, Moment.AFTER_JOURNAL),
        (Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT),
    ):
        pairs = [e for e in events if e.moment in (before, after)]
        assert [e.moment for e in pairs] == [before, after] * (len(pairs) // 2)
