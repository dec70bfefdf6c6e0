"""Something that goes beside something alike that comes: a rename, perhaps. Never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Self

from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.frozen import Frozen
from falsework.model.schema import Schema, SqlType, Table

NAMED = 3  # at most so many candidates are named: a longer list helps nobody


class RenameSuspected(Frozen, frozen=True):
    """A column, or a table, that goes, and those of its form that come.

    To be of one form is all that the two have in common for certain; whether they are one is for
    the developer to say. Changes nothing in the plan.
    """

    gone: str
    new: tuple[str, ...]
    do: str

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns that only the database has beside those that only the models have; tables, too.

        Of columns the type has to be the same, of tables the names and types of all columns.
        """
        if pair.old is not None and pair.new is None:
            found = _alike(pair.old, upgrade.new.schema, upgrade.old)
            if found:
                name = pair.name.name
                yield cls(f"table {pair.name}", found, f"__tablename__ = {name!r}")
        if pair.old is None or pair.new is None:
            return
        added = [c for c in pair.new.columns if pair.old.column(c.name) is None]
        for column in pair.old.columns:
            if pair.new.column(column.name) is None:
                same = _closest(column.name, (c.name for c in added if c.type == column.type))
                if same:
                    do = f"mapped_column({column.name!r}, ...)"
                    yield cls(f"column {pair.name}.{column.name}", same, do)

    def outline(self, upgrade: Upgrade) -> Outline:
        """A note with the declaration that keeps what is there."""
        new = " or ".join(self.new)
        said = (
            f"{self.gone} is not in the models any more, and {new} is new there: if it is the same "
            f"under another name, keep its name in the database ({self.do}); as the models stand, "
            "the new one begins without its values"
        )
        return Outline(notes=(said,))


def _alike(gone: Table, new: Schema, old: Schema) -> tuple[str, ...]:
    """Tables that only the models have, with the columns of the one that goes."""
    form = _form(gone)
    return _closest(
        gone.name.name,
        (t.name.name for t in new.tables if old.table(t.name) is None and _form(t) == form),
    )


def _form(table: Table) -> frozenset[tuple[str, SqlType]]:
    return frozenset((c.name, c.type) for c in table.columns)


def _closest(name: str, others: Iterator[str]) -> tuple[str, ...]:
    """The most similar names first."""

    def likeness(other: str) -> tuple[float, str]:
        return -SequenceMatcher(None, name, other).ratio(), other

    return tuple(sorted(others, key=likeness)[:NAMED])
