"""What each phase does with the journal's tables: nobody else has to be able to change them."""

from __future__ import annotations

from falsework.migrate.tables import tables
from falsework.model.need import Own
from falsework.model.plan import Backfill, Phase, Plan
from falsework.model.schema import TableName


def to_look(schema: str) -> tuple[Own, ...]:
    """All four are read."""
    return tuple(Own(TableName(schema, t.name), ("SELECT",)) for t in tables(schema).in_order)


def to_run(schema: str, plan: Plan, phase: Phase, *, founds: bool) -> tuple[Own, ...]:
    """The journal itself is only ever added to.

    ``founds``  whether the phase makes the tables: then the lock gets its row
    """
    found = tables(schema)
    fills = any(isinstance(step.work, Backfill) for step in plan.phase(phase))
    adds = phase is not Phase.MIGRATE  # expand stores the plan, contract what release B owns
    privileges = {
        found.plan: ("SELECT", *(("INSERT",) if adds else ()), "UPDATE"),
        found.journal: ("SELECT", "INSERT"),
        found.progress: ("SELECT", *(("INSERT", "UPDATE") if fills else ())),
        found.lock: ("SELECT", *(("INSERT",) if founds else ()), "UPDATE"),
    }
    return tuple(Own(TableName(schema, t.name), given) for t, given in privileges.items())
