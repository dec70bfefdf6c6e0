"""Running phases: what is due, what it costs, the question whether to go on, the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from falsework.checks import Answer, count
from falsework.cli.call import Call
from falsework.cli.consent import consent, losses_of, understood
from falsework.cli.frame import HUMAN, OK
from falsework.cli.making import make
from falsework.cli.progress import progress
from falsework.cli.signals import stopping
from falsework.errors import Refused
from falsework.migrate import Outcome, Settings, gate, run
from falsework.model.plan import Phase, Plan, Proof
from falsework.report.document import outcome_body, plan_body
from falsework.report.plan import Standing, plan_text, refusal_lines, verdict_lines
from falsework.report.run import ahead_text, outcome_text
from falsework.session import Session, open_session, plan_file, policy_of, settings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator asked for, beside the settings."""

    yes: bool
    dry_run: bool
    wait: float
    file: Path | None = None
    supersede: bool = False
    allow_downtime: frozenset[str] = frozenset()
    accept: frozenset[str] = frozenset()
    lose: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Job:
    """Phases to run of one plan; ``given`` is what the runner is to store, None: it has it."""

    session: Session
    plan: Plan
    given: Plan | None
    phases: tuple[Phase, ...]
    settings: Settings = field(default_factory=Settings)

    @property
    def standing(self) -> Standing:
        """Where the plan stands."""
        done = self.session.journal.done if self.given is None else frozenset[str]()
        return Standing(self.session.name, done, self.session.lock_budget)


def run_phase(call: Call, phase: Phase, wish: Wish) -> int:
    """One phase, from whatever plan is due; the exit code."""
    session = open_session(call.config)
    if session.journal.plan is not None and session.journal.plan.takes_back:
        raise _taken_back(phase)
    given = _given(call, session, phase, wish)
    if given is not None and not given.steps and not given.refusals:
        return nothing(call, session, given)
    settings = settings_of(
        call.config,
        allow_downtime=wish.allow_downtime,
        wait_seconds=wish.wait,
        supersede=wish.supersede,
    )
    if given is not None and given.refusals:
        return refused(call, session, given)
    chosen = gate.choose(session.journal, given, phase, supersede=wish.supersede)
    if chosen is None:
        over, due = session.journal.plan is None, session.journal.due
        outcome = Outcome("", phase, already=True, finished=over, due=due)
        return done(call, session, (outcome,))
    gate.fits(session.target, chosen)
    return carry_out(call, Job(session, chosen, given, (phase,), settings), wish)


def _given(call: Call, session: Session, phase: Phase, wish: Wish) -> Plan | None:
    """The plan to hand to the runner; None: the one in the journal."""
    if wish.file is not None:
        plan = plan_file(wish.file)
        fits(session, plan)
        if phase is Phase.EXPAND and not session.live().tables:
            raise _empty()
        return plan
    if phase is not Phase.EXPAND:
        return None
    decided = policy_of(call.config, allow_downtime=wish.allow_downtime, accept=wish.accept)
    made = make(call, session, decided, anew=wish.supersede)
    if made.standing.empty:
        raise _empty()
    return None if made.stored else made.plan


def _taken_back(phase: Phase) -> Refused:
    return Refused(
        f"db-{phase} has no upgrade to go on with",
        why="db-abort has begun to take it back, and is not done",
        do="db-abort, which goes on where it was",
    )


def _empty() -> Refused:
    return Refused(
        "the database is empty: there is nothing to expand",
        why="no application works with it yet, so nobody has to be spared",
        do="db-sync makes the whole schema at once",
    )


def fits(session: Session, plan: Plan) -> None:
    """Raise PlanMismatch for a plan of another database; its refusals are another matter."""
    gate.fits(session.target, replace(plan, refusals=(), proof=Proof(0)))


def carry_out(call: Call, job: Job, wish: Wish) -> int:
    """Say what is ahead, ask, run; the exit code."""
    losses: Sequence[Answer] = ()
    if Phase.CONTRACT in job.phases:
        understood(wish.lose, job.plan)
        losses = losses_of(job.session, job.plan, job.standing.done)
    call.tell(_ahead(call, job, losses).rstrip("\n"))
    if wish.dry_run:
        return _dry(call, job)
    consent(call, yes=wish.yes, losses=losses, lose=wish.lose)
    outcomes: list[Outcome] = []
    with stopping(call.tell) as stop, progress(call, job.plan, job.phases) as observer:
        given = job.given
        for phase in job.phases:
            outcomes.append(
                run(job.session.target, given, phase, job.settings, observer, stop=stop, ask=count)
            )
            given = None
    return done(call, job.session, outcomes, back=bool(job.plan.takes_back))


def _dry(call: Call, job: Job) -> int:
    def text() -> str:
        plan = plan_text(job.plan, job.standing, call.page, phases=job.phases)
        return f"{plan}Dry run: nothing was written.\n"

    return call.answer(
        OK,
        text,
        lambda: {
            "database": job.session.name,
            "dry_run": True,
            "phases": job.phases,
            **plan_body(job.plan, job.standing.done),
        },
    )


def _ahead(call: Call, job: Job, losses: Sequence[Answer]) -> str:
    left = [s for s in job.plan.steps if s.phase in job.phases and s.id not in job.standing.done]
    sessions = sessions_of(job.session) if Phase.CONTRACT in job.phases else ()
    return ahead_text(
        call.command, job.session.name, left, losses=losses, sessions=sessions, page=call.side
    )


def sessions_of(session: Session) -> tuple[str, ...]:
    """Other sessions on this database, as far as the engine can say."""
    with session.reading("listing sessions") as connection:
        return session.target.driver.sessions(connection)


def done(call: Call, session: Session, outcomes: Sequence[Outcome], *, back: bool = False) -> int:
    """Say what was done; ``back`` says that it took an upgrade back."""
    return call.answer(
        OK,
        lambda: outcome_text(outcomes, call.page, back=back),
        lambda: {"database": session.name, "outcomes": outcome_body(outcomes)},
    )


def refused(call: Call, session: Session, plan: Plan) -> int:
    """A plan that cannot run: all its refusals."""

    def text() -> str:
        lines = [*refusal_lines(plan.refusals, call.page)]
        lines += verdict_lines(plan, Standing(session.name), call.page)
        return "\n".join(lines).lstrip("\n") + "\n"

    return call.answer(HUMAN, text, lambda: {"database": session.name, "refusals": plan.refusals})


def nothing(call: Call, session: Session, plan: Plan) -> int:
    """A plan without steps."""

    def text() -> str:
        return "\n".join(verdict_lines(plan, Standing(session.name), call.page)) + "\n"

    return call.answer(OK, text, lambda: {"database": session.name, "outcomes": []})
