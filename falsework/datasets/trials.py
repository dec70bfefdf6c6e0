"""A statement of the closed list, and the ways to try it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlalchemy.sql.base import Executable

from falsework.datasets.rows import Row
from falsework.datasets.setup import SetUp
from falsework.datasets.shapes import Shape
from falsework.model.plan import Kind


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to run a statement: with these rows there, this statement.

    ``row``   what the statement inserts, where it is an INSERT
    ``hits``  the row that the statement finds, where it was set up
    """

    setup: Callable[[SetUp], None]
    statement: Executable
    row: Row | None = None
    hits: tuple[Shape, Row] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of the list, with the ways to try it."""

    kind: Kind
    subject: str
    trials: tuple[Trial, ...]


def nothing(_rows: SetUp) -> None:
    """Nothing needs to be there."""


def same_row(shape: Shape, row: Mapping[str, object]) -> ColumnElement[bool]:
    """The condition that finds the row: by its first key, or by all it holds."""
    values = ((n, row.get(n)) for n in shape.finds)
    return and_(*(shape.clause.c[n] == value for n, value in values if value is not None))
