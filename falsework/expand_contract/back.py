"""The way back: what a plan has done so far is taken back by a plan of its own.

It leads from the schema as it is to the one before, and obeys the same law: release A works all
the time, and what of B's stands in A's way is counted before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Protocol, TypeVar

from falsework.model.edits import apply
from falsework.model.intent import Declared, Dropped, TableIntent
from falsework.model.ownership import joined
from falsework.model.plan import Backfill, Phase, Plan, Statement
from falsework.model.schema import (
    ForeignKey,
    Index,
    Schema,
    Table,
    TableName,
    UniqueConstraint,
)


class _Named(Protocol):
    @property
    def name(self) -> TableName: ...


Part = TypeVar("Part", bound=_Named)


def before(plan: Plan, live: Schema) -> Declared:
    """What release A is to find again, as models would say it.

    ``live``  the schema as it is: what the plan does not touch stays so
    """
    window = _after_expand(plan)
    old = plan.before
    return Declared(
        Schema(
            tuple(_restored(live.tables, old.tables, window.tables)),
            enumerations=tuple(_restored(live.enumerations, old.enumerations, window.enumerations)),
            sequences=tuple(_restored(live.sequences, old.sequences, window.sequences)),
            domains=tuple(_restored(live.domains, old.domains, window.domains)),
        ),
        tuple(_intents(old, window, live)),
    )


def _after_expand(plan: Plan) -> Schema:
    """The schema that both releases work with."""
    effects = (edit for step in plan.phase(Phase.EXPAND) for edit in step.effect)
    return apply(effects, plan.before)


def _restored(live: Iterable[Part], old: tuple[Part, ...], window: Iterable[Part]) -> list[Part]:
    """Live parts, but those that the plan touches as they were, and without those it made."""
    touched = {part.name for part in (*old, *window)}
    others = (part for part in live if part.name not in touched)
    return sorted((*old, *others), key=lambda part: part.name)


def _intents(old: Schema, window: Schema, live: Schema) -> Iterator[tuple[TableName, TableIntent]]:
    """What A does with what B brought until that goes: it leaves columns out, and obeys rules."""
    for table in old.tables:
        between, now = window.table(table.name), live.table(table.name)
        if between is not None and now is not None:
            intent = TableIntent(
                dropped=tuple(_new_columns(table, between)),
                until_contract=tuple(_new_rules(table, now)),
            )
            if intent != TableIntent():
                yield table.name, intent


def _new_columns(old: Table, there: Table) -> Iterator[Dropped]:
    """With what an INSERT of A's leaves in them, by the proof of the plan that made them."""
    for column in there.columns:
        if old.column(column.name) is None:
            yield Dropped(column.name, column.default)


def _new_rules(old: Table, there: Table) -> Iterator[str]:
    """A breaks none of them: they were enforced while it worked, or it has ended for contract."""
    names = {rule.name for rule in _rules(old)}
    for rule in _rules(there):
        if rule.name not in names:
            yield rule.name or ", ".join(rule.columns)


def _rules(table: Table) -> Iterator[UniqueConstraint | ForeignKey | Index]:
    yield from table.uniques
    yield from table.foreign_keys
    yield from (index for index in table.indexes if index.unique)


def made(plan: Plan, done: Collection[str], picture: Schema) -> Schema:
    """All that may go: the schema after the steps that are done, and what the next one makes.

    ``picture``  the schema as the journal has it after the last of them
    """
    step = next((s for s in plan.steps if s.id not in done), None)
    found = picture
    for edits in () if step is None else (step.partial, step.effect):
        with suppress(ValueError):  # where it has not come as far
            found = joined(found, apply(edits, picture)) or found
    return found


def kept_values(plan: Plan, begun: Collection[str]) -> tuple[str, ...]:
    """What is not taken back, a sentence each: nobody knows any more which rows had no value."""
    fills = (s for s in plan.steps if isinstance(s.work, Backfill) and s.id in begun)
    return tuple(
        f"{step.table}.{step.work.column}: the values that {step.id} gave to rows without one stay"
        for step in fills
        if isinstance(step.work, Backfill) and _had(plan.before, step.table, step.work.column)
    )


def _had(schema: Schema, table: TableName, column: str) -> bool:
    found = schema.table(table)
    return found is not None and found.column(column) is not None


def past_return(plan: Plan, begun: Collection[str]) -> str | None:
    """The first step of contract that has begun and cannot be taken back; None: there is none."""
    last = (s for s in plan.phase(Phase.CONTRACT) if s.id in begun and not s.reversible)
    return next((s.id for s in last if isinstance(s.work, Statement)), None)
