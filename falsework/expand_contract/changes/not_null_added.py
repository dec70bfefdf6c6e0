"""A column that must not hold NULL any more: the null-UUID case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract import questions
from falsework.expand_contract.upgrade import (
    Draft,
    Outline,
    Pair,
    Rank,
    Upgrade,
    constraint_name,
)
from falsework.model.edits import AddCheck, DropCheck, SetNullable, ValidateCheck
from falsework.model.engine import Cost, Way
from falsework.model.forecast import Labour
from falsework.model.frozen import Frozen
from falsework.model.plan import Backfill, Cause, Phase, Refusal
from falsework.model.schema import CheckConstraint, Default, TableName


class NotNullAdded(Frozen, frozen=True):
    """Filled in migrate when a fill is declared; enforced in contract, when A is gone."""

    table: TableName
    column: str
    fill: Default | None

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns that accept NULL now and shall not."""
        for before, after in pair.columns:
            if before.nullable and not after.nullable:
                yield cls(pair.name, after.name, pair.intent.column(after.name).fill)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Fill, fill again what A wrote meanwhile, enforce by the cheapest form."""
        filled, again = Outline(), Outline()
        if self.fill is not None:
            filled = fill_draft(upgrade, self.table, self.column, self.fill, Phase.MIGRATE)
            again = fill_draft(upgrade, self.table, self.column, self.fill, Phase.CONTRACT)
        heals = self.fill is not None
        remedy = HEALS if heals else NO_FILL.format(column=self.column)
        asked = questions.Asked(self.table, self.column, "enforce", heals=heals, remedy=remedy)
        return Outline(
            drafts=(
                *filled.drafts,
                *again.drafts,
                *enforce_drafts(upgrade, self.table, self.column),
            ),
            questions=(questions.nulls(upgrade, asked, self.column),),
            refusals=filled.refusals,
            not_yet=(f"{self.table}.{self.column} NOT NULL: A may still write NULL",),
        )


HEALS = "db-migrate fills these rows, and db-contract those that the running release adds."
NO_FILL = (
    "Give these rows a value, or declare one: Column({column!r}, ..., info=fill('...')), "
    "then plan again."
)


def fill_draft(
    upgrade: Upgrade, table: TableName, column: str, fill: Default, phase: Phase
) -> Outline:
    """The data step that gives a value to rows that hold NULL; a refusal without a key to walk."""
    live = upgrade.old.table(table)
    key = live.walk_key if live else None
    if key is None:
        return Outline(
            refusals=(
                Refusal(
                    f"{table}.{column}",
                    "rows are filled in key order, and the table has no primary key and no unique "
                    "key without NULLs",
                    "give the table a primary key, or fill the rows by hand and drop the fill",
                    Cause.NO_KEY,
                ),
            )
        )
    again = phase is Phase.CONTRACT
    new = column in upgrade.new_columns(table)
    work = Backfill(
        table=table,
        key=key,
        column=column,
        value=fill.text,
        need=f"{upgrade.server.engine.spelling.identifier(column)} IS NULL",
        pinned=_refreshed(upgrade, table, column),
    )
    draft = Draft(
        table=table,
        subject=column,
        part="refill" if again else "fill",
        phase=phase,
        rank=Rank.FILL,
        title=f"fill {column} where it is NULL" + (": rows A wrote meanwhile" if again else ""),
        backfill=work,
        labour=Labour.WALK if again else Labour.FILL,
        easiest=Labour.FILL if new and not again else Labour.WALK,
        reversible=False,
    )
    return Outline((draft,))


def _refreshed(upgrade: Upgrade, table: TableName, column: str) -> tuple[str, ...]:
    """Columns that an UPDATE changes by itself: filling a row is no change of the application's."""
    both = (upgrade.old.table(table), upgrade.new.schema.table(table))
    names = {c.name for side in both if side for c in side.columns if c.refreshed}
    return tuple(sorted(names - {column}))


def enforce_drafts(upgrade: Upgrade, table: TableName, column: str) -> tuple[Draft, ...]:
    """NOT NULL by the cheapest form: direct when brief or online, else proven by a check first."""

    def draft(
        part: str,
        title: str,
        edit: SetNullable | AddCheck | DropCheck | ValidateCheck,
        way: Way = Way.DIRECT,
    ) -> Draft:
        return Draft(
            table=table,
            subject=column,
            part=part,
            phase=Phase.CONTRACT,
            rank=Rank.ENFORCE_COLUMN,
            title=title,
            edits=(edit,),
            way=way,
        )

    server = upgrade.server
    enforce = SetNullable(table=table, column=column, nullable=False)
    name = constraint_name(server, table, (column,), "fw_not_null")
    text = server.engine.spelling.not_null(column)
    loose = CheckConstraint(name, text, (column,), valid=False)
    guard = AddCheck(table=table, check=loose)
    direct = server.cost(enforce)
    checked = server.cost(enforce, Way.CHECKED)
    unvalidated = server.cost(guard, Way.UNVALIDATED)
    fine = direct is not None and (
        direct.cost is Cost.METADATA or direct.online or upgrade.brief(direct, table)
    )
    if fine or checked is None or unvalidated is None:
        return (draft("enforce", f"make {column} NOT NULL", enforce),)
    proven = CheckConstraint(name, text, (column,))
    return (
        draft("guard", f"refuse NULL in {column} for new rows", guard, Way.UNVALIDATED),
        draft(
            "validate",
            f"check old rows of {column} for NULL",
            ValidateCheck(table=table, check=loose),
            Way.VALIDATE,
        ),
        draft("enforce", f"make {column} NOT NULL", enforce, Way.CHECKED),
        draft("unguard", f"drop the helper {name}", DropCheck(table=table, check=proven)),
    )
