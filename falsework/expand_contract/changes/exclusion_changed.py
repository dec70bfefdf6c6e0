"""An exclusion constraint that keeps other rows apart in the models, under the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.exclusion_added import ExclusionAdded
from falsework.expand_contract.changes.exclusion_dropped import ExclusionDropped
from falsework.expand_contract.changes.replacing import both
from falsework.expand_contract.matching import excluding, same_exclusion
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.edits import DropExclusion
from falsework.model.frozen import Frozen
from falsework.model.schema import Exclusion, Table


class ExclusionChanged(Frozen, frozen=True):
    """A may break the new one and B the old one, so there is none in between.

    Where B promises to keep the old one, it stays until the new one takes its place.
    """

    old: Table
    exclusion: Exclusion
    new: Exclusion
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live exclusion constraints whose namesake in the models surely is another one."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        for exclusion in pair.new.exclusions:
            found = excluding(exclusion, pair.old.exclusions, same)
            if found is not None and same_exclusion(found, exclusion, same) is False:
                yield cls(pair.old, found, exclusion, found.name in pair.intent.until_contract)

    def outline(self, upgrade: Upgrade) -> Outline:
        """As one dropped and one added, in one step where the old one is kept until then."""
        table = self.old.name
        if self.promised:
            instead = (DropExclusion(table=table, exclusion=self.exclusion),)
            return ExclusionAdded(table, self.new, instead).outline(upgrade)
        dropped = ExclusionDropped(self.old, self.exclusion, owned=True, promised=False)
        return both(dropped.outline(upgrade), ExclusionAdded(table, self.new).outline(upgrade))
