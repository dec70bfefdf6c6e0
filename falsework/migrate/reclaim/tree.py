"""The rows that hang on rows: found level by level, held where one of them may not go.

A tree is *whole* when everything below its roots was found within the bound; else ``cut`` says
where there was more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select

from falsework.migrate.keys import Key
from falsework.migrate.reclaim.kinds import Kind, Row, held_by
from falsework.model.forest import Branch, Forest, Tie
from falsework.model.schema import TableName

Node = tuple[TableName, Key]
Fetch = Callable[[Select[tuple[object, ...]]], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a tree has more rows than fit: the children of ``rows`` along ``branch``.

    ``deep``  whether these rows hang on others of the tree themselves
    """

    table: TableName
    rows: Sequence[Row]
    branch: Branch
    children: Sequence[Row]
    deep: bool


@dataclass(slots=True)
class Tree:
    """Rows and what hangs on them.

    ``roots``  the keys of the rows it began with
    ``rows``   by table and key, the roots among them
    ``freed``  keys of rows that stay, by the branch that they are parted from
    ``above``  for each row found below another one: which, and along which branch
    ``held``   rows that may not go by themselves, and why
    """

    table: TableName
    roots: list[Key] = field(default_factory=list)
    rows: dict[TableName, dict[Key, Row]] = field(default_factory=lambda: defaultdict(dict))
    freed: dict[Branch, set[Key]] = field(default_factory=lambda: defaultdict(set))
    above: dict[Node, list[tuple[Node, Branch]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[Node, str] = field(default_factory=dict)
    cut: Cut | None = None
    size: int = 0

    def why_held(self) -> dict[Key, str]:
        """The roots that stay, because something below them may not go, and why."""
        reasons = dict(self.held)
        todo = list(reasons)
        while todo:
            node = todo.pop()
            for parent, _ in self.above.get(node, ()):
                if parent not in reasons:
                    reasons[parent] = reasons[node]
                    todo.append(parent)
        return {key: reasons[self.table, key] for key in self.roots if (self.table, key) in reasons}

    def without(self, held: Iterable[Key]) -> Tree:
        """What goes with the other roots: everything below them."""
        gone = frozenset(held)
        if not gone:
            return self
        below: dict[Node, list[Node]] = defaultdict(list)
        for child, parents in self.above.items():
            for parent, _ in parents:
                below[parent].append(child)
        kept = Tree(self.table, [key for key in self.roots if key not in gone], above=self.above)
        todo: list[Node] = [(self.table, key) for key in kept.roots]
        seen = set(todo)
        while todo:
            node = todo.pop()
            seen.add(node)
            todo += [child for child in below.get(node, ()) if child not in seen]
        return self._of(seen, kept)

    def _of(self, nodes: set[Node], kept: Tree) -> Tree:
        for table, rows in self.rows.items():
            kept.rows[table] = {key: row for key, row in rows.items() if (table, key) in nodes}
        for branch, keys in self.freed.items():
            kept.freed[branch] = {key for key in keys if (branch.child, key) in nodes}
        kept.size = sum(map(len, kept.rows.values())) + sum(map(len, kept.freed.values()))
        return kept


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Finds what hangs on rows, by one way to ask the database."""

    forest: Forest
    kinds: Mapping[TableName, Kind]
    fetch: Fetch
    lock: bool

    def gather(self, table: TableName, roots: Sequence[Row], bound: int) -> Tree:
        """The tree below the roots; at most ``bound`` rows, the roots among them."""
        kind = self.kinds[table]
        tree = Tree(table, [kind.key_of(row) for row in roots])
        tree.rows[table] = dict(zip(tree.roots, roots, strict=True))
        tree.size = len(roots)
        level, deep = {table: list(roots)}, False
        while level and tree.cut is None:
            level, deep = self._next_level(tree, level, bound, deep=deep), True
        return tree

    def _next_level(
        self, tree: Tree, level: dict[TableName, list[Row]], bound: int, *, deep: bool
    ) -> dict[TableName, list[Row]]:
        found: dict[TableName, list[Row]] = defaultdict(list)
        for table, rows in level.items():
            for branch in self.forest.below(table):
                found[branch.child] += self._along(tree, branch, rows, bound, deep=deep)
                if tree.cut is not None:
                    return {}
        return {table: rows for table, rows in found.items() if rows}

    def _along(
        self, tree: Tree, branch: Branch, rows: list[Row], bound: int, *, deep: bool
    ) -> list[Row]:
        """The rows that are new along one branch."""
        parents = self._by_value(branch, rows)
        if not parents:
            return []
        child, room = self.kinds[branch.child], max(bound - tree.size, 0)
        found = self.fetch(child.children(branch, parents, room + 1, lock=self.lock))
        if len(found) > room and (branch.tie is not Tie.HOLDS or len(parents) > 1):
            tree.cut = Cut(branch.parent, rows, branch, found, deep)
            return []
        return [row for row in found if self._hang(tree, branch, child, row, parents)]

    def _by_value(self, branch: Branch, rows: Iterable[Row]) -> dict[Key, list[Node]]:
        kind = self.kinds[branch.parent]
        parents: dict[Key, list[Node]] = defaultdict(list)
        for row in rows:
            value = kind.values(row, branch.parent_columns)
            if value is not None:
                parents[value].append((branch.parent, kind.key_of(row)))
        return parents

    def _hang(
        self,
        tree: Tree,
        branch: Branch,
        child: Kind,
        row: Row,
        parents: Mapping[Key, list[Node]],
    ) -> bool:
        """Put a row below its parents; whether what is below it is still to be found."""
        node = (branch.child, child.key_of(row))
        value = child.values(row, branch.columns)
        # A collation may take other values for the same: then it could be below any of them.
        above = parents.get(value or ()) or [one for some in parents.values() for one in some]
        reason = held_by(branch, row)
        if branch.tie is Tie.HOLDS:
            tree.held.update(dict.fromkeys(above, reason or ""))
            return False
        tree.above[node] += [(parent, branch) for parent in above]
        if branch.tie is Tie.FREED:
            tree.size += node[1] not in tree.freed[branch]
            tree.freed[branch].add(node[1])
        elif reason is not None:
            tree.held[node] = reason
        elif node[1] not in tree.rows[branch.child]:
            tree.rows[branch.child][node[1]] = row
            tree.size += 1
            return True
        return False

    def part(self, table: TableName, rows: Sequence[Row], bound: int) -> Tree | None:
        """A whole tree somewhere below rows whose own does not fit; None: there is no end to it.

        Further down with each try, or with half of the rows. A ring of rows that is larger than
        the bound is opened first: the rows that close it refer to nothing any more.
        """
        path: set[Node] = set()
        for _ in range(_TRIES):
            tree = self.gather(table, rows, bound)
            cut = tree.cut
            if cut is None:
                return tree
            child = self.kinds[cut.branch.child]
            path.update((cut.table, self.kinds[cut.table].key_of(row)) for row in cut.rows)
            keys = [child.key_of(row) for row in cut.children[:bound]]
            closing = [key for key in keys if (cut.branch.child, key) in path]
            if cut.branch.tie is Tie.FREED:
                return _parted(cut.branch, keys)
            if closing and cut.branch.nullable:  # else the ring may be opened further round
                return _parted(cut.branch, closing)
            if cut.deep:
                table, rows = cut.table, cut.rows
            elif len(rows) > 1:
                rows = rows[: len(rows) // 2]
            else:
                table, rows = cut.branch.child, cut.children[: max(1, bound // 2)]
        return None

    def pages(self, table: TableName, rows: Sequence[Row]) -> Iterator[tuple[Branch, list[Row]]]:
        """Everything below the rows, page by page: as much memory as the tree is deep."""
        seen: set[Node] = set()
        stack = [self._pages(table, rows)]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                continue
            branch, page = found
            kind = self.kinds[branch.child]
            if any(branch.child in g for g in self.forest.order if self.forest.ringed(g)):
                page = [r for r in page if (branch.child, kind.key_of(r)) not in seen]
                seen.update((branch.child, kind.key_of(r)) for r in page)
            yield branch, page
            below = branch.tie in (Tie.JUDGED, Tie.GOES) and self.forest.below(branch.child)
            if page and below:
                stack.append(self._pages(branch.child, page))

    def _pages(self, table: TableName, rows: Sequence[Row]) -> Iterator[tuple[Branch, list[Row]]]:
        for branch in self.forest.below(table):
            parents, child = self._by_value(branch, rows), self.kinds[branch.child]
            after: Key | None = None
            while parents:
                found = list(self.fetch(child.children(branch, parents, PAGE, after=after)))
                yield branch, found
                if len(found) < PAGE:
                    break
                after = child.key_of(found[-1])


def _parted(branch: Branch, keys: Sequence[Key]) -> Tree:
    """Rows that stay for now, and refer to nothing along the branch."""
    tree = Tree(branch.child)
    tree.freed[branch].update(keys)
    return tree


PAGE = 1_000  # rows that are seen at a time
_TRIES = 500  # each as many levels down as rows fit
