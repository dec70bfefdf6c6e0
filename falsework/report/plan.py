"""A plan as an operator reads it at night: what runs, whom it stops, how long, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from falsework.checks.unpurged import Dead
from falsework.model.plan import Phase, Plan, Refusal, Step
from falsework.report.forecast import forecast_lines, time_of
from falsework.report.proof import proof_lines
from falsework.report.steps import irreversible, step_lines
from falsework.report.unpurged import purged_text
from falsework.report.words import (
    PAGE,
    Page,
    counted,
    dotted,
    labelled,
    wrapped,
)

WHEN = {
    Phase.EXPAND: "while release A runs; B may start when it is done",
    Phase.MIGRATE: "while A and B run",
    Phase.CONTRACT: "when no A runs any more",
}
ONE_GO = "db-abort runs it, while A runs and B does not."
LOSES = "from here on what B alone has is lost"
NO_WAY_BACK = "from here on there is no way back"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan stands: what it is for, and how far it has come.

    ``database``  which database it is for, for people
    ``done``      ids of steps that the journal says are done
    ``budget``    seconds that others may be made to wait; None: not to be told
    ``empty``     whether the database has no table yet
    ``owned``     whether a release is recorded as the owner of the schema
    ``dead``      what was counted of soft-deleted rows; None: not counted
    ``due``       the phase to run next of a plan under way, which may have no step left to run
    """

    database: str
    done: frozenset[str] = frozenset()
    budget: float | None = None
    empty: bool = False
    owned: bool = True
    due: Phase | None = None
    dead: tuple[Dead, ...] | None = None

    def left(self, plan: Plan) -> tuple[Step, ...]:
        """The steps that have not run."""
        return tuple(s for s in plan.steps if s.id not in self.done)


def plan_text(
    plan: Plan, standing: Standing, page: Page = PAGE, *, phases: Sequence[Phase] = tuple(Phase)
) -> str:
    """The whole plan, or some phases of it; a ``full`` page shows all SQL."""
    lines = [*_head(plan, standing, page)]
    for phase in phases:
        lines += _phase(plan, phase, standing, page)
    if plan.steps:
        lines += ["", *proof_lines(plan, page)]
    lines += refusal_lines(plan.refusals, page)
    lines += _notes(plan.notes, page)
    lines += ["", *_unowned(standing, page), *verdict_lines(plan, standing, page)]
    return "\n".join(lines) + "\n"


def _head(plan: Plan, standing: Standing, page: Page) -> Iterator[str]:
    def line(label: str, text: str) -> list[str]:
        return labelled(label, text, indent=2, column=15, width=page.width)

    kind = "WAY BACK" if plan.takes_back else "UPGRADE PLAN"
    yield page.ink(f"{kind} {plan.digest[:12]}", "head")
    yield from line("database", f"{standing.database}, {plan.engine} {dotted(plan.version)}")
    if not plan.steps:
        return
    parts = [f"{len(plan.phase(p))} in {p}" for p in Phase if plan.phase(p)]
    done = f"; {len(standing.done)} done" if standing.done else ""
    yield from line("steps", f"{len(plan.steps)}: {', '.join(parts)}{done}")
    left = [(n, s) for n, s in enumerate(plan.steps, 1) if s.id not in standing.done]
    if left:
        for label, text in forecast_lines(left, plan.rates, standing.budget):
            yield from line(label, text)
        if standing.dead is not None:
            yield from line("if purged", purged_text(standing.dead, standing.left(plan)))
    if plan.refusals:
        text = f"{counted(len(plan.refusals), 'thing')}: this plan cannot run, see the end"
        yield from (page.ink(text, "bad") for text in line("refused", text))


def _phase(plan: Plan, phase: Phase, standing: Standing, page: Page) -> Iterator[str]:
    steps = plan.phase(phase)
    if not steps:
        return
    yield ""
    title = f"{phase.upper()}  {counted(len(steps), 'step')}, {time_of(steps)}."
    when = ONE_GO if plan.takes_back else f"Run db-{phase} {WHEN[phase]}."
    first, *others = wrapped(f"{title} {when}", rest="  ", width=page.width)
    yield page.ink(title, "head") + first.removeprefix(title) if first.startswith(title) else first
    yield from others
    last_exit = next((s for s in steps if irreversible(s)), None)
    for place, step in enumerate(plan.steps, 1):
        if step.phase is not phase:
            continue
        if step is last_exit and phase is Phase.CONTRACT:
            what = LOSES if plan.takes_back else NO_WAY_BACK
            yield page.ink(f"     ---- {what} ----", "warn")
        new = plan.before.table(step.table) is None
        yield from step_lines(place, step, page, new=new, done=step.id in standing.done)


def refusal_lines(refusals: tuple[Refusal, ...], page: Page = PAGE) -> Iterator[str]:
    """Each refusal: what, why, and what would make it possible."""
    if not refusals:
        return
    yield ""
    yield page.ink(f"REFUSED  {counted(len(refusals), 'thing')}", "bad")
    for (subject, do), group in groupby(refusals, key=lambda r: (r.subject, r.do)):
        yield from wrapped(subject, first="  ", rest="    ", width=page.width)
        for refusal in group:
            yield from labelled("why", refusal.reason, indent=4, column=10, width=page.width)
        yield from labelled("do", do, indent=4, column=10, width=page.width)


def _notes(notes: tuple[str, ...], page: Page) -> Iterator[str]:
    if not notes:
        return
    yield ""
    yield page.ink("NOTES", "head")
    for note in notes:
        yield from wrapped(note, first="  - ", rest="    ", width=page.width)


UNOWNED = (
    "No release is recorded as the owner of this schema, so nothing that the models lack is "
    "dropped. If the running release made it: db-adopt --release NAME, then db-plan again."
)


def _unowned(standing: Standing, page: Page) -> Iterator[str]:
    if not standing.owned and not standing.empty:
        yield from (page.ink(line, "warn") for line in wrapped(UNOWNED, width=page.width))


def verdict_lines(plan: Plan, standing: Standing, page: Page = PAGE) -> Iterator[str]:
    """The last line: what to do now."""
    text, kind = _verdict(plan, standing)
    for line in wrapped(text, width=page.width):
        yield page.ink(line, kind) if kind else line


def _verdict(plan: Plan, standing: Standing) -> tuple[str, str]:
    left = next((s.phase for s in plan.steps if s.id not in standing.done), None)
    due = standing.due or left
    if plan.refusals:
        return "Refused: nothing of this plan runs until the above is settled.", "bad"
    if not plan.steps and standing.due is None:
        return "Nothing to do: the database has what the models ask for.", "good"
    if due is None:
        return "All steps are done.", "good"
    if plan.takes_back:
        return "Next: stop release B, then db-abort.", ""
    if standing.empty:
        return "Next: db-sync. The database is empty, so nobody has to be spared.", ""
    if plan.questions and left is not None:
        text = f"Next: db-check, which counts the rows that matter to this plan, then db-{due}."
        return text, ""
    return f"Next: db-{due}.", ""
