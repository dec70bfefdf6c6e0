"""A unique constraint over other columns in the models, under the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.replacing import both, drop_edit, dropping, is_early
from falsework.expand_contract.changes.unique_added import UniqueAdded
from falsework.expand_contract.matching import Key, replaced_keys
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.frozen import Frozen
from falsework.model.schema import Table, UniqueConstraint


class UniqueChanged(Frozen, frozen=True):
    """The old key goes in the step that makes the new one a rule, so that nothing has two names.

    It goes before only where B does not keep it and the operator has accepted that.
    """

    old: Table
    key: Key
    new: UniqueConstraint
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live keys and indexes whose namesake in the models is a constraint that none is."""
        if pair.old is None or pair.new is None:
            return
        for there, unique in replaced_keys(pair.old, pair.new, upgrade.server.engine.same_text):
            if isinstance(unique, UniqueConstraint):
                yield cls(pair.old, there, unique, unique.name in pair.intent.until_contract)

    def outline(self, upgrade: Upgrade) -> Outline:
        """As one dropped and one added; the drop decides whether it can be."""
        dropped = dropping(upgrade, self.old, self.key, promised=self.promised)
        if dropped.refusals:
            return dropped
        table = self.old.name
        if is_early(dropped):
            return both(dropped, UniqueAdded(table, self.new).outline(upgrade))
        return UniqueAdded(table, self.new, (drop_edit(table, self.key),)).outline(upgrade)
