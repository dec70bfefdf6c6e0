"""A type that lists its values, which only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.objects import creation
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.edits import CreateEnumeration
from falsework.model.frozen import Frozen
from falsework.model.schema import Enumeration


class EnumerationAdded(Frozen, frozen=True):
    """Created in expand, before whatever is of it."""

    enumeration: Enumeration

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The type, when it is new."""
        new = upgrade.new.schema.enumeration(pair.name)
        if new is not None and upgrade.old.enumeration(pair.name) is None:
            yield cls(new)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Create it: nothing knows of it yet."""
        return creation(CreateEnumeration(enumeration=self.enumeration), "type")
