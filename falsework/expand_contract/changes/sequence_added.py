"""A sequence that only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.objects import creation
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.edits import CreateSequence
from falsework.model.frozen import Frozen
from falsework.model.schema import Sequence


class SequenceAdded(Frozen, frozen=True):
    """Created in expand, before the tables and columns whose default counts by it."""

    sequence: Sequence

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The sequence, when it is new."""
        new = upgrade.new.schema.sequence(pair.name)
        if new is not None and upgrade.old.sequence(pair.name) is None:
            yield cls(new)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Create it: nothing knows of it yet."""
        return creation(
            CreateSequence(sequence=self.sequence), "sequence", upgrade.granted(self.sequence.name)
        )
