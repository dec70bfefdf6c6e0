"""Objects of a schema beside its tables, and the name that any of them has."""

from __future__ import annotations

from typing import NamedTuple

from falsework.model.frozen import Frozen


class TableName(NamedTuple):
    """A table's schema and name, both as the catalog spells them; another object's as well.

    Where an engine has other objects beside its tables, no two of them and no table share a name.
    """

    schema: str
    name: str

    def __str__(self) -> str:
        """``schema.name``, for people and for step ids; never for SQL."""
        return f"{self.schema}.{self.name}"


class Trigger(Frozen, frozen=True):
    """A trigger on a table, with the statement that makes it."""

    name: str
    text: str


class View(Frozen, frozen=True):
    """A view with the statement that makes it, and the table columns it reads where known.

    A use without a column (``""``) means: the whole table, as far as the engine can tell.
    """

    schema: str
    name: str
    text: str
    uses: tuple[tuple[TableName, str], ...] = ()


class Enumeration(Frozen, frozen=True):
    """A type that lists its values and is an object by itself, in the order of its labels.

    ``type``  what ``SqlType.name`` says of a column that is of it
    """

    name: TableName
    labels: tuple[str, ...]
    type: str


class Counting(Frozen, frozen=True):
    """How a counter counts; None: as far, from where and as many as the engine does by itself.

    ``start`` is where it begins, not where it is.
    """

    start: int | None = None
    increment: int = 1
    minimum: int | None = None
    maximum: int | None = None
    cycle: bool = False
    cache: int | None = None  # how many numbers a session takes at once


class Sequence(Frozen, frozen=True):
    """A counter that is an object by itself, and no column's own; ``type`` is its numbers'."""

    name: TableName
    counting: Counting = Counting()
    type: str = "bigint"


class Identity(Frozen, frozen=True):
    """How a column counts that the models say ``Identity()`` of.

    ``always``  whether no statement may write it
    """

    always: bool = False
    counting: Counting = Counting()
