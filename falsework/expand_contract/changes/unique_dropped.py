"""A unique constraint that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.matching import (
    Key,
    as_index,
    owns,
    replaced_keys,
    same_unique,
)
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import DropUnique
from falsework.model.frozen import Frozen
from falsework.model.plan import Cause, Hazard, Phase, Refusal
from falsework.model.schema import Table, UniqueConstraint, goes_by


class UniqueDropped(Frozen, frozen=True):
    """B may write duplicates, A upserts on the key: both at once cannot be.

    So it goes in contract where B obeys it till then, by its models or by a promise; else only
    when the operator accepts that A's upserts fail from expand on.
    """

    old: Table
    unique: UniqueConstraint
    owned: bool
    promised: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live constraints over columns that no declared constraint keeps unique."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        replaced = [old for old, _ in replaced_keys(pair.old, pair.new, same)]
        for unique in pair.old.uniques:
            if unique not in replaced and not any(same_unique(unique, u) for u in pair.new.uniques):
                promised = goes_by(unique, pair.intent.until_contract)
                yield cls(pair.old, unique, owns(pair.owned, unique), promised)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Contract, or expand by the operator's word."""
        listed = ", ".join(self.unique.columns)
        if not self.owned:
            note = f"{self.old.name}: unique ({listed}): the models do not know it: left alone"
            return Outline(notes=(note,))
        if self.promised or kept_by_b(upgrade, self.old, self.unique):
            return Outline((self._drop(Phase.CONTRACT, "drop-unique"),))
        draft = self._drop(Phase.EXPAND, "drop-unique-early")
        if draft.id in upgrade.policy.accept:
            return Outline((draft,))
        return Outline(
            refusals=(
                refuse_early(
                    self.old, f"unique ({listed})", draft.id, self.unique.name or listed, UPSERTS
                ),
            )
        )

    def _drop(self, phase: Phase, part: str) -> Draft:
        expand = phase is Phase.EXPAND
        return Draft(
            table=self.old.name,
            subject=self.unique.name or "_".join(self.unique.columns),
            part=part,
            phase=phase,
            rank=Rank.LOOSEN_RULES if expand else Rank.DROP_RULE,
            title=f"drop unique ({', '.join(self.unique.columns)})",
            edits=(DropUnique(table=self.old.name, unique=self.unique),),
            hazards=(Hazard.NO_UPSERT,) if expand else (),
        )


UPSERTS = "B may write duplicates from expand on, and A's upserts need the key until it is gone"


def refuse_early(old: Table, what: str, step: str, name: str | None, reason: str) -> Refusal:
    """The refusal of a rule that A needs and B does not keep, with both ways out."""
    promise = f"say that B keeps it until then: info=until_contract({name!r}), or " if name else ""
    do = f"{promise}--accept {step}"
    return Refusal(f"{old.name}: {what}", reason, do, Cause.BREAKS_A_RELEASE)


def kept_by_b(upgrade: Upgrade, old: Table, key: Key) -> bool:
    """Whether no row that B writes can be a duplicate: a smaller key, or a NULL in a column."""
    index, after = as_index(key), upgrade.new.schema.table(old.name)
    columns = index.watches or index.columns
    keys = (*after.keys, *(u.columns for u in after.uniques)) if after is not None else ()
    smaller = [k for k in keys if set(k) <= set(columns)]
    if index.nulls_equal:
        return any(not after.nullable(k) for k in smaller) if after is not None else False
    return bool(smaller) or any(left_null(upgrade, old, name) for name in columns)


def left_null(upgrade: Upgrade, old: Table, name: str) -> bool:
    """Whether B's rows hold NULL in this column because B does not know it."""
    column = old.column(name)
    if column is None or not upgrade.drops_column(old.name, name):
        return False
    said = upgrade.new.intent(old.name).dropped_column(name)
    loosened = not column.nullable and said is not None and said.down is None
    return column.default is None and (column.nullable or loosened)
