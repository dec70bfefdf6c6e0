"""A domain that only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.objects import creation
from falsework.expand_contract.upgrade import Outline, Pair, Rank, Upgrade
from falsework.model.edits import CreateDomain
from falsework.model.frozen import Frozen
from falsework.model.schema import Domain


class DomainAdded(Frozen, frozen=True):
    """Created in expand, before whatever is of it and after what it may be made of."""

    domain: Domain

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The domain, when it is new."""
        new = upgrade.new.schema.domain(pair.name)
        if new is not None and upgrade.old.domain(pair.name) is None:
            yield cls(new)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Create it: nothing knows of it yet."""
        return creation(CreateDomain(domain=self.domain), "domain", rank=Rank.CREATE_DOMAIN)
