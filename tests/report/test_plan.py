"""The plan's text, against files that were read by eye; ``make golden`` writes them anew."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from falsework.model.plan import Phase, Plan, Proof, Statement
from falsework.model.schema import TableName
from falsework.report.plan import Standing, plan_text
from falsework.report.words import Page
from tests.report.plans import BROKEN, CREATE, DROP, ENFORCE, PLAN, REFUSALS, undated

HERE = Path(__file__).parent
STANDING = Standing("db1.example.org/nova, schema public", budget=1.0)
BAD = replace(PLAN, proof=replace(PLAN.proof, broken=BROKEN), refusals=REFUSALS)


def test_a_good_plan(golden: Callable[[Path, str], None]) -> None:
    """Per step what runs, over how many rows, whom it stops, whether there is a way back."""
    golden(HERE / "plan.txt", undated(PLAN, plan_text(PLAN, STANDING)))


def test_a_refused_plan_in_full(golden: Callable[[Path, str], None]) -> None:
    """All SQL, on a narrow page: broken statements one by one, refusals with their remedy."""
    standing = Standing("db1/nova", done=frozenset({CREATE.id}), owned=False)
    text = plan_text(BAD, standing, Page(70, full=True))
    golden(HERE / "plan-refused.txt", undated(BAD, text))


def test_what_was_accepted_is_still_told() -> None:
    """A statement that fails by a step the operator accepted: no longer refused, never hidden."""
    text = plan_text(replace(PLAN, proof=Proof(294, BROKEN[2:], accepted=BROKEN[:2])), STANDING)
    assert "2 fail and are accepted" in text
    assert "upsert: fails from step 2 on, accepted: rack is NOT NULL" in " ".join(text.split())
    assert "1 fail " in text


@pytest.mark.parametrize("width", [20, 60, 100, 200])
@pytest.mark.parametrize("full", [False, True])
def test_any_width(width: int, *, full: bool) -> None:
    """No line is longer than the page, words that cannot be broken and SQL to copy aside."""
    text = plan_text(BAD, STANDING, Page(width, full=full))
    for line in text.splitlines():
        copied = line.lstrip().startswith(("|", "sql", "setup", "none?", "PROOF", "A  ", "B  "))
        longest = max(map(len, line.split()), default=0)
        assert len(line) <= max(width, 50) or copied or longest > width - 20, line


def test_colour_is_only_ink() -> None:
    """The text is the same with and without; every kind of ink is one that the terminal knows."""
    from falsework.cli.call import COLOURS  # noqa: PLC0415 - the only test that needs it

    kinds: set[str] = set()

    def ink(text: str, kind: str) -> str:
        kinds.add(kind)
        return text

    assert plan_text(BAD, STANDING, Page(ink=ink)) == plan_text(BAD, STANDING)
    assert kinds <= COLOURS.keys()
    assert {"bad", "head", "warn"} <= kinds


def test_the_last_line_says_what_to_do() -> None:
    """For each state a plan can be in."""

    def last(plan: Plan, standing: Standing = STANDING) -> str:
        return plan_text(plan, standing).splitlines()[-1]

    every = frozenset(s.id for s in PLAN.steps)
    assert last(PLAN).startswith("Next: db-check")
    assert last(replace(PLAN, questions=())) == "Next: db-expand."
    assert "db-contract" in last(PLAN, Standing("x", done=every - {DROP.id}))
    assert last(PLAN, Standing("x", done=every)) == "All steps are done."
    assert last(PLAN, Standing("x", done=every, due=Phase.CONTRACT)) == "Next: db-contract."
    assert last(PLAN, Standing("x", empty=True)).startswith("Next: db-sync")
    assert last(BAD).startswith("Refused")
    assert last(replace(PLAN, steps=())).startswith("Nothing to do")


def test_rows_that_nobody_knows() -> None:
    """A blocking step over an unknown number of rows is no small matter."""
    steps = (replace(ENFORCE, rows=None, forecast=None, least=None),)
    text = plan_text(replace(PLAN, steps=steps), STANDING)
    assert "others wait  nobody knows how long, in step 1" in text
    assert "rows not known" in text
    assert "contract time not known" in text


def test_one_phase() -> None:
    """A dry run shows its own phase; steps keep their numbers."""
    text = plan_text(PLAN, STANDING, phases=(Phase.MIGRATE,))
    assert "  3  public.instances.uuid/fill" in text
    assert "EXPAND" not in text


def test_no_proof_without_a_plan_to_prove() -> None:
    """A plan that changes alone have refused says so."""
    text = plan_text(replace(PLAN, proof=Proof(0), refusals=REFUSALS), STANDING)
    assert "PROOF  not made" in text


@pytest.mark.parametrize("full", [False, True])
def test_names_cannot_write_lines(*, full: bool) -> None:
    """Control characters are spelled out; a line feed in SQL stays behind its mark."""
    evil = "a\x1b[2J\r\n     undo  yes\u202e"
    step = replace(
        DROP,
        id=evil,
        title=evil,
        table=TableName(evil, evil),
        work=Statement((f'ALTER TABLE "{evil}" DROP x',)),
    )
    note = (evil,)
    plan = replace(PLAN, steps=(step,), notes=note, proof=Proof(1, not_yet=note))
    text = plan_text(plan, Standing(evil), Page(full=full))
    assert all(c.isprintable() or c == "\n" for c in text)
    assert not any(line.startswith("     undo  yes") for line in text.splitlines())
