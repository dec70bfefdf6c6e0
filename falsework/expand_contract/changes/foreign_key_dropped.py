"""A foreign key that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.unique_dropped import left_null, refuse_early
from falsework.expand_contract.keys import same_key, stops
from falsework.expand_contract.matching import owns
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import DropForeignKey
from falsework.model.frozen import Frozen
from falsework.model.plan import Hazard, Phase
from falsework.model.schema import ForeignKey, Table, goes_by


class ForeignKeyDropped(Frozen, frozen=True):
    """One that only refuses goes in expand; one that A's deletes rely on stays until contract."""

    old: Table
    key: ForeignKey
    owned: bool
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live keys that tie columns to a parent as no declared key does."""
        if pair.old is None or pair.new is None:
            return
        for key in pair.old.foreign_keys:
            if not any(same_key(key, declared) for declared in pair.new.foreign_keys):
                promised = goes_by(key, pair.intent.until_contract)
                yield cls(pair.old, key, owns(pair.owned, key), promised)

    def outline(self, upgrade: Upgrade) -> Outline:
        """By whom it stops, and who relies on it."""
        if not self.owned:
            what = f"foreign key to {self.key.parent}"
            note = f"{self.old.name}: {what}: the models do not know it: left alone"
            return Outline(notes=(note,))
        actions = (self.key.on_delete, self.key.on_update)
        stopping = [stops(self.old, self.key, action) for action in actions]
        null = any(left_null(upgrade, self.old, name) for name in self.key.columns)
        if self.promised or (null and not any(stopping)):
            return Outline((self._drop(Phase.CONTRACT, "drop-foreign-key"),))
        draft = self._drop(Phase.EXPAND, "drop-foreign-key-early")
        if all(stopping) or draft.id in upgrade.policy.accept:
            return Outline((draft,))
        what = f"foreign key to {self.key.parent}"
        return Outline(refusals=(refuse_early(self.old, what, draft.id, self.key.name, CASCADES),))

    def _drop(self, phase: Phase, part: str) -> Draft:
        expand = phase is Phase.EXPAND
        return Draft(
            table=self.old.name,
            subject=self.key.name or "_".join(self.key.columns),
            part=part,
            phase=phase,
            rank=Rank.LOOSEN_KEYS if expand else Rank.DROP_KEY,
            title=f"drop the foreign key to {self.key.parent.name}",
            edits=(DropForeignKey(table=self.old.name, foreign_key=self.key),),
            hazards=(Hazard.ORPHANS,) if expand else (),
            also_locks=(self.key.parent,),
        )


CASCADES = (
    "A's deletes or key changes reach the children by it; B may write children without a parent"
)
