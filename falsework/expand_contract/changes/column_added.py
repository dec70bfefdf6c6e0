"""A column that only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract import questions
from falsework.expand_contract.changes.not_null_added import enforce_drafts, fill_draft
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import AddColumn, SetDefault
from falsework.model.frozen import Frozen
from falsework.model.intent import ColumnIntent
from falsework.model.plan import Cause, Hazard, Phase, Refusal
from falsework.model.schema import Column, DefaultKind, TableName


class ColumnAdded(Frozen, frozen=True):
    """Added in expand so that A need not know it: nullable, or with a constant default."""

    table: TableName
    column: Column
    intent: ColumnIntent

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns of the models that the live table lacks."""
        if pair.old is None or pair.new is None:
            return
        for column in pair.new.columns:
            if pair.old.column(column.name) is None:
                yield cls(pair.name, column, pair.intent.column(column.name))

    def outline(self, upgrade: Upgrade) -> Outline:
        """One of four forms, by the default and by what fills old rows."""
        if self.column.generated is not None:
            return self._computed()
        if self.column.autoincrement:
            return self._refuse(
                "a column that the server counts would be written into every row under a lock",
                "declare an ordinary column with a fill, or add it by hand in a quiet hour",
                Cause.NO_WAY,
            )
        if upgrade.new.schema.ruled(self.column.type):
            return self._refuse(
                f"the rules of its type {self.column.type} are looked at in every row, under a "
                "lock, and a value of A's has to obey them",
                "declare the column with the type that this domain is made of, and a check",
                Cause.NO_WAY,
            )
        default, fill = self.column.default, self.intent.fill
        if default is not None and default.kind in (DefaultKind.CONSTANT, DefaultKind.STABLE):
            return Outline((self._add(self.column),))
        if self.column.nullable:
            return self._nullable(upgrade)
        if default is None and fill is None:
            return self._no_fill()
        if default is None and fill is not None and fill.kind is DefaultKind.CONSTANT:
            return self._with_constant_fill()
        return self._filled_later(upgrade)

    def _add(self, column: Column) -> Draft:
        return Draft(
            table=self.table,
            subject=column.name,
            part="add",
            phase=Phase.EXPAND,
            rank=Rank.ADD_COLUMN,
            title=f"add column {column.name} {column.type}",
            edits=(AddColumn(table=self.table, column=column),),
        )

    def _computed(self) -> Outline:
        """By the server, for the rows that are there as well: at once, or under a lock."""
        if not self.column.nullable:
            return self._refuse(
                "it is computed and NOT NULL: what it is computed from may be NULL in A's rows",
                "let it be nullable: it is NULL just where what it is computed from is",
                Cause.NO_WAY,
            )
        draft = replace(
            self._add(self.column),
            rank=Rank.ADD_COMPUTED,
            hazards=(Hazard.COMPUTES,),
            instead="let the models compute it as it is read (persisted=False)"
            if self.column.stored
            else "",
        )
        return Outline((draft,))

    def _nullable(self, upgrade: Upgrade) -> Outline:
        """Nullable: added bare; a volatile default applies to new rows only; filled if declared."""
        drafts = self._bare()
        if self.intent.fill is None:
            return Outline(drafts)
        filled = fill_draft(upgrade, self.table, self.column.name, self.intent.fill, Phase.MIGRATE)
        return Outline((*drafts, *filled.drafts), refusals=filled.refusals)

    def _bare(self) -> tuple[Draft, ...]:
        """The column without default and NOT NULL, then its default for rows to come."""
        bare = self._add(replace(self.column, nullable=True, default=None))
        if self.column.default is None:
            return (bare,)
        edit = SetDefault(table=self.table, column=self.column.name, default=self.column.default)
        return (bare, self._default_draft(edit, Phase.EXPAND, "default"))

    def _default_draft(self, edit: SetDefault, phase: Phase, part: str) -> Draft:
        return Draft(
            table=self.table,
            subject=self.column.name,
            part=part,
            phase=phase,
            rank=Rank.ADD_COLUMN if phase is Phase.EXPAND else Rank.DROP_DEFAULT,
            title=f"{'set' if edit.default else 'drop'} the default of {self.column.name}",
            edits=(edit,),
        )

    def _with_constant_fill(self) -> Outline:
        """NOT NULL at once: the fill is the default until A is gone, then the default goes."""
        with_default = replace(self.column, default=self.intent.fill)
        gone = SetDefault(table=self.table, column=self.column.name, default=None)
        add = replace(self._add(with_default), hazards=(Hazard.OLD_DEFAULT,))
        return Outline((add, self._default_draft(gone, Phase.CONTRACT, "undefault")))

    def _filled_later(self, upgrade: Upgrade) -> Outline:
        """Nullable until contract: each row gets a value of its own in migrate."""
        name = self.column.name
        fill = self.intent.fill or self.column.default
        if fill is None:
            raise ValueError(f"{self.table}.{name} has nothing to fill it with")
        filled = fill_draft(upgrade, self.table, name, fill, Phase.MIGRATE)
        again = fill_draft(upgrade, self.table, name, fill, Phase.CONTRACT)
        asked = questions.Asked(
            self.table, name, "enforce", since=Phase.MIGRATE, heals=True, remedy=HEALS
        )
        return Outline(
            drafts=(
                *self._bare(),
                *filled.drafts,
                *again.drafts,
                *enforce_drafts(upgrade, self.table, name),
            ),
            questions=(questions.nulls(upgrade, asked, name),),
            refusals=filled.refusals,
            not_yet=(f"{self.table}.{name} NOT NULL: rows that A writes hold NULL",),
        )

    def _no_fill(self) -> Outline:
        name = self.column.name
        if self.intent.scalar is not None:
            return self._refuse(
                "the column is NOT NULL and has no value to give the rows that are there",
                f"say that the default of the models fills old rows too: "
                f"Column({name!r}, ..., info=fill({self.intent.scalar!r}))",
            )
        if self.intent.client_default == "callable":
            return self._refuse(
                "the column is NOT NULL, and its Python default runs in B's process: A's rows and "
                "the rows that are there never see it",
                f"give old rows a value in SQL: Column({name!r}, ..., info=fill(...)), "
                f"or fill(new_uuid())",
            )
        return self._refuse(
            "the column is NOT NULL and has no value to give the rows that are there",
            f"Column({name!r}, ..., info=fill('...')), or make it nullable",
        )

    def _refuse(self, reason: str, do: str, cause: Cause = Cause.NO_VALUE) -> Outline:
        where = f"{self.table}.{self.column.name}"
        return Outline(refusals=(Refusal(where, reason, do, cause),))


HEALS = "db-migrate fills these rows, and db-contract those that the running release adds."
