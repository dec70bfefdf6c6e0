"""The closed list in everyday form: one harmless way to say each statement, fit to be kept.

Rows differ from all others in every column; children get parents; NULL is written wherever the
release allows it, since that is what upgrades stumble over in real life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.sql.base import Executable

from falsework.datasets.rows import Row, Rows
from falsework.datasets.setup import SetUp
from falsework.datasets.shapes import Field, Shape
from falsework.datasets.trials import Said, Trial, nothing, same_row, upsert
from falsework.engines.dml import Dml
from falsework.model.plan import Kind


@dataclass(frozen=True)
class Ordinary:
    """One trial a statement, over one table."""

    rows: Rows
    shape: Shape
    dml: Dml

    def all(self) -> Iterator[Said]:
        """Every statement, in a fixed order."""
        clause = self.shape.clause
        required = {f.name for f in self.shape.fields if not f.optional}
        whole, least, empty = self._row(), self._row(), self._row()
        yield Said(Kind.SELECT, "", (Trial(nothing, select(*clause.c).limit(3)),))
        yield self._insert(Kind.INSERT_ALL, whole)
        yield self._insert(Kind.INSERT_REQUIRED, {n: least[n] for n in required})
        yield self._insert(Kind.INSERT_NULL, self.rows.emptied(self.shape, empty))
        for field in self.shape.fields:
            yield self._update(field)
        gone, read = self._row(), self._row()
        statement = delete(clause).where(same_row(self.shape, gone))
        yield Said(Kind.DELETE, "", (self._there(gone, statement),))
        for key in self.shape.upserts:
            yield self._upsert(key)
        locking = select(*clause.c).where(same_row(self.shape, read)).with_for_update()
        yield Said(Kind.LOCKING_READ, "", (self._there(read, locking),))

    def _row(self) -> Row:
        return self.rows.base(self.shape)

    def _insert(self, kind: Kind, row: Row) -> Said:
        def setup(rows: SetUp) -> None:
            rows.parents(self.rows.models.release, self.shape, row)

        return Said(kind, "", (Trial(setup, self.shape.insert, row),))

    def _update(self, field: Field) -> Said:
        row = self._row()
        changed = self.rows.unlike(self.shape, row, {field.name})
        value = {field.name: changed[field.name]}
        statement = update(self.shape.clause).where(same_row(self.shape, row)).values(value)
        return Said(Kind.UPDATE, field.name, (self._there(row, statement, changed),))

    def _upsert(self, key: tuple[str, ...]) -> Said:
        there = self._row()
        same = self.rows.tied(self.shape, key)
        row = self.rows.base(self.shape, given={n: there[n] for n in same})
        trial = upsert(self.dml, self._with(there, row), self.shape, row, key)
        return Said(Kind.UPSERT, ", ".join(key), (trial,))

    def _there(self, row: Row, statement: Executable, after: Row | None = None) -> Trial:
        return Trial(self._with(row, after), statement, hits=(self.shape, row))

    def _with(self, row: Row, after: Row | None) -> Callable[[SetUp], None]:
        """With ``row`` there, and the parents that it will have ``after``."""

        def setup(rows: SetUp) -> None:
            by = self.rows.models.release
            rows.row(by, self.shape.name, row)
            rows.parents(by, self.shape, row if after is None else after)

        return setup
