"""What the journal knows of an upgrade that is not at its end."""

from __future__ import annotations

from collections.abc import Iterator

from falsework.migrate.journal import Journal, State
from falsework.model.plan import Phase
from falsework.model.remark import Remark

ORDER = tuple(Phase)


def left(journal: Journal, phase: Phase) -> Iterator[Remark]:
    """Failed steps, phases that were broken off, and those that come before ``phase``.

    A plan under way whose next phase has not begun is nothing to remark on.
    """
    plan, due = journal.plan, journal.due
    if plan is None or due is None:
        return
    for step, state in journal.states:
        if state is State.FAILED:
            yield Remark(step, "failed when it was last run", "db-status says why.")
    broken_off = journal.begun - journal.finished
    for begun in (p for p in ORDER if p in broken_off):
        missing = sum(step.id not in journal.done for step in plan.phase(begun))
        yield Remark(
            f"db-{begun}", f"was begun, and {missing} of its steps are left", _again(begun)
        )
    if due not in broken_off and ORDER.index(due) < ORDER.index(phase):
        yield Remark(f"db-{due}", f"is due before db-{phase}", _again(due), stops=True)


def _again(phase: Phase) -> str:
    return f"Run db-{phase}."
