"""A sequence that counts otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import SetSequence
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import Sequence


class SequenceChanged(Frozen, frozen=True):
    """Other options wait for contract: A counts by them as well."""

    old: Sequence
    new: Sequence

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The sequence, when both sides have it with other options."""
        old = upgrade.old.sequence(pair.name)
        new = upgrade.new.schema.sequence(pair.name)
        if old is not None and new is not None and old != new:
            yield cls(old, new)

    def outline(self, upgrade: Upgrade) -> Outline:
        """One statement; the number it is at stays."""
        name = self.old.name
        draft = Draft(
            table=name,
            subject="",
            part="options",
            phase=Phase.CONTRACT,
            rank=Rank.SETTLE_DEFAULT,
            title=f"let the sequence {name.name} count otherwise",
            edits=(SetSequence(sequence=self.new),),
            blocking=False,
        )
        return Outline((draft,), not_yet=(f"{name}: how it counts: until then as it did",))
