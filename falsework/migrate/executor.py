"""Run one phase of a plan, from wherever an earlier run ended."""

from __future__ import annotations

from collections.abc import Callable

from falsework.engines.connect import Target
from falsework.migrate.gate import Ask
from falsework.migrate.observer import Observer, silent
from falsework.migrate.settings import Outcome, Settings
from falsework.model.plan import Phase, Plan


def run(
    target: Target,
    plan: Plan | None,
    phase: Phase,
    settings: Settings = Settings(),
    observer: Observer = silent,
    *,
    stop: Callable[[], bool] = lambda: False,
    ask: Ask | None = None,
) -> Outcome:
    """Bring the database through ``phase``; whatever an earlier run did is not done again.

    ``plan``  to store and run; None: the stored one. EXPAND stores it, the others need it stored
    ``stop``  asked between statements and chunks; True: finish, record, raise Interrupted
    ``ask``   counts the rows that stand in the way; None: the gate asks no questions

    Raises Interrupted (progress was recorded, call again), AnotherRunner, LockNotFree, Unreachable
    (try later), Refused, PlanMismatch, Drift, CheckFailed, StepFailed, Denied, LostLock.
    """
    raise NotImplementedError
