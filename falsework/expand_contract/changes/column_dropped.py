"""A column that the models no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract import questions
from falsework.expand_contract.changes.dependents import refuse_dependents
from falsework.expand_contract.changes.not_null_removed import loosen
from falsework.expand_contract.changes.table_dropped import LOST
from falsework.expand_contract.matching import owns
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade, step_id
from falsework.model.edits import DropColumn, SetDefault, dependants
from falsework.model.frozen import Frozen
from falsework.model.intent import Dropped
from falsework.model.plan import Cause, Hazard, Phase, Question, Refusal
from falsework.model.schema import Column, DefaultKind, Table


class ColumnDropped(Frozen, frozen=True):
    """Dropped in contract when owned; until then B's rows hold what ``dropped(...)`` says."""

    old: Table
    column: Column
    owned: Table | None
    said: Dropped | None

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Live columns that the models lack."""
        if pair.old is None or pair.new is None:
            return
        for column in pair.old.columns:
            if pair.new.column(column.name) is None:
                said = pair.intent.dropped_column(column.name)
                yield cls(pair.old, column, pair.owned, said)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Make it optional for B in expand; drop it in contract."""
        name = self.column.name
        if self.owned is None or self.owned.column(name) is None:
            return Outline(notes=(self._left_alone(),))
        refusals = (
            *self._in_key(),
            *self._foreign_parts(),
            *refuse_dependents(upgrade, self.old.name, name, step_id(self.old.name, name, "drop")),
        )
        optional = self._optional()
        return Outline(
            drafts=(*optional.drafts, self._drop()),
            questions=self._lost(upgrade),
            refusals=(*refusals, *optional.refusals),
        )

    def _lost(self, upgrade: Upgrade) -> tuple[Question, ...]:
        """What is computed can be computed again."""
        if self.column.generated is not None:
            return ()
        name = self.column.name
        asked = questions.Asked(self.old.name, name, "drop", heals=True, remedy=LOST)
        return (questions.lost(upgrade, asked, name),)

    def _drop(self) -> Draft:
        computed = self.column.generated is not None
        return Draft(
            table=self.old.name,
            subject=self.column.name,
            part="drop",
            phase=Phase.CONTRACT,
            rank=Rank.DROP_COMPUTED if computed else Rank.DROP_COLUMN,
            title=f"drop column {self.column.name}",
            edits=(DropColumn(table=self.old.name, column=self.column.name),),
            hazards=() if computed else (Hazard.DATA_LOSS,),
            reversible=computed,
        )

    def _optional(self) -> Outline:
        """B's INSERTs leave the column out: it needs a default, or must accept NULL."""
        if self.column.optional:
            return Outline()
        name = self.column.name
        if self.said is None:
            return self._refuse(
                "it is NOT NULL without a default, and B's rows will have no value for it",
                f"say what they hold while A still reads it, on the table: "
                f"info=dropped({name!r}, down='...'), or down=None for NULL",
            )
        if self.said.down is None:
            return Outline((loosen(self.old.name, name, f"let {name} hold NULL: B leaves it out"),))
        if self.said.down.kind is not DefaultKind.CONSTANT:
            return self._refuse(
                f"B's rows would get {self.said.down.text}, which is no constant: that takes a "
                "trigger, and fill triggers are not built yet",
                f"info=dropped({name!r}, down='a constant'), or down=None for NULL",
            )
        edit = SetDefault(table=self.old.name, column=name, default=self.said.down)
        default = Draft(
            table=self.old.name,
            subject=name,
            part="default",
            phase=Phase.EXPAND,
            rank=Rank.LOOSEN_COLUMNS,
            title=f"give {name} the default {self.said.down.text}: B leaves it out",
            edits=(edit,),
            hazards=(Hazard.OLD_DEFAULT,),
        )
        return Outline((default,))

    def _in_key(self) -> tuple[Refusal, ...]:
        key = self.old.primary_key
        if key is None or self.column.name not in key.columns:
            return ()
        return self._refuse(
            "it is part of the primary key, and changing that is not built yet",
            "keep the column, or move the rows to a new table",
            Cause.NO_WAY,
        ).refusals

    def _foreign_parts(self) -> tuple[Refusal, ...]:
        """Somebody else's index or constraint on the column: dropping it is their decision."""
        return tuple(
            self._refuse(
                f"{getattr(part, 'name', None) or 'an unnamed constraint'} uses it and no release "
                "owned that",
                "drop it by hand, or run falsework adopt if it belongs to the application",
                Cause.USED_BY_OTHERS,
            ).refusals[0]
            for part in dependants(self.old, self.column.name)
            if not owns(self.owned, part)
        )

    def _left_alone(self) -> str:
        where = f"{self.old.name}.{self.column.name}"
        note = f"{where}: the models do not know this column; nobody declared it owned: left alone"
        if self.column.optional:
            return note
        return f"{note}. It is NOT NULL without a default: B's INSERTs fail"

    def _refuse(self, reason: str, do: str, cause: Cause = Cause.NO_VALUE) -> Outline:
        where = f"{self.old.name}.{self.column.name}"
        return Outline(refusals=(Refusal(where, reason, do, cause),))
