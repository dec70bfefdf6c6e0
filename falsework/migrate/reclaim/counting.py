"""What a run would take away, counted exactly as the run would find it; nothing is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select

from falsework.engines.connect import Target
from falsework.errors import Interrupted
from falsework.migrate.keys import Key
from falsework.migrate.keyset import plain
from falsework.migrate.observer import silent
from falsework.migrate.reclaim.kinds import Kind, Kinds, Row, held_by
from falsework.migrate.reclaim.outcome import Felling, Reclaimed
from falsework.migrate.reclaim.tree import Gatherer, Tree
from falsework.migrate.retry import translated
from falsework.migrate.session import Session
from falsework.migrate.settings import Settings
from falsework.model.forest import Branch, Forest, Tie
from falsework.model.schema import TableName

TOGETHER = 500  # trees that are looked at together


def count(target: Target, made: Kinds, settings: Settings, stop: Callable[[], bool]) -> Reclaimed:
    """What a run without limits would take away now.

    Keys of rows that can be reached by several ways are kept in memory until the end, since each
    goes only once. Raises Interrupted, Refused, Unreachable.
    """
    kinds = made.all()
    with closing(Session(target, settings, silent, stop, alone=False)) as session:

        def fetch(query: Select[Any]) -> Sequence[Row]:
            if stop():
                raise Interrupted("db-reclaim was asked to stop while it counted")
            with session.looking() as connection:
                return [tuple(row) for row in connection.execute(query)]

        counting = _Count(made, kinds, Gatherer(made.forest, kinds, fetch, lock=False), settings)
        return translated(target, "db-reclaim", counting.all)


@dataclass(slots=True)
class _Count:
    made: Kinds
    kinds: Mapping[TableName, Kind]
    gatherer: Gatherer
    settings: Settings
    seen: dict[object, set[Key]] = field(default_factory=lambda: defaultdict(set))
    many: frozenset[TableName] = frozenset()

    def __post_init__(self) -> None:
        self.many = _reached_twice(self.made.forest)

    def all(self) -> Reclaimed:
        outcome = Reclaimed()
        for table in self.made.walked():
            outcome.fellings.append(self._table(self.kinds[table]))
        return outcome

    def _table(self, kind: Kind) -> Felling:
        felling = Felling(kind.table, self.made.before[kind.table])
        after: Key | None = None
        while rows := self.gatherer.fetch(kind.page(after, TOGETHER)):
            keys = [tuple(map(plain, row)) for row in rows]
            after = keys[-1]
            self._trees(kind, felling, [k for k in keys if k not in self.seen[kind.table]])
        return felling

    def _trees(self, kind: Kind, felling: Felling, keys: Sequence[Key]) -> None:
        if not keys:
            return
        roots = self.gatherer.fetch(kind.held(keys, lock=False))
        tree = self.gatherer.gather(kind.table, roots, max(len(keys), self.settings.tree_rows))
        if tree.cut is None:
            held = tree.why_held()
            self._count(felling, tree.without(held))
            for key, reason in held.items():
                felling.hold(key, reason)
        elif len(keys) > 1:
            half = len(keys) // 2
            self._trees(kind, felling, keys[:half])
            self._trees(kind, felling, [k for k in keys[half:] if k not in self.seen[kind.table]])
        else:
            self._large(kind, felling, keys[0], roots)

    def _count(self, felling: Felling, tree: Tree) -> None:
        felling.trees += len(tree.roots)
        for table, found in tree.rows.items():
            felling.rows[table] += self._new(table, table, found)
        for branch, freed in tree.freed.items():
            felling.freed[branch.child] += self._new(branch.parent, branch, freed)

    def _large(self, kind: Kind, felling: Felling, key: Key, roots: Sequence[Row]) -> None:
        """A tree that is counted page by page, twice: nothing counts of one that stays."""
        for branch, page in self.gatherer.pages(kind.table, roots):
            for row in page:
                if (reason := held_by(branch, row)) is not None:
                    felling.hold(key, reason)
                    return
        self._count(felling, Tree(kind.table, [key], {kind.table: {key: roots[0]}}))
        for branch, page in self.gatherer.pages(kind.table, roots):
            self._page(felling, branch, page)

    def _page(self, felling: Felling, branch: Branch, page: Sequence[Row]) -> None:
        keys = [self.kinds[branch.child].key_of(row) for row in page]
        if branch.tie is Tie.FREED:
            felling.freed[branch.child] += self._new(branch.parent, branch, keys)
        else:
            felling.rows[branch.child] += self._new(branch.child, branch.child, keys)

    def _new(self, table: TableName, what: object, keys: Collection[Key]) -> int:
        """How many of the rows were not counted yet."""
        if table not in self.many:
            return len(keys)
        seen = self.seen[what]
        before = len(seen)
        seen.update(keys)
        return len(seen) - before


def _reached_twice(forest: Forest) -> frozenset[TableName]:
    """The tables whose rows may be found in several trees, by themselves or with their parents."""
    ties = (Tie.JUDGED, Tie.GOES)
    down = [b for found in forest.branches.values() for b in found if b.tie in ties]
    ways = Counter([*forest.policies, *(b.child for b in down)])
    found = {table for table, number in ways.items() if number > 1}
    while more := {b.child for b in down if b.parent in found} - found:
        found |= more
    return frozenset(found)
