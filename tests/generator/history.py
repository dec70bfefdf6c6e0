"""Whether a journal tells a story that can be true."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from falsework.engines.connect import Target
from falsework.migrate.journal import Journal, State
from falsework.migrate.tables import stored, tables
from falsework.model.plan import Backfill, Phase, Plan

ENDS = (State.DONE, State.FOUND)


def problems(target: Target, plan: Plan) -> list[str]:
    """What is wrong with the journal of a finished plan; [] when it is right."""
    found = tables(target.schema)
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        entries = connection.execute(select(found.journal).order_by(found.journal.c.id)).all()
        progress = connection.execute(select(found.progress)).all()
    last = max((e.plan for e in entries), default=0)
    entries = [e for e in entries if e.plan == last]
    ended = [e.step for e in entries if e.step and e.state in ENDS]
    expected = [s.id for s in plan.steps]
    told = []
    if ended != expected:
        told.append(f"steps ended as {ended}, not as {expected}")
    begun: set[str] = set()
    for entry in entries:
        if entry.state == State.STARTED:
            begun.add(entry.step)
        elif entry.step and entry.step not in begun:
            told.append(f"{entry.step} is {entry.state} and was never started")
        if entry.step and entry.state in ENDS and entry.digest is None:
            told.append(f"{entry.step} is {entry.state} without a digest")
    told += _phases([(Phase(e.phase), e.state) for e in entries if e.phase and not e.step])
    tokens = [e.token for e in entries]
    if tokens != sorted(tokens):
        told.append(f"fencing tokens go back: {tokens}")
    told += _plan(Counter(e.state for e in entries))
    if Journal.open(target).owned != plan.owned:
        told.append("the release that the plan leads to does not own its schema")
    told += _progress(plan, {p.step: p for p in progress if p.plan == last})
    return told


def so_far(target: Target) -> list[str]:
    """What is wrong with the journal of a plan that is under way: steps end once, tokens grow."""
    found = tables(target.schema)
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        if not stored(connection, found):
            return []
        entries = connection.execute(select(found.journal).order_by(found.journal.c.id)).all()
    ends = Counter(e.step for e in entries if e.step and e.state in ENDS)
    told = [f"{step} ended {times} times" for step, times in ends.items() if times > 1]
    tokens = [e.token for e in entries]
    return told if tokens == sorted(tokens) else [*told, f"fencing tokens go back: {tokens}"]


def states(target: Target) -> list[tuple[str, str]]:
    """Each step's entries in the journal, in order."""
    found = tables(target.schema).journal
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        rows = connection.execute(select(found.c.step, found.c.state).order_by(found.c.id))
        return [(row.step, row.state) for row in rows]


def filled(target: Target) -> dict[str, int]:
    """How many rows each fill gave a value, by the journal."""
    found = tables(target.schema).progress
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        return {row.step: row.row_count for row in connection.execute(select(found))}


def _phases(seen: list[tuple[Phase, str]]) -> list[str]:
    right = [(p, s) for p in Phase for s in (State.PHASE_BEGUN, State.PHASE_FINISHED)]
    return [] if seen == right else [f"the phases went {seen}"]


def _plan(count: Counter[str]) -> list[str]:
    once = (State.PLAN_STORED, State.PLAN_FINISHED)
    return [f"{count[state]} times: {state}" for state in once if count[state] != 1]


def _progress(plan: Plan, found: dict[str, object]) -> list[str]:
    fills = [s.id for s in plan.steps if isinstance(s.work, Backfill)]
    told = [f"{step} has no progress row" for step in fills if step not in found]
    for step, row in found.items():
        if not getattr(row, "finished", False):
            told.append(f"the progress of {step} is not finished")
        if getattr(row, "last_key", None) or getattr(row, "upper_key", None):
            told.append(f"the progress of {step} still holds a key")
    return told
