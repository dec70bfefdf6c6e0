"""What a run tells about itself while it runs: for progress, for an audit log, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Moment(StrEnum):
    """When an observer is called. The order of the first six in a run is always the same."""

    BEFORE_STATEMENT = "before statement"
    AFTER_STATEMENT = "after statement"
    BEFORE_JOURNAL = "before journal"
    AFTER_JOURNAL = "after journal"
    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"
    STEP = "step begins"
    STEP_DONE = "step done"
    CHUNK = "chunk done"
    WAITING = "waiting"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Event:
    """One moment of a run.

    ``step``  the step's id; None outside of steps
    ``sql``   the planned statement; None for the run's own
    ``rows``  at CHUNK and STEP_DONE: rows filled so far in this step
    ``note``  for people: what is waited for, what was recorded
    """

    moment: Moment
    step: str | None = None
    sql: str | None = None
    rows: int | None = None
    note: str = ""


class Observer(Protocol):
    """Called in the runner's own thread; what it raises ends the run as a crash would."""

    def __call__(self, event: Event, /) -> None: ...


def silent(_event: Event) -> None:
    """An observer that keeps quiet."""
