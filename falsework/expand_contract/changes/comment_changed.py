"""A comment on a table or column that comes, goes or becomes another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade
from falsework.model.edits import SetComment
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import Column, Table, TableName


class CommentChanged(Frozen, frozen=True):
    """Set in expand: no statement of a release can tell. ``column`` is None for the table's own.

    ``owned``  whether an earlier release said what is there now
    """

    table: TableName
    column: str | None
    comment: str | None
    owned: bool

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """The table, then its columns in order, where the comments differ."""
        old, new, owned = pair.old, pair.new, pair.owned
        if old is None or new is None:
            return
        if old.comment != new.comment:
            yield cls(pair.name, None, new.comment, _said(owned, old))
        for before, after in pair.columns:
            if before.comment != after.comment:
                was = owned.column(after.name) if owned else None
                yield cls(pair.name, after.name, after.comment, _said(was, before))

    def outline(self, upgrade: Upgrade) -> Outline:
        """Set it; one that only the database has is somebody else's, unless it was owned."""
        what = "the table" if self.column is None else self.column
        if self.comment is None and not self.owned:
            where = self.table if self.column is None else f"{self.table}.{self.column}"
            return Outline(notes=(f"{where}: its comment: the models have none: left alone",))
        draft = Draft(
            table=self.table,
            subject=self.column or "",
            part="comment",
            phase=Phase.EXPAND,
            rank=Rank.DESCRIBE,
            title=f"{'drop' if self.comment is None else 'set'} the comment of {what}",
            edits=(SetComment(table=self.table, column=self.column, comment=self.comment),),
        )
        return Outline((draft,))


def _said(owned: Table | Column | None, live: Table | Column) -> bool:
    return owned is not None and owned.comment == live.comment
