"""The law, decided for every statement of the closed list after every step.

A statement of a release is meant to succeed on that release's own schema, its *home*: the live
schema before the upgrade for A, the schema after it for B. So a step breaks it exactly where the
schema of the moment asks for more than the home does: a column that must be given, a NULL refused,
a rule that the home has not. Everything else follows from the effects of the steps; nobody states
a change's consequences by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from msgspec.structs import replace

from falsework.expand_contract.rules import Home, verdicts
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.edits import CreateTable, apply
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase, Proof, Release, Step, Verdict
from falsework.model.schema import Schema, Table, TableName


class _Walk(Frozen, frozen=True):
    schema: Schema
    broken: tuple[tuple[str, Verdict], ...] = ()


def prove(upgrade: Upgrade, steps: tuple[Step, ...]) -> Proof:
    """Decide the law after each step, for A until contract and for B from the end of expand.

    A key of B that is not enforced yet is no breach but a promise not kept yet: B must not upsert
    on it before contract, and ``not_yet`` says so.
    """
    final = reduce(lambda s, step: apply(step.effect, s), steps, upgrade.old)
    homes = homes_of(upgrade, final)
    families = _families(upgrade.old, steps)
    expanded = next((s.id for s in reversed(steps) if s.phase is Phase.EXPAND), None)

    def after(walk: _Walk, step: Step) -> _Walk:
        schema = apply(step.effect, walk.schema)
        scope = families.get(step.table, frozenset((step.table,)))
        if step.id == expanded:
            scope = frozenset().union(*families.values())
        found = [
            (step.id, verdict)
            for release in _working(step.phase, last=step.id == expanded)
            for verdict in verdicts(upgrade.server, homes[release], schema, scope)
            if not _not_yet(upgrade, verdict)
        ]
        return _Walk(schema, (*walk.broken, *found))

    walk = reduce(after, _states(steps), _Walk(upgrade.old))
    return Proof(statements(homes), _first_of_each(walk.broken))


def _states(steps: tuple[Step, ...]) -> Iterable[Step]:
    """The steps with a bearing on the schema; data work changes no verdict."""
    return (s for s in steps if s.effect)


def homes_of(upgrade: Upgrade, final: Schema) -> Mapping[Release, Home]:
    """What each release counts on. B also keeps what it promised until contract."""
    promised = {
        name: (*intent.until_contract,)
        for name, intent in upgrade.new.intents
        if intent.until_contract
    }
    kept = reduce(
        lambda schema, item: _keep(schema, upgrade.old, *item), sorted(promised.items()), final
    )
    return {
        Release.A: Home(Release.A, upgrade.old, upgrade.old),
        Release.B: Home(Release.B, upgrade.new.schema, kept),
    }


def _keep(schema: Schema, old: Schema, name: TableName, promised: tuple[str, ...]) -> Schema:
    before, after = old.table(name), schema.table(name)
    if before is None or after is None:
        return schema
    return schema.with_table(
        replace(
            after,
            uniques=(*after.uniques, *(u for u in before.uniques if u.name in promised)),
            checks=(*after.checks, *(c for c in before.checks if c.name in promised)),
            foreign_keys=(
                *after.foreign_keys,
                *(f for f in before.foreign_keys if f.name in promised),
            ),
            indexes=(*after.indexes, *(i for i in before.indexes if i.name in promised)),
        )
    )


def _working(phase: Phase, *, last: bool) -> tuple[Release, ...]:
    """Who must be able to work after a step of this phase."""
    if phase is Phase.CONTRACT:
        return (Release.B,)
    if phase is Phase.MIGRATE or last:
        return (Release.A, Release.B)
    return (Release.A,)


def _families(old: Schema, steps: tuple[Step, ...]) -> Mapping[TableName, frozenset[TableName]]:
    """Each touched table with its parents and children of any moment."""
    created = [e.definition for s in steps for e in s.effect if isinstance(e, CreateTable)]
    everything = Schema((*old.tables, *created))
    also = {s.table: frozenset(s.also_locks) for s in steps}
    return {
        name: everything.neighbours((name,)) | also.get(name, frozenset())
        for name in {s.table for s in steps}
    }


def _not_yet(upgrade: Upgrade, verdict: Verdict) -> bool:
    """Whether the verdict is only an upsert of B on a key that A never had."""
    if verdict.release is not Release.B or not verdict.missing_key:
        return False
    old = upgrade.old.table(verdict.table)
    wanted = set(verdict.missing_key)
    return old is None or not any(set(k) == wanted for k in old.keys)


def _first_of_each(
    broken: tuple[tuple[str, Verdict], ...],
) -> tuple[tuple[str, Verdict], ...]:
    """Each broken statement once, at the step that breaks it first."""
    seen: dict[Verdict, str] = {}
    for step, verdict in broken:
        seen.setdefault(verdict, step)
    return tuple((step, verdict) for verdict, step in seen.items())


def statements(homes: Mapping[Release, Home]) -> int:
    """How many statements the closed list holds for both releases together."""
    return sum(_listed(t) for home in homes.values() for t in home.tables.tables)


def _listed(table: Table) -> int:
    """select, three inserts, delete, locking read; one update a column, one upsert a key."""
    return 6 + len(table.columns) + len(table.keys)


def breaks_b(upgrade: Upgrade, final: Schema) -> Iterator[Verdict]:
    """What of B would fail on the schema after contract: objects left alone may do that."""
    home = Home(Release.B, upgrade.new.schema, upgrade.new.schema)
    names = [t.name for t in upgrade.new.schema.tables if final.table(t.name) != t]
    yield from verdicts(upgrade.server, home, final, frozenset(names))
