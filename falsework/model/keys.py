"""Keys and indexes of a table: what they sort rows by, and what they keep apart."""

from __future__ import annotations

import re

from falsework.model.frozen import Frozen


class PrimaryKey(Frozen, frozen=True):
    """The primary key; ``name`` is None where the engine keeps none."""

    columns: tuple[str, ...]
    name: str | None = None


_LENGTH = re.compile(r"\(\d+\)$")
_ORDER = re.compile(r"( DESC)?( NULLS (FIRST|LAST))?$")


def ordered(entry: str) -> tuple[str, str]:
    """An entry of an index without its order, and the order."""
    what = _ORDER.sub("", entry)
    return what, entry[len(what) :]


class Index(Frozen, frozen=True):
    """An index that backs no constraint.

    ``columns`` are column names, or expressions in the engine's normal form; a trailing `` DESC``
    is part of the entry. ``uses`` are the plain columns the index depends on, its predicate's too.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str | None = None
    uses: tuple[str, ...] = ()
    method: str | None = None  # None: the engine's ordinary one
    valid: bool = True
    include: tuple[str, ...] = ()  # columns that are kept along and not sorted by
    nulls_equal: bool = False  # of a unique one: two NULLs are duplicates
    storage: tuple[str, ...] = ()  # how it is kept: "fillfactor=50"; sorted

    @property
    def label(self) -> str:
        """For people."""
        return f"index {self.name}"

    @property
    def watches(self) -> tuple[str, ...]:
        """The columns that decide where a row stands in it: ``uses`` but for those kept along."""
        along = self.include if self.where is None and self.plain else ()
        return tuple(n for n in self.uses if n not in along)

    @property
    def plain(self) -> bool:
        """Whether every entry is a column, in whatever order it is sorted; no expression."""
        return all(map(self.is_column, self.columns))

    def is_column(self, entry: str) -> bool:
        """Whether the entry is a column, in whatever order it is sorted; no expression."""
        return entry in self.uses or ordered(entry)[0] in self.uses

    def is_prefix(self, entry: str) -> bool:
        """Whether the entry is the beginning of a column: ``name(10)``."""
        return _LENGTH.sub("", ordered(entry)[0]) in self.uses


class Exclusion(Frozen, frozen=True):
    """An exclusion constraint: of no two rows do all ``columns`` answer yes to their operators.

    ``columns``, ``where``, ``uses``, ``method``  as of the index that is under it
    ``operators``   one for each of the columns
    ``deferrable``  the words that say so
    """

    name: str | None
    columns: tuple[str, ...]
    operators: tuple[str, ...]
    uses: tuple[str, ...] = ()
    where: str | None = None
    method: str | None = None
    deferrable: str | None = None

    @property
    def index(self) -> Index:
        """The index under it, which no release uses by itself."""
        return Index(
            self.name or "", self.columns, where=self.where, uses=self.uses, method=self.method
        )

    @property
    def plain(self) -> bool:
        """Whether every entry is a column; no expression."""
        return self.index.plain

    @property
    def label(self) -> str:
        """For people."""
        return f"exclusion {self.name or ', '.join(self.columns)}"


class UniqueConstraint(Frozen, frozen=True):
    """A unique constraint; ``name`` is None where it has none.

    ``include``      columns that its index keeps along
    ``nulls_equal``  whether two NULLs are duplicates
    ``deferrable``   the words that say so: no upsert and no foreign key can name such a one
    """

    name: str | None
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_equal: bool = False
    deferrable: str | None = None

    @property
    def label(self) -> str:
        """For people."""
        return f"unique ({', '.join(self.columns)})"
