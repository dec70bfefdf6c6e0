"""A column whose texts are compared and sorted by another collation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.changes.dependents import refuse_dependents
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade, step_id
from falsework.model.edits import SetCollation, dependants
from falsework.model.frozen import Frozen
from falsework.model.plan import Cause, Hazard, Phase, Refusal
from falsework.model.schema import Column, Index, Table


class CollationChanged(Frozen, frozen=True):
    """In contract, where no rule compares by it: two texts may be one key for A and two for B."""

    table: Table
    old: Column
    new: Column

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns of one type whose collations differ."""
        if pair.old is None:
            return
        for before, after in pair.columns:
            if before.collation != after.collation:
                yield cls(pair.old, before, after)

    def outline(self, upgrade: Upgrade) -> Outline:
        """One step; what is sorted by the column is sorted anew."""
        where, name = f"{self.table.name}.{self.old.name}", self.old.name
        if rules := self._rules():
            return Outline(
                refusals=(
                    Refusal(
                        where,
                        f"its collation changes from {_said(self.old)} to {_said(self.new)}, and "
                        f"{', '.join(rules)} compares by it: two texts may be one for A and two "
                        "for B",
                        "declare a new column with the new collation, let B write both, and drop "
                        "the old one in a later release",
                        Cause.BREAKS_A_RELEASE,
                    ),
                )
            )
        engine = upgrade.server.engine
        after = upgrade.new.schema.table(self.table.name)
        # Those that B adds are there by then.
        indexes = (*self.table.indexes, *(after.indexes if after else ()))
        indexed = any(name in index.uses for index in indexes)
        edit = SetCollation(
            table=self.table.name, column=name, collation=self.new.collation, indexed=indexed
        )
        draft = Draft(
            table=self.table.name,
            subject=name,
            part="collation",
            phase=Phase.CONTRACT,
            rank=Rank.SETTLE_DEFAULT,
            title=f"compare {name} by {_said(self.new)}",
            edits=(edit,),
            hazards=(Hazard.REPREPARE,) if engine.reprepares else (),
        )
        step = step_id(self.table.name, name, "collation")
        stops = engine.views_stop_types
        return Outline(
            (draft,),
            refusals=refuse_dependents(upgrade, self.table.name, name, step) if stops else (),
            not_yet=(f"{where}: its new collation: until then it is {_said(self.old)}",),
        )

    def _rules(self) -> tuple[str, ...]:
        """What would mean something else: keys, foreign keys, checks; plain indexes only sort."""
        key = self.table.primary_key
        primary = ("the primary key",) if key and self.old.name in key.columns else ()
        held = dependants(self.table, self.old.name)
        return primary + tuple(
            f"the {part.label}" for part in held if not isinstance(part, Index) or part.unique
        )


def _said(column: Column) -> str:
    return column.collation or "the usual one"
