"""Drafts in the order they run: phase, rank, parents before children, then by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from falsework.expand_contract.upgrade import Draft, Rank, Upgrade
from falsework.model.plan import Phase
from falsework.model.schema import Schema, TableName

_PHASES = {phase: place for place, phase in enumerate(Phase)}


def ordered(upgrade: Upgrade, drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """The drafts in running order: the same for the same plan, whatever order they came in."""
    created = depths(upgrade.new.schema)
    dropped = depths(upgrade.old)

    def place(draft: Draft) -> tuple[int, int, int, TableName, str]:
        depth = 0
        if draft.rank is Rank.CREATE:
            depth = created.get(draft.table, 0)
        if draft.rank is Rank.DROP_TABLE:
            depth = -dropped.get(draft.table, 0)
        return (_PHASES[draft.phase], draft.rank, depth, draft.table, draft.subject)

    # The sort is stable: the steps of one subject keep the order its change gave them.
    return tuple(sorted(drafts, key=place))


def depths(schema: Schema) -> Mapping[TableName, int]:
    """How many foreign keys deep each table stands below a table without parents.

    A cycle is cut where it is met again; the keys that close it are added after all its tables.
    """
    found: dict[TableName, int] = {}

    def depth(name: TableName, above: frozenset[TableName]) -> int:
        if name in found:
            return found[name]
        table = schema.table(name)
        parents = {f.parent for f in table.foreign_keys} - above - {name} if table else set()
        deep = 1 + max((depth(p, above | {name}) for p in sorted(parents)), default=-1)
        if not above:
            found[name] = deep
        return deep

    for table in schema.tables:
        depth(table.name, frozenset())
    return found
