"""A table that only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract.changes.foreign_key_added import key_outline
from falsework.expand_contract.keys import stops
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import CreateTable
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import ForeignKey, Table


class TableAdded(Frozen, frozen=True):
    """Created whole in expand, but for foreign keys that could make a statement of A fail."""

    table: Table

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The table, when it is new."""
        if pair.old is None and pair.new is not None:
            yield cls(pair.new)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Create; add the foreign keys that A would feel in contract."""
        at_once = tuple(f for f in self.table.foreign_keys if self._harmless(upgrade, f))
        later = tuple(f for f in self.table.foreign_keys if f not in at_once)
        create = Draft(
            table=self.table.name,
            subject="",
            part="create",
            phase=Phase.EXPAND,
            rank=Rank.CREATE,
            title=f"create table {self.table.name.name}",
            edits=(CreateTable(definition=replace(self.table, foreign_keys=at_once)),),
            blocking=False,
            grants=upgrade.granted(self.table.name),
            also_locks=tuple(sorted({f.parent for f in at_once} - {self.table.name})),
        )
        added = [key_outline(upgrade, self.table.name, f, self._phase(upgrade, f)) for f in later]
        return Outline(
            drafts=(create, *(d for outline in added for d in outline.drafts)),
            questions=tuple(q for outline in added for q in outline.questions),
            not_yet=tuple(n for outline in added for n in outline.not_yet),
        )

    @staticmethod
    def _phase(upgrade: Upgrade, key: ForeignKey) -> Phase:
        """A may not know the parent: then the key only waits until the parent is created."""
        return Phase.EXPAND if upgrade.old.table(key.parent) is None else Phase.CONTRACT

    def _harmless(self, upgrade: Upgrade, key: ForeignKey) -> bool:
        """Whether A can neither fail on the key nor tell that it is there.

        A deletes parents it knows of and changes their keys: the child must follow both. A parent
        created in the same plan must come first, which a cycle of new tables cannot promise.
        """
        if key.parent == self.table.name:
            return True
        parent = upgrade.old.table(key.parent)
        if parent is None:
            return key.parent < self.table.name or not self._cyclic(upgrade, key)
        known = any(set(k) == set(key.parent_columns) for k in parent.keys)
        return known and not any(
            stops(self.table, key, action) for action in (key.on_delete, key.on_update)
        )

    def _cyclic(self, upgrade: Upgrade, key: ForeignKey) -> bool:
        seen, todo = set(), [key.parent]
        while todo:
            name = todo.pop()
            if name == self.table.name:
                return True
            parent = upgrade.new.schema.table(name)
            if name not in seen and parent is not None and upgrade.old.table(name) is None:
                seen.add(name)
                todo += [f.parent for f in parent.foreign_keys]
        return False
