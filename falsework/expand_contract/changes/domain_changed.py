"""A domain that is another one in the models, under the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.matching import SameText, same_default
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.frozen import Frozen
from falsework.model.plan import Refusal
from falsework.model.schema import Domain

BY_HAND = (
    "declare a domain under another name and new columns of it; or, in a quiet hour, ALTER DOMAIN "
    "by hand (ADD CONSTRAINT ... NOT VALID, then VALIDATE CONSTRAINT), then plan again"
)


class DomainChanged(Frozen, frozen=True):
    """Its rules are those of every column that is of it, in tables of both releases.

    ``surely``  whether it is another one, or only cannot be compared
    """

    old: Domain
    new: Domain
    surely: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The domain, when both sides have it and it is not surely the same."""
        old, new = upgrade.old.domain(pair.name), upgrade.new.schema.domain(pair.name)
        if old is not None and new is not None:
            same = _same(old, new, upgrade.server.engine.same_text)
            if same is not True:
                yield cls(old, new, same is False)

    def outline(self, upgrade: Upgrade) -> Outline:
        """A refusal, or a note where the texts cannot be compared."""
        name = self.old.name
        if not self.surely:
            what = "its default or a check cannot be compared: taken as equal"
            return Outline(notes=(f"{name}: {what}",))
        reason = "the domain changes: its rules hold for columns of both releases at once"
        return Outline(refusals=(Refusal(str(name), reason, BY_HAND),))


def _same(old: Domain, new: Domain, same: SameText) -> bool | None:
    """Whether both let the same values in; the names of checks say nothing."""
    forms = [(d.base, d.nullable, d.collation, len(d.checks)) for d in (old, new)]
    if forms[0] != forms[1]:
        return False
    texts = [sorted(check.text for check in d.checks) for d in (old, new)]
    answers = [same_default(old.default, new.default, same), *map(same, *texts)]
    return False if False in answers else None if None in answers else True
