"""A check constraint that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.matching import counterpart, owns
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import DropCheck
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import CheckConstraint, Table


class CheckDropped(Frozen, frozen=True):
    """Loosening: it goes in expand, unless B promises to keep it until contract."""

    old: Table
    check: CheckConstraint
    owned: bool
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live checks that are no declared check's counterpart."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        kept = [counterpart(c, pair.old.checks, same) for c in pair.new.checks]
        for check in pair.old.checks:
            if check not in kept:
                promised = check.name in pair.intent.until_contract
                yield cls(pair.old, check, owns(pair.owned, check), promised)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Drop it in expand, or in contract by promise."""
        name = self.check.name or f"({self.check.text})"
        if not self.owned:
            note = f"{self.old.name}: check {name}: the models do not know it: left alone"
            return Outline(notes=(note,))
        expand = not self.promised
        draft = Draft(
            table=self.old.name,
            subject=self.check.name or "_".join(self.check.uses),
            part="drop-check",
            phase=Phase.EXPAND if expand else Phase.CONTRACT,
            rank=Rank.LOOSEN_RULES if expand else Rank.DROP_RULE,
            title=f"drop check {name}",
            edits=(DropCheck(table=self.old.name, check=self.check),),
        )
        return Outline((draft,))
