"""What a standing check may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from falsework.checks.check import Look
from falsework.engines.condition import LIMITS, Ask, Limits, Scope
from falsework.engines.connect import Target
from falsework.model.grant import Grants
from falsework.model.plan import Phase, Plan, Step
from falsework.model.remark import Remark
from falsework.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A database before a phase of an upgrade.

    ``connection``  a session whose transaction cannot write; each check has one of its own
    ``plan``        what is planned: an empty one where nothing is to do
    ``phase``       the phase that is to run next, or the one that was asked about
    ``done``        ids of the steps that have run
    ``schemas``     the schemas that the upgrade is about
    ``read``        reads the live schema, once for all checks
    ``unfinished``  what an earlier run has left, by the journal
    """

    connection: Connection
    target: Target
    plan: Plan
    phase: Phase
    schemas: tuple[str, ...]
    read: Callable[[], Schema] = field(repr=False)
    done: frozenset[str] = frozenset()
    limits: Limits = LIMITS
    unfinished: tuple[Remark, ...] = ()

    @property
    def live(self) -> Schema:
        """The live schema."""
        return self.read()

    @property
    def left(self) -> tuple[Step, ...]:
        """The steps of the plan that have not run."""
        return tuple(s for s in self.plan.steps if s.id not in self.done)

    @property
    def needed(self) -> int:
        """Bytes that a step that is left needs besides while it runs, at most."""
        return max((s.disk or 0 for s in self.left), default=0)

    @property
    def grants(self) -> Grants:
        """Who may do what with the tables, as far as this user may know."""
        return self.target.driver.grants(self.connection, self.schemas)

    def ask(self, what: Ask) -> Iterable[Remark]:
        """Ask the server. Raises CannotTell where it, or this user, has no answer."""
        touched = tuple(sorted({s.table for s in self.left}))
        scope = Scope(self.schemas, touched, self.limits, self.needed)
        return self.target.driver.condition.ask(what, self.connection, scope)


def asking(what: Ask) -> Look:
    """The look of a check that is the engine's to make."""

    def look(situation: Situation) -> Iterable[Remark]:
        return situation.ask(what)

    return look
