"""Run one phase of a plan, from wherever an earlier run ended."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Connection

from falsework.engines.connect import Target
from falsework.engines.declared import speller
from falsework.errors import Drift
from falsework.expand_contract.recorded import finished
from falsework.migrate import gate
from falsework.migrate.drift import differences
from falsework.migrate.gate import Ask
from falsework.migrate.journal import Journal, State
from falsework.migrate.locks import RunLock
from falsework.migrate.observer import Observer, silent
from falsework.migrate.record import Recorder
from falsework.migrate.retry import translated
from falsework.migrate.session import Session
from falsework.migrate.settings import Outcome, Settings, StepOutcome
from falsework.migrate.steps import run_step
from falsework.migrate.tables import create, tables
from falsework.migrate.taking import run_lock
from falsework.migrate.work import Work, names
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema

DEFAULTS = Settings()


def never() -> bool:
    """Nobody asks to stop."""
    return False


def run(
    target: Target,
    plan: Plan | None,
    phase: Phase,
    settings: Settings = DEFAULTS,
    observer: Observer = silent,
    *,
    stop: Callable[[], bool] = never,
    ask: Ask | None = None,
) -> Outcome:
    """Bring the database through ``phase``; whatever an earlier run did is not done again.

    ``plan``  to store and run; None: the stored one. EXPAND stores it, the others need it stored
    ``stop``  asked between statements and chunks; True: finish, record, raise Interrupted
    ``ask``   counts the rows that stand in the way; None: the gate asks no questions

    Raises Interrupted (progress was recorded, call again), AnotherRunner, LockNotFree, Unreachable
    (try later), Refused, PlanMismatch, Drift, CheckFailed, StepFailed, Denied, LostLock.
    """
    call = _Call(target, plan, phase, settings, observer, stop, ask)
    return translated(target, f"db-{phase}", lambda: _start(call))


@dataclass(frozen=True, slots=True)
class _Call:
    """The arguments of ``run``."""

    target: Target
    plan: Plan | None
    phase: Phase
    settings: Settings
    observer: Observer
    stop: Callable[[], bool]
    ask: Ask | None

    def choose(self, journal: Journal) -> Plan | None:
        """The plan to run, if there is anything to run; see ``gate.choose``."""
        supersede = self.settings.supersede
        plan = gate.choose(journal, self.plan, self.phase, supersede=supersede)
        if plan is not None:
            gate.fits(self.target, plan)
        return plan


def _start(call: _Call) -> Outcome:
    """See whether there is anything to do, and take the run lock."""
    journal = Journal.open(call.target)
    if call.choose(journal) is None:
        return _already(journal, call.phase)
    if call.phase is Phase.EXPAND:
        create(call.target, call.observer)
    with (
        run_lock(call.target, call.settings, call.observer, call.stop) as lock,
        closing(Session(call.target, call.settings, call.observer, call.stop)) as session,
    ):
        return _run(call, lock, session)


def _run(call: _Call, lock: RunLock, session: Session) -> Outcome:
    """The same under the run lock: what was read before it may have changed meanwhile."""
    journal = Journal.open(call.target)
    plan = call.choose(journal)
    if plan is None:
        return _already(journal, call.phase)
    work = Work(
        target=call.target,
        plan=plan,
        phase=call.phase,
        number=journal.number,
        picture=plan.before,
        settings=call.settings,
        observer=call.observer,
        asked_to_stop=call.stop,
        lock=lock,
        session=session,
        recorder=Recorder(tables(call.target.schema), lock.token, call.observer),
    )
    if journal.plan is None or journal.plan.digest != plan.digest:
        _store(work, journal)
        journal = Journal.open(call.target)
    else:
        work.picture = _kept(journal)
    if call.ask is not None:
        with session.looking() as connection:
            gate.pass_questions(call.ask, connection, plan, call.phase, journal.done)
    return _steps(work, journal)


def _already(journal: Journal, phase: Phase) -> Outcome:
    done = journal.plan is None
    return Outcome(journal.last, phase, already=True, finished=done, due=journal.due)


def _store(work: Work, journal: Journal) -> None:
    """Store the plan with the schema as the server spells it, once that is the plan's schema."""
    live = work.session.read(names(work.plan))
    found = differences(work.plan.before, live, work.target.driver.reader)
    if found:
        raise Drift(
            "the schema is not the one that the plan was made for",
            why="; ".join(found),
            do="make the plan again for the schema as it is now: db-plan",
        )

    by = speller(work.target.pool.dialect)

    def store(connection: Connection) -> None:
        if journal.plan is not None:
            work.recorder.entry(connection, journal.number, State.PLAN_SUPERSEDED)
        work.number = work.recorder.store_plan(connection, work.plan, live, work.settings.release)
        work.recorder.entry(connection, work.number, State.PLAN_STORED, digest=live.digest, note=by)

    def stored(now: Journal) -> bool:
        return now.plan is not None and now.number != journal.number

    work.write("storing the plan", store, written=stored, done="nothing")
    work.picture = live


def _kept(journal: Journal) -> Schema:
    """The schema as the last run left it, by the journal."""
    if journal.picture is None or journal.picture.digest != journal.digest:
        raise Drift(
            "the journal contradicts itself: it was changed by hand",
            why="the schema it holds does not have the digest that its last entry recorded",
            do="restore the tables falsework_plan and falsework_journal, or plan anew and give "
            "db-expand --supersede",
        )
    return journal.picture


def _steps(work: Work, journal: Journal) -> Outcome:
    phase, number = work.phase, work.number
    if phase not in journal.begun:
        work.write(
            f"db-{phase}",
            lambda c: work.recorder.entry(c, number, State.PHASE_BEGUN, phase=phase),
            written=lambda now: phase in now.begun,
            done="nothing of this phase",
        )
    outcomes: list[StepOutcome] = []
    for step in work.plan.phase(phase):
        if step.id not in journal.done:
            work.check_stop()
            outcomes.append(run_step(work, step))
    work.write(
        f"db-{phase}",
        lambda c: _finish(work, journal, c),
        written=lambda now: phase in now.finished or now.plan is None,
        done="every step of this phase; that it is over is not recorded",
    )
    return Outcome(
        plan=work.plan.digest,
        phase=phase,
        steps=tuple(outcomes),
        finished=phase is Phase.CONTRACT,
    )


def _finish(work: Work, journal: Journal, connection: Connection) -> None:
    """The phase is done; after contract so is the plan, and release B owns the schema.

    Unless the plan took another one back: then A has owned it all the time.
    """
    work.recorder.entry(connection, work.number, State.PHASE_FINISHED, phase=work.phase)
    if work.phase is not Phase.CONTRACT:
        return
    if not work.plan.takes_back:
        release = work.settings.release or journal.aims_at
        record = finished(journal.spelled, work.plan, work.picture, journal.worded_by)
        work.recorder.store_release(connection, release, work.plan.owned, record)
    work.recorder.entry(connection, work.number, State.PLAN_FINISHED)
