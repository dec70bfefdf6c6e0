"""Where a database stands: the stored plan, the state of its steps, who owns the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from falsework.engines.connect import Target
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema


class State(StrEnum):
    """A journal entry's meaning: of a step, of a phase, of the plan as a whole."""

    STARTED = "started"
    DONE = "done"
    FOUND = "found"  # the effect was there: a run ended between the statement and its record
    REPAIRED = "repaired"  # the remains of a broken-off statement were removed
    FAILED = "failed"
    PHASE_BEGUN = "phase begun"
    PHASE_FINISHED = "phase finished"
    PLAN_STORED = "plan stored"
    PLAN_SUPERSEDED = "plan superseded"
    PLAN_FINISHED = "plan finished"
    RELEASE_STORED = "release stored"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, by the database's clock. It holds no row values.

    ``step`` is "" for entries about a phase or the plan, ``phase`` is None for those about the plan.
    ``note`` is the class of the error of a FAILED entry.
    """

    at: datetime
    step: str
    phase: Phase | None
    state: State
    seconds: float | None
    rows: int | None
    digest: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fill has come: rows filled, by the database's clock."""

    step: str
    rows: int
    finished: bool
    updated: datetime


@dataclass(frozen=True, slots=True)
class Journal:
    """A picture of the journal, read at once; reading writes nothing and takes no lock.

    ``plan``      the plan under way; None where there is none, or the last one is finished
    ``states``    the last state of each of its steps that has one
    ``finished``  the phases of it that are done
    ``release``   the name of the release that owns the schema, as far as the journal knows
    ``owned``     what that release owns; None where nothing was recorded yet
    ``runner``    who holds or last held the run lock; "" for nobody
    """

    plan: Plan | None = None
    states: tuple[tuple[str, State], ...] = ()
    finished: frozenset[Phase] = frozenset()
    progress: tuple[Progress, ...] = ()
    history: tuple[Entry, ...] = ()
    release: str = ""
    owned: Schema | None = None
    runner: str = ""

    @classmethod
    def open(cls, target: Target) -> Journal:
        """Read it; empty where the database has no journal yet.

        Raises PlanMismatch for a journal that a newer falsework wrote, Unreachable, Denied.
        """
        raise NotImplementedError

    def state(self, step: str) -> State | None:
        """The step's last state; None where it has not begun."""
        return dict(self.states).get(step)

    @property
    def due(self) -> Phase | None:
        """The phase to run next; None where no plan is under way."""
        if self.plan is None:
            return None
        return next((p for p in Phase if p not in self.finished), None)
