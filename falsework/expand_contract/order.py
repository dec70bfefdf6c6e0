"""Drafts in the order they run: phase, rank, parents before children, then by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from falsework.expand_contract.keys import beside, leads, parents_of
from falsework.expand_contract.upgrade import Draft, Rank, Upgrade
from falsework.model.plan import Phase
from falsework.model.schema import Schema, TableName

_PHASES = {phase: place for place, phase in enumerate(Phase)}


def ordered(upgrade: Upgrade, drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """The drafts in running order: the same for the same plan, whatever order they came in."""
    drafts = tuple(drafts)
    if not drafts:
        return ()
    created = depths(beside(upgrade.new.schema, upgrade.old))
    dropped = depths(beside(upgrade.old, upgrade.new.schema))

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

    In a circle of foreign keys only those count that refer to a smaller name: the others are added
    when all tables of the circle are there, and dropped before the first of them goes.
    """
    above = parents_of(schema)
    for child in _left(above):
        above[child] = [p for p in above[child] if p < child or not leads(above, p, child)]
    found: dict[TableName, int] = {}
    for name in above:
        _measure(above, name, found)
    return found


def _left(above: Mapping[TableName, list[TableName]]) -> list[TableName]:
    """The tables that are left when those without parents are taken away, again and again.

    All circles are among them, and where there is none nothing is left.
    """
    waiting = {name: len(parents) for name, parents in above.items()}
    below: dict[TableName, list[TableName]] = {}
    for child, parents in above.items():
        for parent in parents:
            below.setdefault(parent, []).append(child)
    free = [name for name, count in waiting.items() if not count]
    while free:
        for child in below.get(free.pop(), ()):
            waiting[child] -= 1
            if not waiting[child]:
                free.append(child)
    return [name for name, count in waiting.items() if count]


def _measure(
    above: Mapping[TableName, list[TableName]], name: TableName, found: dict[TableName, int]
) -> None:
    """Put the table's depth, and that of all above it, into ``found``; there is no circle."""
    way = [name]
    while way:
        missing = [p for p in above[way[-1]] if p not in found]
        if missing:
            way += missing
        else:
            here = way.pop()
            found[here] = 1 + max((found[p] for p in above[here]), default=-1)
