"""Where a database stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from falsework.migrate import Journal, State
from falsework.model.plan import Phase, Plan
from falsework.report.words import PAGE, Page, columns, counted, labelled, number

UNKNOWN = "not recorded; db-adopt --release NAME records who owns the present schema"
UNNAMED = "recorded without a name; --release names the next one"
DUE = {Phase.EXPAND: 2, Phase.MIGRATE: 3, Phase.CONTRACT: 4}
"""Exit codes of ``status --check``, as keystone-manage has them."""


def standing(journal: Journal, pending: Plan | None) -> tuple[str, int]:
    """Where the database stands in one word, and as the exit code of ``status --check``.

    ``pending``  the plan from what is there to the models; None where no models were named
    """
    if any(state is State.FAILED for _, state in journal.states):
        return "broken", 1
    if journal.due is not None:
        return journal.due.value, DUE[journal.due]
    if pending is None:
        return "unknown", 1
    return ("expand", 2) if pending.steps or pending.refusals else ("up to date", 0)


def status_text(journal: Journal, pending: Plan | None, *, database: str, page: Page = PAGE) -> str:
    """The whole status."""

    def line(label: str, text: str) -> list[str]:
        return labelled(label, text, indent=0, column=10, width=page.width)

    lines = line("database", database)
    lines += line("release", journal.release or (UNNAMED if journal.owned else UNKNOWN))
    if journal.runner:
        lines += line("runner", f"{journal.runner}: at work, or ended without a word")
    if journal.plan is None:
        lines += line("plan", "none under way")
        lines += line("models", _pending(pending))
    else:
        lines += line("plan", f"{journal.plan.digest[:12]}, {_begun(journal)}")
        due = "db-abort" if journal.plan.takes_back else f"db-{journal.due}"
        lines += line("due", due if journal.due else "nothing")
        lines += ["", *_phases(journal, journal.plan), *_fills(journal), *_failures(journal, page)]
    return "\n".join(lines) + "\n"


def _pending(pending: Plan | None) -> str:
    if pending is None:
        return "none named, so nobody knows whether an upgrade is due"
    if pending.refusals:
        return f"{counted(len(pending.refusals), 'change')} refused: see db-plan"
    if pending.steps:
        return f"{counted(len(pending.steps), 'step')} to run: see db-plan"
    return "the database has what they ask for"


def _begun(journal: Journal) -> str:
    stored = next((e.at for e in journal.history if e.state is State.PLAN_STORED), None)
    return f"stored {moment(stored)}" if stored else "stored"


def moment(at: datetime) -> str:
    """A time by the database's clock, to the second."""
    return at.isoformat(" ", "seconds")


def _phases(journal: Journal, plan: Plan) -> Iterator[str]:
    rows = [("phase", "steps", "done", "")]
    for phase in Phase:
        steps = plan.phase(phase)
        done = sum(s.id in journal.done for s in steps)
        word = "finished" if phase in journal.finished else ""
        rows.append((phase.value, number(len(steps)), number(done), word))
    yield from columns(rows, right=frozenset({1, 2}))


def _fills(journal: Journal) -> Iterator[str]:
    if not journal.progress:
        return
    yield ""
    rows = [("fill", "rows", "updated", "")]
    rows += [
        (p.step, number(p.rows), moment(p.updated), "finished" if p.finished else "")
        for p in journal.progress
    ]
    yield from columns(rows, right=frozenset({1}))


def _failures(journal: Journal, page: Page) -> Iterator[str]:
    failed = {step for step, state in journal.states if state is State.FAILED}
    last = {e.step: e for e in journal.history if e.step in failed and e.state is State.FAILED}
    for entry in last.values():
        text = f"{entry.step} at {moment(entry.at)}: {entry.note}"
        yield ""
        lines = labelled("failed", text, indent=0, column=10, width=page.width)
        yield from (page.ink(line, "bad") for line in lines)


def status_body(journal: Journal, pending: Plan | None) -> dict[str, object]:
    """The same for a program."""
    word, _ = standing(journal, pending)
    plan = journal.plan
    return {
        "standing": word,
        "release": journal.release,
        "runner": journal.runner,
        "due": journal.due,
        "digest": plan.digest if plan else None,
        "takes_back": plan.takes_back if plan else "",
        "phases": {
            p.value: {
                "steps": len(plan.phase(p)) if plan else 0,
                "done": sum(s.id in journal.done for s in plan.phase(p)) if plan else 0,
                "finished": p in journal.finished,
            }
            for p in Phase
        },
        "progress": [
            {"step": p.step, "rows": p.rows, "finished": p.finished, "updated": p.updated}
            for p in journal.progress
        ],
        "failed": [step for step, state in journal.states if state is State.FAILED],
        "pending": None
        if pending is None
        else {"steps": len(pending.steps), "refusals": len(pending.refusals)},
    }
