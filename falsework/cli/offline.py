"""All phases in one go: nobody works with the database, so nobody has to be spared."""

from __future__ import annotations

from falsework.cli.call import Call
from falsework.cli.phases import Job, Wish, carry_out, nothing, refused
from falsework.errors import Refused
from falsework.migrate import gate
from falsework.model.plan import Phase, Plan
from falsework.session import Present, Session, models_of, open_session, policy_of, settings_of


def run_all(call: Call, wish: Wish, *, offline: bool) -> int:
    """Plan and run everything that is left; the exit code."""
    session = open_session(call.config)
    stored = session.journal.plan
    if stored is not None:
        return _go_on(call, session, stored, wish, offline=offline)
    present = session.present(models_of(call.config))
    if present.live.tables and not offline:
        raise Refused(
            "the database is not empty",
            why=f"it has {len(present.live.tables)} tables, and db-sync spares nobody at work",
            do="db-plan, then db-expand, db-migrate and db-contract while the application runs; "
            "or stop the application and say db-sync --offline",
        )
    plan = offline_plan(session, present)
    if plan.refusals:
        return refused(call, session, plan)
    if not plan.steps:
        return nothing(call, session, plan)
    return carry_out(call, _job(call, session, plan, wish, given=plan, phases=tuple(Phase)), wish)


def _go_on(call: Call, session: Session, stored: Plan, wish: Wish, *, offline: bool) -> int:
    """An earlier db-sync was broken off, or an upgrade is under way."""
    if stored.before.tables and not offline:
        raise Refused(
            "an upgrade is under way in this database",
            why=f"db-{session.journal.due} of it is due, and the application may be running",
            do=f"db-{session.journal.due}; or stop the application and say db-sync --offline",
        )
    gate.fits(session.target, stored)
    left = tuple(p for p in Phase if p not in session.journal.finished)
    return carry_out(call, _job(call, session, stored, wish, given=None, phases=left), wish)


def _job(
    call: Call,
    session: Session,
    plan: Plan,
    wish: Wish,
    *,
    given: Plan | None,
    phases: tuple[Phase, ...],
) -> Job:
    blocking = frozenset(s.id for s in plan.steps if s.blocking)
    settings = settings_of(call.config, allow_downtime=blocking, wait_seconds=wish.wait)
    return Job(session, plan, given, phases, settings)


def offline_plan(session: Session, present: Present) -> Plan:
    """The plan with every step allowed that would only harm a running application."""
    policy = policy_of(session.config)
    plan = session.plan(present, policy)
    blocking = frozenset(s.id for s in plan.steps if s.blocking)
    plan = session.plan(present, policy_of(session.config, allow_downtime=blocking))
    breaking = frozenset(step for step, _ in plan.proof.broken)
    decided = policy_of(session.config, allow_downtime=blocking, accept=breaking)
    return session.plan(present, decided) if breaking else plan
