"""A foreign key that only the models have, on a table that is there already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract import questions
from falsework.expand_contract.keys import same_key
from falsework.expand_contract.upgrade import (
    Draft,
    Outline,
    Pair,
    Rank,
    Upgrade,
    constraint_name,
    early,
)
from falsework.model.edits import AddForeignKey, DropForeignKey, ValidateForeignKey
from falsework.model.engine import Way
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import ForeignKey, TableName


class ForeignKeyAdded(Frozen, frozen=True):
    """Orphans are counted; the key is added in contract, when A can no longer break it."""

    table: TableName
    key: ForeignKey

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Keys of the models that tie columns to a parent as no live key does."""
        if pair.old is None or pair.new is None:
            return
        for key in pair.new.foreign_keys:
            if not any(same_key(key, live) for live in pair.old.foreign_keys):
                yield cls(pair.name, key)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Add and validate in contract, or in expand where A is said to obey it."""
        obeyed = upgrade.obeyed(self.table, self.key)
        phase = Phase.EXPAND if obeyed else Phase.CONTRACT
        outline = key_outline(upgrade, self.table, self.key, phase)
        table = upgrade.new.schema.table(self.table)
        leading = [i.columns for i in table.indexes] if table else []
        keys = table.keys if table else ()
        count = len(self.key.columns)
        if any(set(c[:count]) == set(self.key.columns) for c in (*leading, *keys)):
            return outline
        note = (
            f"{self.table}: no index begins with ({', '.join(self.key.columns)}); every DELETE on "
            f"{self.key.parent} will read the whole table. Declare an index."
        )
        return replace(outline, notes=(note,))


def key_outline(
    upgrade: Upgrade,
    table: TableName,
    key: ForeignKey,
    phase: Phase,
    instead: tuple[DropForeignKey, ...] = (),
) -> Outline:
    """The steps that add a foreign key to a table that exists by then.

    ``instead``  what goes in the same step: the key over the same columns

    Without a long lock where the engine can: for new rows first, then the old ones are validated.
    """
    name = key.name or constraint_name(upgrade.server, table, key.columns, "fkey")
    named = replace(key, name=name)
    empty = phase is Phase.EXPAND and upgrade.old.table(table) is None

    def draft(part: str, title: str, edit: AddForeignKey | ValidateForeignKey, way: Way) -> Draft:
        return Draft(
            table=table,
            subject=name,
            part=part,
            phase=phase,
            rank=Rank.ADD_RULE if empty else Rank.ENFORCE_KEY,
            title=title,
            edits=(*instead, edit) if isinstance(edit, AddForeignKey) else (edit,),
            way=way,
            blocking=not empty,
            also_locks=(key.parent,),
        )

    title = f"{'replace' if instead else 'add'} foreign key {name} to {key.parent.name}"
    direct = AddForeignKey(table=table, foreign_key=named)
    loose = replace(named, valid=False)
    unvalidated = AddForeignKey(table=table, foreign_key=loose)
    fact = upgrade.server.cost(direct)
    online = upgrade.server.cost(unvalidated, Way.UNVALIDATED)
    if empty or online is None or (fact is not None and upgrade.brief(fact, table)):
        drafts: tuple[Draft, ...] = (draft("add-foreign-key", title, direct, Way.DIRECT),)
    else:
        validate = ValidateForeignKey(table=table, foreign_key=loose)
        drafts = (
            draft("add-foreign-key", f"{title}, for new rows only", unvalidated, Way.UNVALIDATED),
            draft("validate-foreign-key", f"check old rows against {name}", validate, Way.VALIDATE),
        )
    if empty:
        return Outline(drafts)
    asked = questions.Asked(
        table,
        name,
        "add-foreign-key",
        phase=phase,
        since=Phase.EXPAND if _there(upgrade, table, key) else Phase.MIGRATE,
        remedy="Delete these rows, or give them a parent, then run db-check again.",
    )
    orphans = questions.orphans(upgrade, asked, key)
    if phase is Phase.EXPAND:
        return early(drafts, orphans)
    not_yet = (
        f"{table}: the foreign key {name} to {key.parent}: rows without a parent are accepted, "
        "and nothing cascades"
    )
    return Outline(drafts, questions=(orphans,), not_yet=(not_yet,))


def _there(upgrade: Upgrade, table: TableName, key: ForeignKey) -> bool:
    """Whether child and parent have all columns of the key already."""
    child, parent = upgrade.old.table(table), upgrade.old.table(key.parent)
    return (
        child is not None
        and parent is not None
        and all(map(child.column, key.columns))
        and all(map(parent.column, key.parent_columns))
    )
