"""A server default that comes, goes or becomes another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.matching import same_default
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import SetDefault, dependants
from falsework.model.frozen import Frozen
from falsework.model.plan import Hazard, Phase
from falsework.model.schema import Default, Index, Table, TableName


class DefaultChanged(Frozen, frozen=True):
    """A new default comes in expand; one that A relies on stays until contract."""

    table: TableName
    column: str
    old: Default | None
    new: Default | None
    decided: bool
    felt: bool  # whether a rule looks at the NULL that A's rows hold where they leave it out

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns whose defaults are not surely the same; the server's own counters aside."""
        if pair.old is None:
            return
        for before, after in pair.columns:
            if before.autoincrement or after.autoincrement:
                continue
            same = same_default(before.default, after.default, upgrade.server.engine.same_text)
            if same is not True:
                felt = before.nullable and _looked_at(pair.old, before.name)
                yield cls(pair.name, after.name, before.default, after.default, same is False, felt)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Expand where there was none and nothing minds, else contract."""
        if not self.decided and self.old is not None and self.new is not None:
            note = (
                f"{self.table}.{self.column}: the defaults {self.old.text!r} (live) and "
                f"{self.new.text!r} (models) cannot be compared: taken as equal"
            )
            return Outline(notes=(note,))
        phase = Phase.CONTRACT if self.old is not None or self.felt else Phase.EXPAND
        edit = SetDefault(table=self.table, column=self.column, default=self.new)
        text = f"set to {self.new.text}" if self.new else "dropped"
        return Outline(
            drafts=(
                Draft(
                    table=self.table,
                    subject=self.column,
                    part="default",
                    phase=phase,
                    rank=Rank.ADD_RULE if phase is Phase.EXPAND else Rank.SETTLE_DEFAULT,
                    title=f"default of {self.column} {text}",
                    edits=(edit,),
                    hazards=(Hazard.OLD_DEFAULT,),
                ),
            ),
            not_yet=()
            if phase is Phase.EXPAND
            else (f"{self.table}.{self.column}: its new default: until then it has the old one",),
        )


def _looked_at(table: Table, column: str) -> bool:
    """Whether a unique key, a foreign key or a check would meet the default in A's rows."""
    return any(not isinstance(p, Index) or p.unique for p in dependants(table, column))
