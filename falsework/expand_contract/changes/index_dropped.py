"""An index that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.index_added import drop_way
from falsework.expand_contract.changes.unique_dropped import UPSERTS, kept_by_b, refuse_early
from falsework.expand_contract.matching import owns, replaced_keys
from falsework.expand_contract.upgrade import (
    Draft,
    Outline,
    Pair,
    Rank,
    Upgrade,
    successor_name,
)
from falsework.model.edits import DropIndex
from falsework.model.frozen import Frozen
from falsework.model.plan import Hazard, Phase
from falsework.model.schema import Index, Table


class IndexDropped(Frozen, frozen=True):
    """Dropped in contract, since A's queries use it; a unique one is a rule that B may break."""

    old: Table
    index: Index
    owned: bool
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live indexes whose name the models do not have, nor one of a plan for one of theirs."""
        if pair.old is None or pair.new is None:
            return
        same, server = upgrade.server.engine.same_text, upgrade.server
        names = {i.name for i in pair.new.indexes}
        for there, new in replaced_keys(pair.old, pair.new, same):
            names |= {there.name or "", successor_name(server, new.name or "")}
        for index in pair.old.indexes:
            if index.name not in names:
                promised = index.name in pair.intent.until_contract
                yield cls(pair.old, index, owns(pair.owned, index), promised)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Contract, but for a unique index that B does not keep."""
        if not self.owned:
            note = (
                f"{self.old.name}: index {self.index.name}: the models do not know it: left alone"
            )
            return Outline(notes=(note,))
        kept = self.promised or kept_by_b(upgrade, self.old, self.index)
        if not self.index.unique or kept:
            return Outline((self._drop(upgrade, Phase.CONTRACT, "drop-index"),))
        draft = self._drop(upgrade, Phase.EXPAND, "drop-index-early")
        if draft.id in upgrade.policy.accept:
            return Outline((draft,))
        what = f"unique index {self.index.name}"
        return Outline(refusals=(refuse_early(self.old, what, draft.id, self.index.name, UPSERTS),))

    def _drop(self, upgrade: Upgrade, phase: Phase, part: str) -> Draft:
        expand = phase is Phase.EXPAND
        return Draft(
            table=self.old.name,
            subject=self.index.name,
            part=part,
            phase=phase,
            rank=Rank.LOOSEN_RULES if expand else Rank.DROP_INDEX,
            title=f"drop index {self.index.name}",
            edits=(DropIndex(table=self.old.name, index=self.index),),
            way=drop_way(upgrade, self.old.name, self.index),
            hazards=(Hazard.NO_UPSERT,) if expand else (Hazard.INDEX_GONE,),
        )
