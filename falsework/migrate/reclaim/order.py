"""In which order the rows of a whole tree go, so that no row ever refers to one that is gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from falsework.migrate.keys import Key
from falsework.migrate.reclaim.tree import Node, Tree
from falsework.model.forest import Branch, Forest
from falsework.model.schema import TableName


@dataclass(frozen=True, slots=True)
class Parted:
    """These children refer to nothing any more along the branch."""

    branch: Branch
    keys: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Felled:
    """These rows go."""

    table: TableName
    keys: Sequence[Key]


Cutting = Parted | Felled


def cuttings(forest: Forest, tree: Tree) -> Iterator[Cutting]:
    """What is done to fell the tree: children that stay are parted first, then children first."""
    for branch, freed in tree.freed.items():
        if freed:
            yield Parted(branch, sorted(freed, key=repr))
    for group in forest.order:
        there = {table: keys for table in group if (keys := list(tree.rows.get(table, ())))}
        if not there:
            continue
        if forest.ringed(group):
            yield from _Ring(tree, there).cuttings()
        else:
            yield from _all(there)


def _all(rows: Mapping[TableName, Sequence[Key]]) -> Iterator[Felled]:
    for table, keys in rows.items():
        yield Felled(table, keys)


class _Ring:
    """Rows of tables that refer to each other: each goes after those that refer to it.

    Rows that refer to each other in a ring, or to themselves, are parted where a column may be
    NULL. Where none may they go by one statement, which not every server takes.
    """

    def __init__(self, tree: Tree, there: Mapping[TableName, Sequence[Key]]) -> None:
        self._left: set[Node] = {(table, key) for table, keys in there.items() for key in keys}
        self._above: dict[Node, list[tuple[Node, Branch]]] = {
            node: [(p, b) for p, b in tree.above.get(node, ()) if p in self._left]
            for node in self._left
        }
        self._children: Counter[Node] = Counter()
        for parents in self._above.values():
            self._children.update(parent for parent, _ in parents)

    def cuttings(self) -> Iterator[Cutting]:
        """Level by level, leaves first."""
        leaves = [node for node in self._left if not self._children[node]]
        while self._left:
            if not leaves:
                parted = list(self._parted())
                yield from parted
                leaves = [node for node in self._left if not self._children[node]]
                if not leaves:
                    yield from _all(self._by_table(self._left))
                    return
            yield from _all(self._by_table(leaves))
            self._left.difference_update(leaves)
            leaves = [parent for node in leaves for parent in self._let_go(node)]

    def _let_go(self, node: Node) -> Iterator[Node]:
        """The parents that have no child any more, once the node refers to none."""
        for parent, _ in self._above[node]:
            self._children[parent] -= 1
            if not self._children[parent]:
                yield parent

    def _parted(self) -> Iterator[Parted]:
        """Every reference of the rows that are left, where it may be NULL."""
        found: dict[Branch, list[Key]] = defaultdict(list)
        for node in self._left:
            kept = []
            for parent, branch in self._above[node]:
                if parent not in self._left:
                    continue
                if branch.nullable:
                    found[branch].append(node[1])
                    self._children[parent] -= 1
                else:
                    kept.append((parent, branch))
            self._above[node] = kept
        for branch, keys in found.items():
            yield Parted(branch, list(dict.fromkeys(keys)))

    @staticmethod
    def _by_table(nodes: Sequence[Node] | set[Node]) -> Mapping[TableName, Sequence[Key]]:
        found: dict[TableName, list[Key]] = defaultdict(list)
        for table, key in nodes:
            found[table].append(key)
        return found
