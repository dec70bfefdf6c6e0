"""Making the checks: of the rows that steps depend on, and of the database as it stands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from sqlalchemy import Connection

from falsework.checks import (
    STANDING,
    Asker,
    CheckResult,
    Choice,
    Situation,
    Standing,
    ask,
    stand,
    unpurged,
)
from falsework.checks.unpurged import Policies
from falsework.checks.waiving import waived
from falsework.cli.call import Call
from falsework.cli.making import Made, make
from falsework.cli.phases import fits
from falsework.engines.condition import Limits
from falsework.engines.marks import clock
from falsework.engines.policies import policies
from falsework.errors import CheckFailed
from falsework.migrate.left import left
from falsework.model.intent import Declared
from falsework.model.plan import Phase, Plan, Question
from falsework.model.schema import Schema
from falsework.report.unpurged import dead_text
from falsework.report.words import shown
from falsework.session import Present, Session, models_of, plan_file, policy_of

COUNT_SECONDS = 300.0
"""For each table."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What the checks are about.

    ``read``      reads the live schema, at most once
    ``declared``  the models, where some are named
    """

    session: Session
    plan: Plan
    read: Callable[[], Schema]
    declared: Declared | None

    @property
    def due(self) -> Phase:
        """The phase to run next."""
        return self.session.journal.due or Phase.EXPAND

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas that the upgrade is about."""
        named = (t.name.schema for t in self.plan.owned.tables)
        return tuple(sorted({self.session.target.schema, *named}))


def matter_of(call: Call, session: Session, file: Path | None) -> Matter:
    """The plan in the file, the one under way, or a new one."""
    if file is None:
        return matter_from(session, make(call, session, policy_of(call.config)))
    plan, models = plan_file(file), call.config.models
    fits(session, plan)
    present = session.present(models_of(call.config)) if models else None
    return _matter(session, plan, present)


def matter_from(session: Session, made: Made) -> Matter:
    """The plan that was made, or is under way."""
    return _matter(session, made.plan, made.present)


def _matter(session: Session, plan: Plan, present: Present | None) -> Matter:
    if present is None:
        return Matter(session, plan, cache(session.live), None)
    return Matter(session, plan, lambda: present.live, present.declared)


def _policies(call: Call, matter: Matter) -> Policies:
    """How rows are marked deleted. Raises ConfigError for what does not fit its table."""
    declared, said = matter.declared, call.config.soft_delete
    if not said and (declared is None or not any(i.soft_delete for _, i in declared.intents)):
        return {}
    return policies(matter.read(), matter.session.target.driver, declared, said)


def checked(
    call: Call, matter: Matter, choice: Choice, timeout: float, own: Sequence[Standing] = ()
) -> tuple[CheckResult, ...]:
    """The results of all checks that were chosen; ``own`` are the user's."""
    session, plan, due = matter.session, matter.plan, matter.due
    done, spelling, limits = session.journal.done, session.spelling, limits_of(call)

    def told(what: str) -> None:
        """Somebody who waits wants to know for what."""
        if call.verbose or sys.stderr.isatty():
            call.tell(shown(what))

    phase = choice.before or due
    look = situations(call, matter, phase)
    with session.asking("checking", timeout) as asker:
        purging = choice.names(unpurged.CHECK.code)
        marked = _policies(call, matter) if purging else {}
        marks = _marks(asker, matter, marked, limits)
        found = ask(asker, spelling, plan, choice, besides=marks, due=due, done=done, told=told)
        rows: list[CheckResult] = [r for r in found if r.check is not unpurged.CHECK]
        if purging:
            left = [s for s in plan.steps if s.id not in done]
            dead = [r for r in found if r.check is unpurged.CHECK]
            purge = partial(_purge, call)
            rows.append(unpurged.result(dead, marked, left, limits, told=dead_text, remedy=purge))
        stood = stand(asker, (*STANDING, *own), look, phase, choice, told=told)
    today = datetime.now(UTC).date()
    return waived((*rows, *stood), call.config.waivers, today)


def dead_of(
    call: Call, matter: Matter, timeout: float = COUNT_SECONDS
) -> tuple[unpurged.Dead, ...]:
    """What was counted of rows that are marked deleted, of tables that say how; nothing else.

    Empty where no table says it. Raises CheckFailed where one could not be counted.
    """
    marked = _policies(call, matter)
    if not marked:
        return ()
    session, limits = matter.session, limits_of(call)
    choice = Choice(only=frozenset({unpurged.CHECK.code}))
    with session.asking("counting soft-deleted rows", timeout) as asker:
        marks = _marks(asker, matter, marked, limits)
        found = ask(asker, session.spelling, matter.plan, choice, besides=marks)
    answers = [a for a in found if a.check is unpurged.CHECK]
    if wrong := next((a for a in answers if a.finding is None), None):
        raise CheckFailed(
            f"the rows of {wrong.question.table} that are marked deleted cannot be counted",
            why=wrong.reason,
            do="db-plan without --unpurged, or db-check --only FW101 --timeout with more time",
        )
    return tuple(unpurged.counted(answers, marked, limits))


def _marks(asker: Asker, matter: Matter, marked: Policies, limits: Limits) -> tuple[Question, ...]:
    """What is asked of tables whose rows are marked deleted, by the database's clock."""
    if not marked:
        return ()
    engine = matter.session.target.driver.engine
    now = asker.ask(partial(clock, engine)).value
    if now is None:
        now = datetime.now(UTC).replace(tzinfo=None)
    return tuple(unpurged.questions(matter.read(), marked, engine, now, limits))


def _purge(call: Call, age: float) -> str:
    """The command that purges, as it has to be typed after this one."""
    named = [f"--{key} {call.options[key]}" for key in ("url", "schema") if call.options.get(key)]
    models = call.options.get("models")
    named += [f"--models {name}" for name in models] if isinstance(models, tuple) else []
    days = f"{round(age) // 86_400:d}d" if round(age) % 86_400 == 0 else f"{round(age):d}s"
    given = " ".join([*named, f"--older-than {days}"])
    return f"db-reclaim {given} --dry-run counts them tree by tree; with --yes they go."


def situations(call: Call, matter: Matter, phase: Phase) -> Callable[[Connection], Situation]:
    """What a check may look at, for each connection."""
    session = matter.session
    unfinished = tuple(left(session.journal, phase))

    def situation(connection: Connection) -> Situation:
        return Situation(
            connection=connection,
            target=session.target,
            plan=matter.plan,
            phase=phase,
            schemas=matter.schemas,
            read=matter.read,
            done=session.journal.done,
            limits=limits_of(call),
            unfinished=unfinished,
        )

    return situation


def limits_of(call: Call) -> Limits:
    """From where on something is worth a remark, by the settings."""
    config = call.config
    return Limits(
        transaction=config.long_transaction_seconds,
        lag=config.replica_lag_seconds,
        clock=config.clock_skew_seconds,
        key_share=config.key_used_share,
        unpurged=config.unpurged_rows,
        unpurged_share=config.unpurged_share,
        unpurged_age=config.unpurged_age_seconds,
    )
