"""A column that the server computes otherwise, or that starts or stops to be computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import AddColumn, DropColumn, Edit, SetExpression
from falsework.model.frozen import Frozen
from falsework.model.plan import Cause, Hazard, Phase, Refusal
from falsework.model.schema import Column, TableName


class ComputedChanged(Frozen, frozen=True):
    """Another expression waits for contract: until then A reads what it always read.

    ``decided``  whether the expressions are surely different
    ``checked``  whether the table has checks, or will have
    """

    table: TableName
    old: Column
    new: Column
    decided: bool
    checked: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns of which one side is computed, or both are, and not surely alike."""
        same = upgrade.server.engine.same_text
        checked = any(t is not None and t.checks for t in (pair.old, pair.new))
        for before, after in pair.columns:
            if before.generated is None and after.generated is None:
                continue
            alike = (
                before.generated is not None
                and after.generated is not None
                and same(before.generated, after.generated)
            )
            if alike is not True or before.stored != after.stored:
                decided = alike is False or before.stored != after.stored
                yield cls(pair.name, before, after, decided, checked)

    def outline(self, upgrade: Upgrade) -> Outline:
        """The new expression in contract; whatever else changes is refused."""
        name = self.old.name
        if self.old.generated is None:
            return self._refuse("the column starts to be computed: A still writes it", STARTS)
        if self.new.generated is None:
            return self._refuse("the column stops to be computed: A does not write it", STOPS)
        if not self.decided:
            text = "its computed expression cannot be compared: taken as equal"
            return Outline(notes=(f"{self.table}.{name}: {text}",))
        if self.old.stored != self.new.stored:
            return self._refuse("its computed values start or stop to be stored", STARTS)
        draft = Draft(
            table=self.table,
            subject=name,
            part="expression",
            phase=Phase.CONTRACT,
            rank=Rank.COMPUTE,
            title=f"compute {name} as {self.new.generated}",
            edits=self._edits(upgrade, self.new.generated),
            hazards=(Hazard.COMPUTES,),
            instead=STARTS if self.old.stored else "",
        )
        not_yet = f"{self.table}.{name}: its new expression: until then it is {self.old.generated}"
        return Outline((draft,), not_yet=(not_yet,))

    def _edits(self, upgrade: Upgrade, expression: str) -> tuple[Edit, ...]:
        """In its place where the server can, else dropped and added in one step."""
        edit = SetExpression(
            table=self.table,
            column=self.old.name,
            expression=expression,
            stored=self.old.stored,
            checked=self.checked,
        )
        if upgrade.server.cost(edit) is not None:
            return (edit,)
        return (
            DropColumn(table=self.table, column=self.old.name),
            AddColumn(table=self.table, column=self.new),
        )

    def _refuse(self, reason: str, do: str) -> Outline:
        where = f"{self.table}.{self.old.name}"
        return Outline(refusals=(Refusal(where, reason, do, Cause.BREAKS_A_RELEASE),))


STARTS = (
    "declare a new computed column under another name, let B read that one, and drop this one in a "
    "later release"
)
STOPS = (
    "declare a new column with fill(...) of the expression, let B write that one, and drop this "
    "one in a later release"
)
