"""What is ahead of a phase, and what it did."""

from falsework.checks import DERIVED, Answer, Finding, Result
from falsework.migrate import Outcome, StepOutcome
from falsework.model.plan import Phase
from falsework.report.run import BLIND, ahead_text, outcome_text
from tests.report.plans import DROP, ENFORCE, FILL, PLAN

QUESTION = PLAN.questions[0]

LOST = DERIVED[-1]


def test_ahead() -> None:
    """How long, whom it stops, what is lost, who is connected."""
    lost = Answer(
        LOST, Result.WARNING, 1.0, question=QUESTION, finding=Finding(1, ("id",), (("1",),))
    )
    unknown = Answer(LOST, Result.ERROR, reason="stopped after 20 s", question=QUESTION)
    sessions = tuple(f"session {n}" for n in range(7))
    text = ahead_text(
        "db-contract",
        "db1/nova",
        (FILL, ENFORCE, DROP),
        losses=(lost, unknown),
        sessions=sessions,
    )
    assert text.startswith("db-contract on db1/nova\n")
    assert "steps          3, more than 3 h 13 min, waiting" in text
    assert "others wait    at most 10 min" in text
    assert "lost for good  public.instances.uuid: 1 row holds NULL in uuid" in text
    assert "lost for good  public.instances.uuid: could not be counted: stopped after 20 s" in text
    assert "7 others: session 0; session 1; session 2; session 3; session 4; ..." in text
    assert BLIND in " ".join(text.split())


def test_what_a_phase_did() -> None:
    """Each step with its time and rows; what was found done is not claimed."""
    steps = (
        StepOutcome(FILL.id, found=False, seconds=61.0, rows=1),
        StepOutcome(DROP.id, found=True, seconds=0.0),
    )
    text = outcome_text((Outcome("d", Phase.CONTRACT, steps, finished=True),))
    assert text.splitlines() == [
        "db-contract is done: 2 steps in 61 s.",
        "  public.instances.uuid/fill: 61 s, 1 row filled",
        "  public.instances.rack/drop: 0 ms, found done",
        "The upgrade is complete.",
    ]


def test_a_phase_that_was_done_before() -> None:
    """Nothing ran, and what comes next is said: not what came next when it was done."""
    said = "db-expand was done before; nothing ran.\n"

    def text(due: Phase | None) -> str:
        return outcome_text((Outcome("", Phase.EXPAND, already=True, due=due),))

    assert text(Phase.MIGRATE) == f"{said}Next: start release B beside A, then db-migrate.\n"
    assert text(Phase.CONTRACT) == f"{said}Next: stop release A, then db-contract.\n"
    assert text(None) == said
