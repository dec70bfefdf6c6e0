"""An index that is built otherwise in the models, under the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract.changes.index_added import IndexAdded, duplicates_of
from falsework.expand_contract.changes.replacing import (
    both,
    drop_edit,
    dropping,
    is_early,
    keeps_apart,
)
from falsework.expand_contract.changes.unique_added import not_unique_yet, unique_phase
from falsework.expand_contract.matching import Key, replaced_keys
from falsework.expand_contract.upgrade import (
    Draft,
    Outline,
    Pair,
    Rank,
    Upgrade,
    successor_name,
)
from falsework.model.edits import AddIndex, RenameIndex
from falsework.model.frozen import Frozen
from falsework.model.plan import Hazard, Phase
from falsework.model.schema import Index, Table


class IndexChanged(Frozen, frozen=True):
    """Its successor is built beside it, and has its name once A is gone and the old one dropped.

    Where the server cannot rename an index, both is one step in contract: the old one dropped and
    the new one built in one transaction, so that there is never none.
    """

    old: Table
    key: Key
    new: Index
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live indexes and unique constraints whose namesake in the models is another index."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        for there, index in replaced_keys(pair.old, pair.new, same):
            if isinstance(index, Index):
                yield cls(pair.old, there, index, index.name in pair.intent.until_contract)

    def outline(self, upgrade: Upgrade) -> Outline:
        """As one dropped and one added; the drop decides whether it can be."""
        obeyed = keeps_apart(upgrade, self.key, self.new)
        dropped = dropping(upgrade, self.old, self.key, promised=self.promised or obeyed)
        if dropped.refusals:
            return dropped
        if is_early(dropped):
            return both(dropped, IndexAdded(self.old.name, self.new).outline(upgrade))
        name = successor_name(upgrade.server, self.new.name)
        successor = replace(self.new, name=name)
        rename = RenameIndex(table=self.old.name, index=successor, name=self.new.name)
        if upgrade.server.cost(rename) is None:
            return self._at_once(upgrade, obeyed=obeyed)
        added = self._beside(upgrade, successor, obeyed=obeyed)
        renamed = Draft(
            table=self.old.name,
            subject=self.new.name,
            part="rename",
            phase=Phase.CONTRACT,
            rank=Rank.RENAME,
            title=f"rename {name} to {self.new.name}",
            edits=(rename,),
        )
        return both(added, replace(dropped, drafts=(*dropped.drafts, renamed)))

    def _beside(self, upgrade: Upgrade, successor: Index, *, obeyed: bool) -> Outline:
        """Build it, unless an earlier plan has: what else goes by this name is swept away."""
        there = next((i for i in self.old.indexes if i.name == successor.name), None)
        if there is not None and there.valid and there == successor:
            return Outline()
        return IndexAdded(self.old.name, successor, there, obeyed=obeyed).outline(upgrade)

    def _at_once(self, upgrade: Upgrade, *, obeyed: bool) -> Outline:
        table, index = self.old.name, self.new
        draft = Draft(
            table=table,
            subject=index.name,
            part="replace",
            phase=Phase.CONTRACT,
            rank=Rank.ENFORCE_UNIQUE,
            title=f"build index {index.name} anew over ({', '.join(index.columns)})",
            edits=(drop_edit(table, self.key), AddIndex(table=table, index=index)),
            hazards=(Hazard.INDEX_GONE,),
        )
        phase = unique_phase(upgrade, table, index) if index.unique else Phase.EXPAND
        if obeyed or phase is Phase.EXPAND:
            return Outline((draft,))
        asking = duplicates_of(upgrade, table, index, draft.part)
        return Outline((draft,), asking, not_yet=(not_unique_yet(table, index.columns),))
