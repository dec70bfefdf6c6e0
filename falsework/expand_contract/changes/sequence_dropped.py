"""A sequence that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.objects import removal, strangers
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.edits import DropSequence
from falsework.model.frozen import Frozen
from falsework.model.schema import Column, DefaultKind, Sequence


class SequenceDropped(Frozen, frozen=True):
    """Dropped in contract when owned, after the last default that counts by it."""

    sequence: Sequence
    owned: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The sequence, when only the database has it."""
        old = upgrade.old.sequence(pair.name)
        if old is not None and upgrade.new.schema.sequence(pair.name) is None:
            owned = upgrade.owned is not None and upgrade.owned.sequence(pair.name) is not None
            yield cls(old, owned)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Drop it, unless it is somebody else's, or a default that stays counts by it."""
        name = self.sequence.name
        if not self.owned:
            return strangers(name, "sequence")
        if used := tuple(self._users(upgrade)):
            return Outline(notes=(f"{name}: {', '.join(used)} counts by it: left alone",))
        return removal(DropSequence(sequence=self.sequence), "sequence")

    def _users(self, upgrade: Upgrade) -> Iterator[str]:
        """The columns whose default counts by it, and goes on doing so."""
        for table in upgrade.old.tables:
            owned = upgrade.owns(table.name)
            after = upgrade.new.schema.table(table.name)
            for column in table.columns:
                later = after.column(column.name) if after else None
                ours = owned is not None and owned.column(column.name) is not None
                changes = later is not None and not self._counts(later)
                if self._counts(column) and not (ours and (later is None or changes)):
                    yield f"{table.name}.{column.name}"

    def _counts(self, column: Column) -> bool:
        default = column.default
        return (
            default is not None
            and default.kind is DefaultKind.SEQUENCE
            and self.sequence.name.name in default.text
        )
