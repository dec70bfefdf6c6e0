"""A plan as a script for the server's own client, for whoever may run nothing else.

It does what the phases do, without their care: no journal, no questions, one try for each lock,
and a fill is one statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from falsework.engines.base import Script
from falsework.model.plan import Backfill, Phase, Plan, Statement, Step
from falsework.report.plan import WHEN, Standing
from falsework.report.steps import lock_words
from falsework.report.words import dotted, shown

_WITHOUT = """\
It does what db-expand, db-migrate and db-contract do, without their care: nothing is counted
first, no lock is tried for twice, a fill is one statement, and the journal knows nothing of it.
Run each phase by itself, when its heading says so. Stop at the first error."""


def script_text(plan: Plan, standing: Standing, script: Script) -> str:
    """The script of the steps that are not done; of a plan with refusals only what they are."""
    if plan.refusals:
        return "\n".join((*_head(plan, standing), *_refused(plan))) + "\n"
    left = [s for s in plan.steps if s.id not in standing.done]
    if not left:
        return "\n".join((*_head(plan, standing), *_comment("There is nothing to do."))) + "\n"
    lines = [*_head(plan, standing), *_comment(f"Run it with: {script.client}")]
    lines += [*_comment(*_WITHOUT.splitlines()), "", *script.begin]
    writer = _Writer(script, standing)
    for phase in Phase:
        steps = [s for s in left if s.phase is phase]
        if steps:
            lines += ["", "", *_comment(f"{phase.upper()}, {WHEN[phase]}.")]
        for step in steps:
            lines += ["", *writer.step(plan.steps.index(step) + 1, step)]
    ended = "Then db-adopt --release NAME records who owns the schema now."
    return "\n".join((*lines, "", *_comment(ended))) + "\n"


def _head(plan: Plan, standing: Standing) -> Iterator[str]:
    server = f"{plan.engine} {dotted(plan.version)}"
    yield from _comment(f"Upgrade plan {plan.digest[:12]} for {standing.database}, {server}.")


def _refused(plan: Plan) -> Iterator[str]:
    yield from _comment("Refused: nothing of this plan may run.")
    for refusal in plan.refusals:
        yield from _comment(refusal.subject, f"  why  {refusal.reason}", f"  do   {refusal.do}")


def _comment(*lines: str) -> Iterator[str]:
    """Nothing foreign in it can end the line."""
    yield from (f"-- {shown(line)}" for line in lines)


class _Writer:
    """Writes steps; knows how long the session waits for locks by now."""

    def __init__(self, script: Script, standing: Standing) -> None:
        self._script = script
        budget = 1.0 if standing.budget is None else standing.budget
        self._lock_ms = int(budget * 1000)
        self._waits: int | None = -1

    def step(self, place: int, step: Step) -> Iterator[str]:
        """The step under its name."""
        yield from _comment(f"{place}. {step.id}: {step.title}")
        yield from _comment(*(f"   {hazard}: {hazard.text}" for hazard in step.hazards))
        if isinstance(step.work, Backfill):
            yield from _comment("   one statement for all rows: db-migrate goes chunk by chunk")
            yield from self._wait(self._lock_ms)
            yield self._script.line(self._script.fill(step.work))
        else:
            yield from _comment(f"   lock: {lock_words(step)}")
            yield from self._statement(step.work)

    def _statement(self, work: Statement) -> Iterator[str]:
        yield from self._wait(self._lock_ms if work.lock_timeout else None)
        checks = [sql for query in work.must_be_empty for sql in self._script.none(query)]
        told = [*work.sql, *checks, *work.grants]
        if work.transaction and len(told) > 1:
            told = list(self._script.transaction(told))
        yield from map(self._script.line, (*work.setup, *told, *work.teardown))

    def _wait(self, lock_ms: int | None) -> Iterator[str]:
        if lock_ms != self._waits:
            self._waits = lock_ms
            yield self._script.line(self._script.wait(lock_ms))
