"""A column that may hold NULL from now on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import SetNullable
from falsework.model.frozen import Frozen
from falsework.model.plan import Hazard, Phase
from falsework.model.schema import TableName


class NotNullRemoved(Frozen, frozen=True):
    """Loosened in expand: B may write NULL, and A may then read it."""

    table: TableName
    column: str

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns that refuse NULL now and shall accept it."""
        for before, after in pair.columns:
            if not before.nullable and after.nullable:
                yield cls(pair.name, after.name)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Drop NOT NULL."""
        return Outline((loosen(self.table, self.column, f"let {self.column} hold NULL"),))


def loosen(table: TableName, column: str, title: str) -> Draft:
    """The step that makes a column nullable in expand."""
    return Draft(
        table=table,
        subject=column,
        part="loosen",
        phase=Phase.EXPAND,
        rank=Rank.LOOSEN_COLUMNS,
        title=title,
        edits=(SetNullable(table=table, column=column, nullable=True),),
        hazards=(Hazard.READS_NULL,),
    )
