"""Which plan a command is about: the one under way, or one from the live schema to the models."""

from __future__ import annotations

from dataclasses import dataclass

from falsework.cli.call import Call
from falsework.errors import Refused
from falsework.model.plan import Phase, Plan
from falsework.model.policy import Policy
from falsework.report.plan import Standing
from falsework.session import Present, Session, models_of


@dataclass(frozen=True, slots=True)
class Made:
    """A plan, where it stands, and whether the journal has it already.

    ``present``  what it was made from, or compared with; None where no models were named
    """

    plan: Plan
    standing: Standing
    stored: bool
    present: Present | None = None


def make(call: Call, session: Session, decided: Policy, *, anew: bool = False) -> Made:
    """The plan under way, or, where there is none or ``anew`` is said, a new one.

    A plan under way is told from a new upgrade by its models: where they have changed since, that
    is Refused. Without models the one under way is taken.
    """
    stored = session.journal.plan
    if stored is not None and not anew:
        present = None
        if call.config.models:
            present = session.present(models_of(call.config))
            if present.intent != stored.intent:
                raise _other(session)
        standing = _standing(session, session.journal.done, due=session.journal.due)
        return Made(stored, standing, True, present)
    present = session.present(models_of(call.config))
    standing = _standing(session, frozenset(), empty=not present.live.tables)
    return Made(session.plan(present, decided), standing, False, present)


def _standing(
    session: Session, done: frozenset[str], *, empty: bool = False, due: Phase | None = None
) -> Standing:
    owned = session.journal.owned is not None or bool(session.config.previous_models)
    return Standing(session.name, done, session.lock_budget, empty, owned, due)


def _other(session: Session) -> Refused:
    return Refused(
        "a plan for other models is under way in this database",
        why=f"db-{session.journal.due} of it is due, and the models have changed since it was made",
        do="finish it with the models it was made for, or plan from the schema as it is now: "
        "db-plan --anew, then db-expand --supersede",
    )
