"""A column that the server starts or stops to count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import SetCounter
from falsework.model.frozen import Frozen
from falsework.model.plan import Cause, Phase, Refusal
from falsework.model.schema import Column, DefaultKind, TableName


class CounterChanged(Frozen, frozen=True):
    """It starts in expand and stops in contract, where the server's counter knows every value."""

    table: TableName
    column: str
    counts: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns that one side alone counts; a counter with a name counts as well."""
        for before, after in pair.columns:
            if _counts(before) != _counts(after):
                yield cls(pair.name, after.name, _counts(after))

    def outline(self, upgrade: Upgrade) -> Outline:
        """One step; a refusal where the counter would not know what is written by hand."""
        where = f"{self.table}.{self.column}"
        edit = SetCounter(table=self.table, column=self.column, counts=self.counts)
        if upgrade.server.cost(edit) is None:
            reason = STARTS if self.counts else STOPS
            return Outline(refusals=(Refusal(where, reason, BY_HAND, Cause.NO_WAY),))
        draft = Draft(
            table=self.table,
            subject=self.column,
            part="counter",
            phase=Phase.EXPAND if self.counts else Phase.CONTRACT,
            rank=Rank.ADD_RULE if self.counts else Rank.SETTLE_DEFAULT,
            title=f"{'count' if self.counts else 'stop to count'} {self.column}",
            edits=(edit,),
            instead=BY_HAND,
        )
        return Outline((draft,))


def _counts(column: Column) -> bool:
    named = column.default is not None and column.default.kind is DefaultKind.SEQUENCE
    return column.autoincrement or named


STARTS = "the server starts to count it, and knows nothing of the values that A writes by hand"
STOPS = "the server stops to count it, and its counter would be left behind"
BY_HAND = (
    "keep it as it is in the models, or change it by hand in a quiet hour, its counter behind the "
    "greatest value, and plan again"
)
