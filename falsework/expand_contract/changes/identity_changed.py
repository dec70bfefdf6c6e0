"""A column that counts by itself as its models say, and counts otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import SetIdentity
from falsework.model.frozen import Frozen
from falsework.model.plan import Cause, Phase, Refusal
from falsework.model.schema import Identity, TableName


class IdentityChanged(Frozen, frozen=True):
    """What lets INSERTs name the column comes in expand, everything else in contract.

    ``old``  None where the column counts in another way, which the models leave open
    """

    table: TableName
    column: str
    old: Identity | None
    new: Identity

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns whose models say ``Identity()``, and that are not what it says."""
        for before, after in pair.columns:
            if after.identity is None or after.identity == before.identity:
                continue
            if before.autoincrement:
                yield cls(pair.name, after.name, before.identity, after.identity)

    def outline(self, upgrade: Upgrade) -> Outline:
        """A step for each phase that it takes."""
        if self.old is None:
            refusal = Refusal(
                f"{self.table}.{self.column}",
                "it has a counter of another kind, and would begin to count anew",
                "leave Identity() out of the models: any counter will do then; or change it by "
                "hand in a quiet hour, and set the new counter behind the greatest value",
                Cause.BREAKS_A_RELEASE,
            )
            return Outline(refusals=(refusal,))
        between = self.old
        drafts: tuple[Draft, ...] = ()
        if self.old.always and not self.new.always:
            between = replace(self.old, always=False)
            drafts = (self._set(between, Phase.EXPAND, "by-default"),)
        if between == self.new:
            return Outline(drafts)
        return Outline(
            (*drafts, self._set(self.new, Phase.CONTRACT, "identity")),
            not_yet=(f"{self.table}.{self.column}: how it counts: until then as it did",),
        )

    def _set(self, identity: Identity, phase: Phase, part: str) -> Draft:
        expand = phase is Phase.EXPAND
        what = "take values for" if expand else "count"
        return Draft(
            table=self.table,
            subject=self.column,
            part=part,
            phase=phase,
            rank=Rank.LOOSEN_COLUMNS if expand else Rank.SETTLE_DEFAULT,
            title=f"{what} {self.column} {'as well' if expand else 'otherwise'}",
            edits=(SetIdentity(table=self.table, column=self.column, identity=identity),),
        )
