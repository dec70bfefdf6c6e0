"""A table that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract import questions
from falsework.expand_contract.changes.dependents import refuse_dependents
from falsework.expand_contract.keys import beside, leads, parents_of, stops
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade, step_id
from falsework.model.edits import DropForeignKey, DropTable
from falsework.model.frozen import Frozen
from falsework.model.plan import Hazard, Phase
from falsework.model.schema import ForeignKey, Table


class TableDropped(Frozen, frozen=True):
    """Dropped in contract, and only when an earlier release owned it.

    Until then A uses it, and B does not know it: a foreign key in it that would make B's DELETE
    or key change on a parent fail goes in expand.
    """

    table: Table
    owned: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The table, when only the database has it."""
        if pair.new is None and pair.old is not None:
            yield cls(pair.old, pair.owned is not None)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Free the parents in expand; drop in contract, children before parents."""
        name = self.table.name
        if not self.owned:
            note = (
                f"{name}: the models do not know this table; nobody declared it owned: left alone"
            )
            return Outline(notes=(note,))
        stoppers = [f for f in self.table.foreign_keys if self._stops(f)]
        also = tuple(sorted({f.parent for f in self.table.foreign_keys} - {name}))
        drop = Draft(
            table=name,
            subject="",
            part="drop",
            phase=Phase.CONTRACT,
            rank=Rank.DROP_TABLE,
            title=f"drop table {name.name}",
            edits=(DropTable(table=name),),
            hazards=(Hazard.DATA_LOSS,),
            reversible=False,
            also_locks=also,
        )
        asked = questions.Asked(name, "", "drop", heals=True, remedy=LOST)
        circle = [f for f in self.table.foreign_keys if f not in stoppers]
        untied = [f for f in circle if self._closes(upgrade, f)]
        return Outline(
            drafts=(*(self._free(f) for f in stoppers), *(self._untie(f) for f in untied), drop),
            questions=(questions.lost(upgrade, asked, None),),
            refusals=refuse_dependents(upgrade, name, None, step_id(name, "", "drop")),
        )

    def _stops(self, key: ForeignKey) -> bool:
        """Whether rows of this table make a statement on another table fail."""
        return key.parent != self.table.name and (
            stops(self.table, key, key.on_delete) or stops(self.table, key, key.on_update)
        )

    def _closes(self, upgrade: Upgrade, key: ForeignKey) -> bool:
        """Whether the key closes a circle of dropped tables: some table of it must go first."""
        if key.parent <= self.table.name or upgrade.new.schema.table(key.parent) is not None:
            return False
        going = parents_of(beside(upgrade.old, upgrade.new.schema))
        return leads(going, key.parent, self.table.name)

    def _untie(self, key: ForeignKey) -> Draft:
        return Draft(
            table=self.table.name,
            subject=key.name or "_".join(key.columns),
            part="untie",
            phase=Phase.CONTRACT,
            rank=Rank.DROP_KEY,
            title=f"drop the foreign key to {key.parent.name}: both tables go",
            edits=(DropForeignKey(table=self.table.name, foreign_key=key),),
            reversible=False,
            also_locks=(key.parent,),
        )

    def _free(self, key: ForeignKey) -> Draft:
        return Draft(
            table=self.table.name,
            subject=key.name or "_".join(key.columns),
            part="free",
            phase=Phase.EXPAND,
            rank=Rank.LOOSEN_KEYS,
            title=f"drop the foreign key to {key.parent.name}: B does not know this table",
            edits=(DropForeignKey(table=self.table.name, foreign_key=key),),
            hazards=(Hazard.ORPHANS,),
            also_locks=(key.parent,),
        )


LOST = "Keep a copy if they may be needed again: no step brings them back."
