"""Making the checks: of the rows that steps depend on, and of the database as it stands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from falsework.checks import STANDING, CheckResult, Choice, Situation, Standing, ask, stand
from falsework.cli.call import Call
from falsework.cli.making import make
from falsework.cli.phases import fits
from falsework.engines.condition import Limits
from falsework.migrate.left import left
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Schema
from falsework.report.words import shown
from falsework.session import Session, plan_file, policy_of


@dataclass(frozen=True, slots=True)
class Matter:
    """What the checks are about.

    ``read``  reads the live schema, at most once
    """

    session: Session
    plan: Plan
    read: Callable[[], Schema]

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
        made = make(call, session, policy_of(call.config))
        live = None if made.present is None else made.present.live
        return Matter(session, made.plan, cache(lambda: session.live() if live is None else live))
    plan = plan_file(file)
    fits(session, plan)
    return Matter(session, plan, cache(session.live))


def checked(
    call: Call, matter: Matter, choice: Choice, timeout: float, own: Sequence[Standing] = ()
) -> tuple[CheckResult, ...]:
    """The results of all checks that were chosen; ``own`` are the user's."""
    session, plan, due = matter.session, matter.plan, matter.due
    done = session.journal.done

    def told(what: str) -> None:
        """Somebody who waits wants to know for what."""
        if call.verbose or sys.stderr.isatty():
            call.tell(shown(what))

    phase = choice.before or due
    look = situations(call, matter, phase)
    with session.asking("checking", timeout) as asker:
        rows = ask(asker, session.spelling, plan, choice, due=due, done=done, told=told)
        return (*rows, *stand(asker, (*STANDING, *own), look, phase, choice, told=told))


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
    )
