"""What every part of a run shares: where it runs, within which limits, and who must hear of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.connect import Target
from falsework.errors import Interrupted
from falsework.migrate.journal import Journal
from falsework.migrate.locks import RunLock
from falsework.migrate.observer import Event, Moment, Observer
from falsework.migrate.record import Recorder
from falsework.migrate.retry import Patience
from falsework.migrate.session import Session
from falsework.migrate.settings import Settings
from falsework.model import edits
from falsework.model.plan import Phase, Plan, Step
from falsework.model.schema import Schema, TableName


@dataclass(slots=True)
class Work:
    """One phase of one stored plan, under the run lock.

    ``number``   the plan's number in the journal
    ``picture``  the live schema of ``names`` as it was after the last step
    ``filled``   rows filled by this run
    """

    target: Target
    plan: Plan
    phase: Phase
    number: int
    picture: Schema
    settings: Settings
    observer: Observer
    asked_to_stop: Callable[[], bool]
    lock: RunLock
    session: Session
    recorder: Recorder
    began: float = field(default_factory=time.monotonic)
    filled: int = 0

    @property
    def names(self) -> tuple[TableName, ...]:
        """The tables that are compared."""
        return names(self.plan)

    def check_stop(self) -> None:
        """Raise Interrupted when a signal or a budget says that nothing more is to begin."""
        if self.asked_to_stop():
            raise Interrupted(f"db-{self.phase} was asked to stop; call it again to go on")
        budget, rows = self.settings.time_budget, self.settings.max_rows
        if budget is not None and time.monotonic() - self.began >= budget:
            raise Interrupted(f"db-{self.phase}: the time budget is used up; call it again")
        if rows is not None and self.filled >= rows:
            raise Interrupted(f"db-{self.phase}: {self.filled} rows are filled; call it again")

    def check_signal(self) -> None:
        """Raise Interrupted when a signal asked to stop; budgets do not break off a pause."""
        if self.asked_to_stop():
            raise Interrupted(f"db-{self.phase} was asked to stop; call it again to go on")

    def patience(self, step: Step) -> Patience:
        """A new patience for a step or a chunk of it."""
        tables = (step.table, *step.also_locks)
        return Patience(self.session, self.lock.verify, self.check_signal, step.id, tables)

    def write(
        self,
        what: str,
        job: Callable[[Connection], None],
        *,
        written: Callable[[Journal], bool],
        done: str,
    ) -> None:
        """Run ``job`` in one transaction of the journal's own, as often as it takes.

        ``written``  whether it was committed after all, where the answer was lost
        ``done``     what the database holds where it fails
        """
        patience = Patience(self.session, self.lock.verify, self.check_signal, what, done=done)
        unsure = False
        while True:
            try:
                self.lock.verify()
                if unsure and written(Journal.open(self.target)):
                    return
                self.session.wait_for_locks(self.settings.lock_try_ms)
                with self.session.transaction() as connection:
                    job(connection)
            except DBAPIError as error:
                unsure = patience.after(error) is Trouble.LOST or unsure
            else:
                return

    def tell(self, moment: Moment, step: Step, rows: int | None = None, note: str = "") -> None:
        """Tell the observer about a step."""
        self.observer(Event(moment, step.id, rows=rows, note=note))


def names(plan: Plan) -> tuple[TableName, ...]:
    """The objects that a plan touches or is near to, the ones it creates among them."""
    creates = edits.CreateTable | edits.CreateEnumeration | edits.CreateSequence
    creates |= edits.CreateDomain
    made = {e.table for s in plan.steps for e in s.effect if isinstance(e, creates)}
    there = {t.name for t in plan.before.tables} | {e.name for e in plan.before.enumerations}
    there |= {s.name for s in plan.before.sequences} | {d.name for d in plan.before.domains}
    return tuple(sorted(there | made))
