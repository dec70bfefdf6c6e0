"""A foreign key that does something else in the models, or is deferrable otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract.changes.foreign_key_added import key_outline
from falsework.expand_contract.keys import same_key, same_rule
from falsework.expand_contract.upgrade import Outline, Pair, Rank, Upgrade, successor_name
from falsework.model.edits import DropForeignKey
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import ForeignKey, TableName


class ForeignKeyChanged(Frozen, frozen=True):
    """A relies on what the old one does until it is gone; then the new one takes its place.

    In one step, so that there is no moment without: rows obey the one as they obeyed the other.
    """

    table: TableName
    key: ForeignKey
    new: ForeignKey

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live keys that tie the same columns as one of the models, and do something else."""
        if pair.old is None or pair.new is None:
            return
        for key in pair.new.foreign_keys:
            live = next((f for f in pair.old.foreign_keys if same_key(f, key)), None)
            if live is None:
                continue
            if not same_rule(live, key) or live.deferrable != key.deferrable:
                yield cls(pair.name, live, key)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Replace it in contract; there are orphans only where nobody has looked for them."""
        named = replace(self.new, name=self.new.name or self.key.name)
        outline = self._instead_of(upgrade, self.key, named)
        not_yet = (
            f"{self.table}: the foreign key {named.name} to {self.key.parent}: what it will say is "
            f"{_says(self.new)}; until then it is {_says(self.key)}"
        )
        questions = () if self.key.valid else outline.questions
        return Outline(outline.drafts, questions, not_yet=(not_yet,))

    def _instead_of(self, upgrade: Upgrade, old: ForeignKey, new: ForeignKey) -> Outline:
        """In one step; in two where the name is free only once the old one has gone."""
        if old.name == new.name and not upgrade.server.engine.renews_foreign_keys:
            for_now = replace(new, name=successor_name(upgrade.server, new.name or ""))
            first = self._instead_of(upgrade, old, for_now)
            second = self._instead_of(upgrade, for_now, new)
            renamed = tuple(
                replace(d, rank=Rank.DROP_KEY, part="rename-foreign-key") for d in second.drafts
            )
            return replace(first, drafts=(*first.drafts, *renamed))
        instead = (DropForeignKey(table=self.table, foreign_key=old),)
        return key_outline(upgrade, self.table, new, Phase.CONTRACT, instead)


def _says(key: ForeignKey) -> str:
    waits = f" {key.deferrable}" if key.deferrable else ""
    return f"ON DELETE {key.on_delete} ON UPDATE {key.on_update}{waits}"
