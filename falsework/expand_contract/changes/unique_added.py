"""A unique constraint that only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract import questions
from falsework.expand_contract.matching import Key, as_index, replaced_keys, same_unique
from falsework.expand_contract.upgrade import (
    Draft,
    Outline,
    Pair,
    Rank,
    Upgrade,
    constraint_name,
    early,
    successor_name,
)
from falsework.model.edits import AddIndex, AddUnique, DropIndex, DropUnique, Edit
from falsework.model.engine import Way
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase, Question
from falsework.model.schema import TableName, UniqueConstraint


class UniqueAdded(Frozen, frozen=True):
    """Enforced in contract; at once where A leaves all its columns NULL.

    ``instead``  what goes in the same step: the key of the same name
    """

    table: TableName
    unique: UniqueConstraint
    instead: tuple[DropIndex | DropUnique, ...] = ()

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Constraints of the models over columns that no live constraint keeps unique."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        replaced = [new for _, new in replaced_keys(pair.old, pair.new, same)]
        for unique in pair.new.uniques:
            if unique not in replaced and not any(
                same_unique(unique, live) for live in pair.old.uniques
            ):
                yield cls(pair.name, unique)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Build the index without stopping writers where the engine can, then make it a rule."""
        columns = self.unique.columns
        name = self.unique.name or constraint_name(upgrade.server, self.table, columns, "key")
        phase = Phase.CONTRACT if self.instead else unique_phase(upgrade, self.table, self.unique)
        if phase is Phase.CONTRACT and not self.instead and upgrade.obeyed(self.table, self.unique):
            drafts = self._drafts(upgrade, name, Phase.EXPAND)
            asked = duplicates(upgrade, self.table, self.unique, name, drafts[0].part)
            return early(drafts, asked)
        drafts = self._drafts(upgrade, name, phase)
        if phase is Phase.EXPAND:
            return Outline(drafts)
        return Outline(
            drafts,
            questions=(duplicates(upgrade, self.table, self.unique, name, drafts[0].part),),
            not_yet=(not_unique_yet(self.table, columns),),
        )

    def _drafts(self, upgrade: Upgrade, name: str, phase: Phase) -> tuple[Draft, ...]:
        unique = replace(self.unique, name=name)
        built = successor_name(upgrade.server, name) if self.instead else name
        index = replace(as_index(unique), name=built)
        build = AddIndex(table=self.table, index=index)
        adopt: tuple[Edit, ...] = (
            *self.instead,
            DropIndex(table=self.table, index=index),
            AddUnique(table=self.table, unique=unique),
        )
        listed = ", ".join(unique.columns)
        end = ", in place of what has its name" if self.instead else ""

        def draft(part: str, title: str, edits: tuple[Edit, ...], way: Way) -> Draft:
            return Draft(
                table=self.table,
                subject=name,
                part=part,
                phase=phase,
                rank=Rank.ADD_RULE if phase is Phase.EXPAND else Rank.ENFORCE_UNIQUE,
                title=title,
                edits=edits,
                way=way,
            )

        add = AddUnique(table=self.table, unique=unique)
        direct = upgrade.server.cost(add)
        online = upgrade.server.cost(build, Way.ONLINE)
        adopting = upgrade.server.cost(add, Way.ADOPT)
        brief = direct is not None and (direct.online or upgrade.brief(direct, self.table))
        if brief or online is None or adopting is None:
            edits = (*self.instead, add)
            return (draft("add-unique", f"make ({listed}) unique{end}", edits, Way.DIRECT),)
        return (
            draft("build", f"build a unique index over ({listed})", (build,), Way.ONLINE),
            draft("adopt", f"make ({listed}) unique by that index{end}", adopt, Way.ADOPT),
        )


def unique_phase(upgrade: Upgrade, table: TableName, key: Key) -> Phase:
    """Expand where A cannot break the key: it leaves every column of it NULL."""
    after, index = upgrade.new.schema.table(table), as_index(key)
    fresh = upgrade.new_columns(table)
    for name in () if index.nulls_equal else index.watches or index.columns:
        column = after.column(name) if after else None
        if name not in fresh or column is None or column.default is not None:
            return Phase.CONTRACT
        fill = upgrade.new.intent(table).column(name).fill
        if not column.nullable and fill is not None and fill.kind == "constant":
            return Phase.CONTRACT
    return Phase.CONTRACT if index.nulls_equal else Phase.EXPAND


def duplicates(upgrade: Upgrade, table: TableName, key: Key, name: str, part: str) -> Question:
    """The question that a unique key to come asks."""
    fresh = upgrade.new_columns(table) & set(key.columns)
    since = Phase.MIGRATE if fresh else Phase.EXPAND
    asked = questions.Asked(
        table,
        name,
        part,
        since=since,
        remedy="Change or delete all but one row of each group, then run db-check again.",
    )
    return questions.duplicates(upgrade, asked, key.columns, nulls_equal=key.nulls_equal)


def not_unique_yet(table: TableName, columns: tuple[str, ...]) -> str:
    """What B must not rely on while the key is not enforced."""
    return f"{table}: unique ({', '.join(columns)}): no upsert on it; duplicates are accepted"
