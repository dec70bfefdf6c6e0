"""What must hold before a phase begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from falsework.engines.connect import Target
from falsework.errors import CheckFailed, PlanMismatch, Refused
from falsework.migrate.journal import Journal, State
from falsework.model.plan import Phase, Plan, Question, QuestionKind

PHASES = tuple(Phase)


class Answer(Protocol):
    """How many rows stand in the way, by one question."""

    @property
    def question(self) -> Question: ...

    @property
    def count(self) -> int: ...


class Ask(Protocol):
    """Asks questions over a connection that cannot write; the checks know how."""

    def __call__(
        self, connection: Connection, questions: Sequence[Question]
    ) -> Sequence[Answer]: ...


def choose(journal: Journal, plan: Plan | None, phase: Phase, *, supersede: bool) -> Plan | None:
    """The plan to run ``phase`` of; None when an earlier run has finished it.

    Raises Refused where the phase is not due, or another plan is under way; PlanMismatch where
    ``plan`` is not the stored one.
    """
    under_way = journal.plan
    if under_way is None:
        return _first(journal, plan, phase)
    if plan is not None and plan.digest != under_way.digest:
        if phase is Phase.EXPAND:
            return _instead(journal, plan, supersede=supersede)
        raise PlanMismatch(
            f"db-{phase} was given another plan than the one under way",
            why="the database holds the effects of the stored plan, not of this one",
            do=f"run db-{phase} without a plan file",
        )
    if phase in journal.finished:
        return None
    for earlier in PHASES[: PHASES.index(phase)]:
        if earlier not in journal.finished:
            raise _not_finished(journal, under_way, earlier)
    return under_way


def _first(journal: Journal, plan: Plan | None, phase: Phase) -> Plan | None:
    over = bool(journal.history) and journal.history[-1].state is State.PLAN_FINISHED
    if over and (plan is None or plan.digest == journal.last):
        return None
    if phase is Phase.EXPAND and plan is not None:
        return plan
    raise Refused(
        f"db-{phase} has no plan to go by",
        why="no plan is under way in this database",
        do="run db-expand first: it makes the plan and stores it",
    )


def _instead(journal: Journal, plan: Plan, *, supersede: bool) -> Plan:
    """A new plan while another one is under way: only where nothing of that one was done."""
    filled = any(p.rows for p in journal.progress)
    if supersede or not (journal.done or filled):
        return plan
    raise Refused(
        "another plan is under way in this database",
        why=f"db-{journal.due} of it is due: {len(journal.done)} of its steps are done",
        do="finish it first (db-migrate, db-contract), or plan anew from the live schema and "
        "give db-expand --supersede",
    )


def _not_finished(journal: Journal, plan: Plan, phase: Phase) -> Refused:
    left = [s.id for s in plan.phase(phase) if s.id not in journal.done]
    return Refused(
        f"db-{phase} is not finished: {len(left)} of its steps are left"
        if left
        else f"db-{phase} is not finished: it has not been run",
        why=f"{', '.join(left[:3])}{' ...' if len(left) > 3 else ''}" if left else "",
        do=f"run db-{phase}",
    )


def fits(target: Target, plan: Plan) -> None:
    """Raise PlanMismatch for a plan of another database, Refused for one that refuses itself."""
    server = target.server
    made_for = f"{plan.engine} {_dotted(plan.version)}, schema {plan.target}"
    here = f"{server.engine.name} {_dotted(server.version)}, schema {target.schema}"
    if (plan.engine, plan.target) != (server.engine.name, target.schema):
        raise PlanMismatch(
            f"the plan was made for {made_for}; this is {here}",
            why="a plan fits one database",
            do="make the plan for this database: db-plan",
        )
    if server.version < plan.version:
        raise PlanMismatch(
            f"the plan was made for {made_for}; this is {here}, which is older",
            why="an older server may lock or rewrite where the plan's one does not",
            do="make the plan for this server: db-plan",
        )
    if plan.refusals:
        first = plan.refusals[0]
        raise Refused(
            f"{first.subject}: {first.reason}",
            why=f"the plan has {len(plan.refusals)} refusals; it is run as a whole or not at all",
            do=first.do,
        )
    if plan.proof.broken:
        step, verdict = plan.proof.broken[0]
        raise Refused(
            f"{step} would break {verdict.release}'s {verdict.kind} on {verdict.table}",
            why=verdict.reason,
            do="see db-plan for the proof, and change the models",
        )


def pass_questions(
    ask: Ask, connection: Connection, plan: Plan, phase: Phase, done: frozenset[str]
) -> None:
    """Ask what the phase's steps depend on. Raises CheckFailed where rows stand in the way.

    A step that is done is not asked about: its columns may be gone. What a drop loses does not
    stand in the way either; to lose it is the operator's decision, taken before.
    """
    asked = [
        q
        for q in plan.questions
        if q.phase is phase and q.step not in done and q.kind is not QuestionKind.LOST
    ]
    if not asked:
        return
    bad = [a for a in ask(connection, asked) if a.count and not a.question.heals]
    if bad:
        raise CheckFailed(
            f"db-{phase}: rows stand in the way of {bad[0].question.step}",
            why="; ".join(f"{a.question.text}: {a.count}" for a in bad),
            do="; ".join(dict.fromkeys(a.question.remedy for a in bad)),
        )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
