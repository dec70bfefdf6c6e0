"""A check constraint that says something else in the models, under the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.check_added import CheckAdded
from falsework.expand_contract.changes.check_dropped import CheckDropped
from falsework.expand_contract.changes.replacing import both
from falsework.expand_contract.matching import counterpart, same_check
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.edits import DropCheck
from falsework.model.frozen import Frozen
from falsework.model.schema import CheckConstraint, Table


class CheckChanged(Frozen, frozen=True):
    """A may break the new one and B the old one, so there is none in between.

    Where B promises to keep the old one, it stays until the new one takes its place.
    """

    old: Table
    check: CheckConstraint
    new: CheckConstraint
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live checks whose namesake in the models surely says something else."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        for check in pair.new.checks:
            found = counterpart(check, pair.old.checks, same)
            if found is not None and same_check(found, check, same) is False:
                yield cls(pair.old, found, check, found.name in pair.intent.until_contract)

    def outline(self, upgrade: Upgrade) -> Outline:
        """As one dropped and one added, in one step where the old one is kept until then."""
        table = self.old.name
        if self.promised:
            instead = (DropCheck(table=table, check=self.check),)
            return CheckAdded(table, self.new, instead).outline(upgrade)
        dropped = CheckDropped(self.old, self.check, owned=True, promised=False)
        return both(dropped.outline(upgrade), CheckAdded(table, self.new).outline(upgrade))
