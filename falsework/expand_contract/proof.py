"""The law, decided for every statement of the closed list after every step.

A statement of a release is meant to succeed on that release's own schema, its *home*: the live
schema before the upgrade for A, the schema after it for B. So a step breaks it exactly where the
schema of the moment asks for more than the home does: a column that must be given, a NULL refused,
a rule that the home has not. Everything else follows from the effects of the steps; nobody states
a change's consequences by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial, reduce

from msgspec.structs import replace

from falsework.expand_contract.look import Home, statements_of
from falsework.expand_contract.rules import verdicts
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.edits import AddForeignKey, CreateTable, apply
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase, Proof, Release, Step, Verdict
from falsework.model.schema import Rule, Schema, TableName, goes_by

Verdicts = tuple[Verdict, ...]


class _Walk(Frozen, frozen=True):
    schema: Schema
    broken: tuple[tuple[str, Verdict], ...] = ()


def prove(upgrade: Upgrade, steps: tuple[Step, ...]) -> Proof:
    """Decide the law after each step, for A until contract and for B from the end of expand.

    A key of B that is not enforced yet is no breach but a promise not kept yet: B must not upsert
    on it before contract, and ``not_yet`` says so. What fails even after contract is no step's
    doing: it belongs to objects that are left alone, and a note says so.
    """
    final = apply((e for s in steps for e in s.effect), upgrade.old)
    homes = homes_of(upgrade)
    related = families(upgrade.old, steps)
    everything = frozenset().union(*related.values())
    anyway = frozenset(verdicts(upgrade.server, homes[Release.B], final, everything))

    def fails(schema: Schema, releases: Iterable[Release], scope: frozenset[TableName]) -> Verdicts:
        return tuple(
            verdict
            for release in releases
            for verdict in verdicts(upgrade.server, homes[release], schema, scope)
            if verdict not in anyway and not _not_yet(upgrade, verdict)
        )

    def after(walk: _Walk, step: Step) -> _Walk:
        schema = apply(step.effect, walk.schema)
        scope = related[step.table] if step.effect else frozenset[TableName]()
        found = fails(schema, _working(step.phase), scope)
        return _Walk(schema, (*walk.broken, *((step.id, v) for v in found)))

    expand = tuple(s for s in steps if s.phase is Phase.EXPAND)
    ready = reduce(after, expand, _Walk(upgrade.old))
    # B begins now, whether anything was expanded for it or not.
    begins = expand[-1:] or steps[:1]
    begun = tuple((s.id, v) for s in begins for v in fails(ready.schema, Release, everything))
    walk = reduce(after, steps[len(expand) :], _Walk(ready.schema, (*ready.broken, *begun)))
    accepted = {s.id for s in steps if upgrade.policy.accept & {s.id, *s.covers}}
    found = _first_of_each(walk.broken)
    return Proof(
        statements(homes),
        broken=tuple((step, verdict) for step, verdict in found if step not in accepted),
        accepted=tuple((step, verdict) for step, verdict in found if step in accepted),
    )


def homes_of(upgrade: Upgrade) -> Mapping[Release, Home]:
    """What each release counts on.

    B also keeps what it promised until contract, and A what is said of it from expand on.
    """
    old, new = upgrade.old, upgrade.new.schema
    obeying, keeping = old, new
    for name, intent in upgrade.new.intents:
        if not (intent.until_contract or intent.at_expand):
            continue
        keeping = _obey(keeping, old, name, partial(_among, intent.until_contract))
        obeying = _obey(obeying, new, name, partial(upgrade.obeyed, name))
    return {
        Release.A: Home(Release.A, old, obeying),
        Release.B: Home(Release.B, new, keeping),
    }


def _among(names: tuple[str, ...], rule: Rule) -> bool:
    return goes_by(rule, names)


def _obey(schema: Schema, other: Schema, name: TableName, chosen: Callable[[Rule], bool]) -> Schema:
    """The schema with those rules of the other's table that are chosen."""
    mine, theirs = schema.table(name), other.table(name)
    if mine is None or theirs is None:
        return schema
    return schema.with_table(
        replace(
            mine,
            uniques=(*mine.uniques, *filter(chosen, theirs.uniques)),
            checks=(*mine.checks, *filter(chosen, theirs.checks)),
            foreign_keys=(*mine.foreign_keys, *filter(chosen, theirs.foreign_keys)),
            indexes=(*mine.indexes, *filter(chosen, theirs.indexes)),
            exclusions=(*mine.exclusions, *filter(chosen, theirs.exclusions)),
        )
    )


def _working(phase: Phase) -> tuple[Release, ...]:
    """Who must be able to work after a step of this phase."""
    return {
        Phase.EXPAND: (Release.A,),
        Phase.MIGRATE: (Release.A, Release.B),
        Phase.CONTRACT: (Release.B,),
    }[phase]


def families(old: Schema, steps: tuple[Step, ...]) -> Mapping[TableName, frozenset[TableName]]:
    """Each touched table with its children, and all that is above it, at any moment."""
    edits = [e for s in steps for e in s.effect]
    made = (e.definition for e in edits if isinstance(e, CreateTable))
    created = replace(old, tables=(*old.tables, *made))
    keys = [(e.table, e.foreign_key.parent) for e in edits if isinstance(e, AddForeignKey)]
    return {
        name: _above(created, keys, name) | created.neighbours((name,))
        for name in {s.table for s in steps}
    }


def _above(
    schema: Schema, added: Iterable[tuple[TableName, TableName]], name: TableName
) -> frozenset[TableName]:
    """The table and its parents' parents: a DELETE of one may cascade down to the table."""
    found: set[TableName] = set()
    todo = [name]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            table = schema.table(here)
            todo += [f.parent for f in table.foreign_keys] if table else []
            todo += [parent for child, parent in added if child == here]
    return frozenset(found)


def _not_yet(upgrade: Upgrade, verdict: Verdict) -> bool:
    """Whether it is only an upsert of B on a key that A never had, or what its own key will do."""
    if verdict.release is not Release.B:
        return False
    if verdict.own_key or not verdict.missing_key:
        return verdict.own_key
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
    return sum(len(statements_of(table)) for home in homes.values() for table in home.tables.tables)


def breaks_b(upgrade: Upgrade, final: Schema) -> Iterator[Verdict]:
    """What of B would fail on the schema after contract: objects left alone may do that."""
    home = Home(Release.B, upgrade.new.schema, upgrade.new.schema)
    names = (t.name for t in upgrade.new.schema.tables)
    differ = frozenset(name for name in names if not upgrade.as_declared(name, final))
    yield from verdicts(upgrade.server, home, final, differ)
