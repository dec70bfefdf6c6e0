"""An index that only the models have, or that the database has broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.unique_added import (
    duplicates,
    not_unique_yet,
    unique_phase,
)
from falsework.expand_contract.matching import replaced_keys
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade, early
from falsework.model.edits import AddIndex, DropIndex
from falsework.model.engine import Way
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase, Question
from falsework.model.schema import Index, TableName


class IndexAdded(Frozen, frozen=True):
    """Built online in expand; a unique one is a rule, and waits for contract as rules do.

    ``remains``  what is there by its name, to be dropped before
    ``obeyed``   whether another key that A has keeps the same rows apart
    """

    table: TableName
    index: Index
    remains: Index | None = None
    obeyed: bool = False

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Indexes of the models whose name is not there, or is there and not valid."""
        if pair.old is None or pair.new is None:
            return
        live = {i.name: i for i in pair.old.indexes}
        same = upgrade.server.engine.same_text
        replaced = [new for _, new in replaced_keys(pair.old, pair.new, same)]
        for index in pair.new.indexes:
            there = live.get(index.name)
            if index not in replaced and (there is None or not there.valid):
                yield cls(pair.name, index, there)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Sweep what a broken build left, then build."""
        phase = Phase.EXPAND
        if self.index.unique and not self.obeyed:
            phase = unique_phase(upgrade, self.table, self.index)
        if phase is Phase.CONTRACT and upgrade.obeyed(self.table, self.index):
            drafts = (*self._sweep(upgrade, Phase.EXPAND), self._build(upgrade, Phase.EXPAND))
            asking = duplicates_of(upgrade, self.table, self.index, "build")
            return early(drafts, *asking)
        drafts = (*self._sweep(upgrade, phase), self._build(upgrade, phase))
        if phase is Phase.EXPAND:
            return Outline(drafts)
        asking = duplicates_of(upgrade, self.table, self.index, "build")
        return Outline(drafts, asking, not_yet=(not_unique_yet(self.table, self.index.columns),))

    def _build(self, upgrade: Upgrade, phase: Phase) -> Draft:
        edit = AddIndex(table=self.table, index=self.index)
        direct = upgrade.server.cost(edit)
        online = upgrade.server.cost(edit, Way.ONLINE)
        brief = direct is not None and (direct.online or upgrade.brief(direct, self.table))
        kind = "unique index" if self.index.unique else "index"
        return Draft(
            table=self.table,
            subject=self.index.name,
            part="build",
            phase=phase,
            rank=Rank.BUILD_INDEX if phase is Phase.EXPAND else Rank.ENFORCE_UNIQUE,
            title=f"build {kind} {self.index.name} over ({', '.join(self.index.columns)})",
            edits=(edit,),
            way=Way.DIRECT if brief or online is None else Way.ONLINE,
        )

    def _sweep(self, upgrade: Upgrade, phase: Phase) -> tuple[Draft, ...]:
        if self.remains is None:
            return ()
        return (
            Draft(
                table=self.table,
                subject=self.index.name,
                part="sweep",
                phase=phase,
                rank=Rank.ADD_RULE,
                title=f"drop what a broken build of {self.index.name} left",
                edits=(DropIndex(table=self.table, index=self.remains),),
                way=drop_way(upgrade, self.table, self.remains),
            ),
        )


def duplicates_of(
    upgrade: Upgrade, table: TableName, index: Index, part: str
) -> tuple[Question, ...]:
    """The question that a unique index to come asks; none where it is over more than columns."""
    if index.where is not None or not set(index.columns) <= set(index.uses):
        return ()
    return (duplicates(upgrade, table, index, index.name, part),)


def drop_way(upgrade: Upgrade, table: TableName, index: Index) -> Way:
    """Online where the engine can drop an index so."""
    edit = DropIndex(table=table, index=index)
    return Way.DIRECT if upgrade.server.cost(edit, Way.ONLINE) is None else Way.ONLINE
