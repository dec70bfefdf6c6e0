"""What a phase is about to do, what it did, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from falsework.checks import Answer, Result
from falsework.migrate import Outcome
from falsework.model.plan import Phase, Step
from falsework.report.checks import found
from falsework.report.forecast import longest, time_of
from falsework.report.words import PAGE, Page, counted, duration, labelled

NEXT = {
    Phase.EXPAND: "Next: start release B beside A, then db-migrate.",
    Phase.MIGRATE: "Next: stop release A, then db-contract.",
    Phase.CONTRACT: "The upgrade is complete.",
}
BACK = "The upgrade is taken back: the schema is as it was before db-expand."
BLIND = "falsework cannot see which of them are release A: make sure that none is"


def ahead_text(
    command: str,
    database: str,
    steps: Sequence[Step],
    *,
    losses: Sequence[Answer] = (),
    sessions: Sequence[str] = (),
    page: Page = PAGE,
) -> str:
    """What is about to run, in a few lines, for the one who is asked."""

    def line(label: str, text: str) -> list[str]:
        return labelled(label, text, indent=2, column=17, width=page.width)

    lines = [page.ink(f"{command} on {database}", "head")]
    lines += line("steps", f"{len(steps)}, {time_of(steps)}, waiting for locks aside")
    lines += line("others wait", longest(steps))
    lines += [page.ink(t, "warn") for loss in losses for t in line("lost for good", _loss(loss))]
    if sessions:
        shown = "; ".join(sessions[:5]) + ("; ..." if len(sessions) > 5 else "")
        lines += line("connected", f"{len(sessions)} others: {shown}")
        lines += line("", BLIND)
    return "\n".join(lines) + "\n"


def _loss(loss: Answer) -> str:
    question = loss.question
    subject = f".{question.subject}" if question.subject else ""
    if loss.result is Result.ERROR or loss.finding is None:
        return f"{question.table}{subject}: could not be counted: {loss.reason}"
    return f"{question.table}{subject}: {found(loss.finding.count, question.text)}"


def outcome_text(outcomes: Sequence[Outcome], page: Page = PAGE, *, back: bool = False) -> str:
    """What was done, and what comes next; ``back`` says that it took an upgrade back."""
    if back:
        return "\n".join([*_done("db-abort", outcomes, page), BACK]) + "\n"
    lines = [line for outcome in outcomes for line in _outcome(outcome, page)]
    last = outcomes[-1]
    if not last.already:
        lines.append(NEXT[last.phase])
    elif last.due is not None:  # a later phase may be done as well
        phases = tuple(Phase)
        lines.append(NEXT[phases[phases.index(last.due) - 1]])
    return "\n".join(lines) + "\n"


def _outcome(outcome: Outcome, page: Page) -> Iterator[str]:
    if outcome.already:
        yield f"db-{outcome.phase} was done before; nothing ran."
        return
    yield from _done(f"db-{outcome.phase}", (outcome,), page)


def _done(what: str, outcomes: Sequence[Outcome], page: Page) -> Iterator[str]:
    ran = [step for outcome in outcomes for step in outcome.steps]
    seconds = sum(s.seconds for s in ran)
    steps = counted(len(ran), "step") if ran else "no step"
    yield page.ink(f"{what} is done: {steps} in {duration(seconds)}.", "good")
    for step in ran:
        rows = f", {counted(step.rows, 'row')} filled" if step.rows is not None else ""
        found = ", found done" if step.found else ""
        text = f"{step.step}: {duration(step.seconds)}{rows}{found}"
        yield from labelled("", text, indent=0, column=2, width=page.width)
