"""What hangs on rows that may go: the foreign-key tree under each table with a policy.

Pure. A *branch* is a foreign key seen from its parent; the database's own ones, and those that
only the models know of, since an orphan is no better for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from falsework.model.frozen import Frozen
from falsework.model.schema import Action, ForeignKey, Schema, Table, TableName
from falsework.model.soft_delete import SoftDelete


class Tie(StrEnum):
    """What becomes of a child when its parent goes."""

    JUDGED = "judged"  # its own policy says whether it may go; a row that may not holds the parent
    GOES = "goes"  # with the parent
    FREED = "freed"  # it stays, and refers to nothing any more
    HOLDS = "holds"  # nobody said that it may go: the parent stays


class Branch(Frozen, frozen=True):
    """A foreign key: ``columns`` of ``child`` refer to ``parent_columns`` of ``parent``.

    ``indexed``   whether finding the children of a row needs no reading of the whole table
    ``nullable``  whether a child can be parted from its parent
    """

    child: TableName
    columns: tuple[str, ...]
    parent: TableName
    parent_columns: tuple[str, ...]
    tie: Tie
    indexed: bool
    nullable: bool


class Forest(Frozen, frozen=True):
    """All trees.

    ``policies``  the tables whose rows may go by themselves
    ``branches``  by parent
    ``order``     groups of tables, children first; in a group of several, or of one that refers
                  to itself, each row has its own place
    """

    policies: Mapping[TableName, SoftDelete]
    branches: Mapping[TableName, tuple[Branch, ...]]
    order: tuple[tuple[TableName, ...], ...]

    def below(self, table: TableName) -> tuple[Branch, ...]:
        """The branches that begin at the table."""
        return self.branches.get(table, ())

    def ringed(self, group: tuple[TableName, ...]) -> bool:
        """Whether rows of the group may refer to each other."""
        return len(group) > 1 or any(b.child == group[0] for b in self.below(group[0]))


def grown(
    live: Schema, policies: Mapping[TableName, SoftDelete], declared: Schema | None = None
) -> Forest:
    """The trees under the tables with a policy.

    ``declared``  the models, whose foreign keys count where both tables have the columns
    """
    taken = frozenset(name for policy in policies.values() for name in policy.takes)
    keys = _by_parent(live, declared)
    branches: dict[TableName, tuple[Branch, ...]] = {}
    todo = list(policies)
    while todo:
        parent = todo.pop()
        if parent in branches:
            continue
        found = tuple(_branch(c, k, policies, taken) for c, k in keys.get(parent, ()))
        branches[parent] = found
        todo += [b.child for b in found if b.tie in (Tie.JUDGED, Tie.GOES)]
    return Forest(policies, branches, tuple(_groups(branches)))


def _by_parent(
    live: Schema, declared: Schema | None
) -> dict[TableName, tuple[tuple[Table, ForeignKey], ...]]:
    found: dict[TableName, dict[object, tuple[Table, ForeignKey]]] = {}
    for schema in (live, declared or Schema()):
        for said in schema.tables:
            table = live.table(said.name)
            for key in said.foreign_keys if table else ():
                if table is not None and _there(live, table, key):
                    same = (table.name, key.columns, key.parent_columns)
                    found.setdefault(key.parent, {}).setdefault(same, (table, key))
    return {parent: tuple(keys.values()) for parent, keys in found.items()}


def _there(live: Schema, table: Table, key: ForeignKey) -> bool:
    parent = live.table(key.parent)
    return (
        parent is not None
        and set(key.columns) <= set(table.column_names)
        and set(key.parent_columns) <= set(parent.column_names)
    )


def _branch(
    child: Table,
    key: ForeignKey,
    policies: Mapping[TableName, SoftDelete],
    taken: frozenset[str],
) -> Branch:
    return Branch(
        child.name,
        key.columns,
        key.parent,
        key.parent_columns,
        _tie(child, key, policies, taken),
        _indexed(child, key.columns),
        _partable(child, key),
    )


def _partable(child: Table, key: ForeignKey) -> bool:
    columns = [child.column(name) for name in key.columns]
    return all(c is not None and c.nullable and c.written for c in columns)


def _tie(
    child: Table,
    key: ForeignKey,
    policies: Mapping[TableName, SoftDelete],
    taken: frozenset[str],
) -> Tie:
    """A child's own policy goes first: a cascade would take a row that nobody deleted."""
    if key.on_delete is Action.SET_NULL and _partable(child, key):
        return Tie.FREED
    if child.name in policies:
        return Tie.JUDGED
    goes = key.on_delete is Action.CASCADE or {child.name.name, str(child.name)} & taken
    return Tie.GOES if goes else Tie.HOLDS


def _indexed(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether some key or index begins with the columns, in any order."""
    sorted_by = [i.columns for i in table.indexes if i.where is None and i.valid]
    sorted_by += [u.columns for u in table.uniques]
    if table.primary_key:
        sorted_by.append(table.primary_key.columns)
    return any(set(entry[: len(columns)]) == set(columns) for entry in sorted_by)


def _groups(branches: Mapping[TableName, tuple[Branch, ...]]) -> Iterator[tuple[TableName, ...]]:
    """Tables whose rows go, children first; tables in a ring together (Tarjan's components)."""
    below = {
        parent: sorted({b.child for b in found if b.tie in (Tie.JUDGED, Tie.GOES)})
        for parent, found in branches.items()
    }
    seen: dict[TableName, int] = {}
    lowest: dict[TableName, int] = {}
    stack: list[TableName] = []

    def visit(table: TableName) -> Iterator[tuple[TableName, ...]]:
        seen[table] = lowest[table] = len(seen)
        stack.append(table)
        for child in below.get(table, ()):
            if child not in seen:
                yield from visit(child)
                lowest[table] = min(lowest[table], lowest[child])
            elif child in stack:
                lowest[table] = min(lowest[table], seen[child])
        if lowest[table] == seen[table]:
            at = stack.index(table)
            group, stack[at:] = stack[at:], []
            yield tuple(sorted(group))

    for table in sorted(branches):
        if table not in seen:
            yield from visit(table)


def unindexed(forest: Forest) -> Iterable[Branch]:
    """Branches along which each batch reads a whole table."""
    found = [b for branches in forest.branches.values() for b in branches if not b.indexed]
    return sorted(found, key=lambda b: (b.child, b.columns))
