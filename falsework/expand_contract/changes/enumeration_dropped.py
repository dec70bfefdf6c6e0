"""A type that lists its values, which the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.objects import removal, staying, strangers
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.edits import DropEnumeration
from falsework.model.frozen import Frozen
from falsework.model.schema import Enumeration


class EnumerationDropped(Frozen, frozen=True):
    """Dropped in contract when owned, after the last column that is of it."""

    enumeration: Enumeration
    owned: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The type, when only the database has it."""
        old = upgrade.old.enumeration(pair.name)
        if old is not None and upgrade.new.schema.enumeration(pair.name) is None:
            owned = upgrade.owned is not None and upgrade.owned.enumeration(pair.name) is not None
            yield cls(old, owned)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Drop it, unless it is somebody else's, or somebody else's column is of it."""
        name = self.enumeration.name
        if not self.owned:
            return strangers(name, "type")
        if used := staying(upgrade, self.enumeration.type):
            return Outline(notes=(f"{name}: {', '.join(used)} is of this type: left alone",))
        return removal(DropEnumeration(enumeration=self.enumeration), "type")
