"""A statement of the closed list, and the ways to try it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.sql.base import Executable

from falsework.datasets.rows import Row
from falsework.datasets.setup import SetUp
from falsework.datasets.shapes import Shape
from falsework.engines.dml import Dml
from falsework.model.plan import Kind


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to run a statement: with these rows there, this statement.

    ``row``     what the statement inserts, where it is an INSERT
    ``hits``    the row that the statement finds, where it was set up
    ``leaves``  what finds the row that it wrote, by its key: there must be one afterwards
    """

    setup: Callable[[SetUp], None]
    statement: Executable
    row: Row | None = None
    hits: tuple[Shape, Row] | None = None
    leaves: Executable | None = None


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


def upsert(
    dml: Dml, setup: Callable[[SetUp], None], shape: Shape, row: Row, key: Sequence[str]
) -> Trial:
    """Insert the row, or update the one of the same key.

    Some servers take no key: they update whatever row the new one collides with, and add a second
    one of the key where nothing keeps it unique, both without an error.
    """
    changed = [n for n in shape.names if n not in key and n not in shape.keys[0]]
    columns = [shape.clause.c[n] for n in key]
    found = select(*columns).where(*(c == row[c.name] for c in columns))
    return Trial(setup, dml.upsert(shape.clause, row, key, changed or key[:1]), leaves=found)
