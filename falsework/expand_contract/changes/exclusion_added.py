"""An exclusion constraint that only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract import questions
from falsework.expand_contract.matching import excluding
from falsework.expand_contract.upgrade import (
    Draft,
    Outline,
    Pair,
    Rank,
    Upgrade,
    constraint_name,
    early,
)
from falsework.model.edits import AddExclusion, DropExclusion
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase, Question
from falsework.model.schema import Exclusion, TableName

FEW, MANY = 5_000, 100_000
"""Rows. Each is held beside each other one: more than some million pairs take too long to ask.

``MANY`` where rows that are equal in something are found at once.
"""


class ExclusionAdded(Frozen, frozen=True):
    """Enforced in contract, since A may write rows that it keeps apart.

    ``instead``  what goes in the same step: the constraint of the same name
    """

    table: TableName
    exclusion: Exclusion
    instead: tuple[DropExclusion, ...] = ()

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Exclusion constraints of the models without a live counterpart."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        for exclusion in pair.new.exclusions:
            if excluding(exclusion, pair.old.exclusions, same) is None:
                yield cls(pair.name, exclusion)

    def outline(self, upgrade: Upgrade) -> Outline:
        """One step: nothing builds it without keeping readers and writers out."""
        given = self.exclusion.name
        name = given or constraint_name(upgrade.server, self.table, self.exclusion.uses, "excl")
        named = replace(self.exclusion, name=name)
        asking = self._question(upgrade, named)
        if not self.instead and upgrade.obeyed(self.table, self.exclusion):
            return early((self._draft(named, Phase.EXPAND),), *asking)
        note = f"{self.table}: exclusion {name}: rows that it keeps apart are not counted before"
        return Outline(
            (self._draft(named, Phase.CONTRACT),),
            asking,
            not_yet=(f"{self.table}: exclusion {name}: rows that break it are accepted",),
            notes=() if asking else (f"{note}: the server refuses the step where there are some",),
        )

    def _draft(self, exclusion: Exclusion, phase: Phase) -> Draft:
        return Draft(
            table=self.table,
            subject=exclusion.name or "",
            part="add-exclusion",
            phase=phase,
            rank=Rank.ENFORCE_CHECK,
            title=f"{'replace' if self.instead else 'add'} exclusion {exclusion.name}",
            edits=(*self.instead, AddExclusion(table=self.table, exclusion=exclusion)),
        )

    def _question(self, upgrade: Upgrade, exclusion: Exclusion) -> tuple[Question, ...]:
        """Where the table is small, and its rows can be told from each other."""
        old = upgrade.old.table(self.table)
        rows, most = upgrade.rows.get(self.table), MANY if "=" in exclusion.operators else FEW
        if old is None or old.walk_key is None or rows is None or rows > most:
            return ()
        if not exclusion.plain:
            return ()
        fresh = upgrade.new_columns(self.table) & {*exclusion.uses}
        asked = questions.Asked(
            self.table,
            exclusion.name or "",
            "add-exclusion",
            since=Phase.MIGRATE if fresh else Phase.EXPAND,
            remedy="Change or delete one row of each pair, then run db-check again.",
        )
        return (questions.conflicts(upgrade, asked, exclusion, old.walk_key),)
