"""A column to which each UPDATE gives the moment, or does so no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import SetRefresh
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import TableName


class RefreshChanged(Frozen, frozen=True):
    """It comes in expand, and goes in contract: whoever relies on it has it."""

    table: TableName
    column: str
    old: str | None
    new: str | None

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns that differ in what an UPDATE gives them."""
        for before, after in pair.columns:
            if before.refresh != after.refresh:
                yield cls(pair.name, after.name, before.refresh, after.refresh)

    def outline(self, upgrade: Upgrade) -> Outline:
        """One step; no statement fails with it or without."""
        phase = Phase.EXPAND if self.old is None else Phase.CONTRACT
        what = f"{self.new} at each UPDATE" if self.new else "nothing at an UPDATE"
        draft = Draft(
            table=self.table,
            subject=self.column,
            part="refresh",
            phase=phase,
            rank=Rank.ADD_RULE if phase is Phase.EXPAND else Rank.SETTLE_DEFAULT,
            title=f"give {self.column} {what}",
            edits=(SetRefresh(table=self.table, column=self.column, value=self.new),),
        )
        until = f"{self.table}.{self.column}: until then each UPDATE gives it {self.old}"
        return Outline((draft,), not_yet=(until,) if phase is Phase.CONTRACT else ())
