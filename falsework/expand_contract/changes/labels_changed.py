"""A type that lists its values, in the database and in the models, and lists others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import AddLabel
from falsework.model.frozen import Frozen
from falsework.model.plan import Hazard, Phase
from falsework.model.schema import Enumeration


class LabelsChanged(Frozen, frozen=True):
    """New labels come in expand, each in its place; none goes, and none moves.

    No server takes a label back, or puts it elsewhere: what the database has beyond the models is
    left, and told.
    """

    old: Enumeration
    new: Enumeration

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The type, when both sides have it with other labels."""
        old = upgrade.old.enumeration(pair.name)
        new = upgrade.new.schema.enumeration(pair.name)
        if old is not None and new is not None and old.labels != new.labels:
            yield cls(old, new)

    def outline(self, upgrade: Upgrade) -> Outline:
        """A step for the new labels, a note for what stays as it is."""
        notes = tuple(self._left())
        edits = tuple(self._added())
        if not edits:
            return Outline(notes=notes)
        name = self.old.name
        draft = Draft(
            table=name,
            subject="",
            part="labels",
            phase=Phase.EXPAND,
            rank=Rank.ADD_LABEL,
            title=f"let {name.name} be {' or '.join(repr(e.label) for e in reversed(edits))}",
            edits=edits,
            hazards=(Hazard.READS_LABEL,),
            reversible=False,
            blocking=False,
        )
        return Outline((draft,), notes=notes)

    def _added(self) -> Iterator[AddLabel]:
        """From the last one on: the label that the next one stands before is there then."""
        labels = self.new.labels
        following = (*labels[1:], None)
        for label, before in reversed(tuple(zip(labels, following, strict=True))):
            if label not in self.old.labels:
                yield AddLabel(table=self.old.name, label=label, before=before)

    def _left(self) -> Iterator[str]:
        gone = [label for label in self.old.labels if label not in self.new.labels]
        if gone:
            yield (
                f"{self.old.name}: the models no longer have {', '.join(map(repr, gone))}: no "
                "server takes a label back, so it stays; B cannot read rows that hold it"
            )
        kept = [label for label in self.old.labels if label in self.new.labels]
        if kept != [label for label in self.new.labels if label in self.old.labels]:
            yield (
                f"{self.old.name}: the models have its labels in another order: no server moves "
                "one, so rows go on being sorted in the old one"
            )
