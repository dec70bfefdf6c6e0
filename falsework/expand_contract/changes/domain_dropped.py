"""A domain that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.objects import removal, staying, strangers
from falsework.expand_contract.upgrade import Outline, Pair, Rank, Upgrade
from falsework.model.edits import DropDomain
from falsework.model.frozen import Frozen
from falsework.model.schema import Domain


class DomainDropped(Frozen, frozen=True):
    """Dropped in contract when owned, after the last column that is of it."""

    domain: Domain
    owned: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The domain, when only the database has it."""
        old = upgrade.old.domain(pair.name)
        if old is not None and upgrade.new.schema.domain(pair.name) is None:
            owned = upgrade.owned is not None and upgrade.owned.domain(pair.name) is not None
            yield cls(old, owned)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Drop it, unless it is somebody else's, or somebody else's column is of it."""
        name = self.domain.name
        if not self.owned:
            return strangers(name, "domain")
        if used := staying(upgrade, self.domain.type):
            return Outline(notes=(f"{name}: {', '.join(used)} is of this type: left alone",))
        return removal(DropDomain(domain=self.domain), "domain", rank=Rank.DROP_DOMAIN)
