"""An exclusion constraint that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.matching import excluding, owns
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import DropExclusion
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import Exclusion, Table


class ExclusionDropped(Frozen, frozen=True):
    """Loosening: it goes in expand, unless B promises to keep it until contract."""

    old: Table
    exclusion: Exclusion
    owned: bool
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live exclusion constraints that are no declared one's counterpart."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        kept = [excluding(e, pair.old.exclusions, same) for e in pair.new.exclusions]
        for exclusion in pair.old.exclusions:
            if exclusion not in kept:
                promised = exclusion.name in pair.intent.until_contract
                yield cls(pair.old, exclusion, owns(pair.owned, exclusion), promised)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Drop it in expand, or in contract by promise."""
        table, label = self.old.name, self.exclusion.label
        if not self.owned:
            return Outline(notes=(f"{table}: {label}: the models do not know it: left alone",))
        expand = not self.promised
        draft = Draft(
            table=table,
            subject=self.exclusion.name or "",
            part="drop-exclusion",
            phase=Phase.EXPAND if expand else Phase.CONTRACT,
            rank=Rank.LOOSEN_RULES if expand else Rank.DROP_RULE,
            title=f"drop {label}",
            edits=(DropExclusion(table=table, exclusion=self.exclusion),),
        )
        return Outline((draft,))
