"""The law's closed list for one table of a release: every statement, and how to try it.

A statement may succeed with one row and fail with the next one. So each is tried several times,
with rows that are legal by the release's own models and chosen to break every rule that those
models do not have: equal values outside its own keys, no parent where it has no foreign key, NULL
wherever it allows it, the longest, lowest and highest values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from falsework.datasets.literals import UNKNOWN
from falsework.datasets.rows import Row
from falsework.datasets.setup import SetUp
from falsework.datasets.spoken import Spoken
from falsework.datasets.trials import Said, Trial, nothing, same_row, upsert
from falsework.datasets.updates import Updates
from falsework.model.plan import Kind, Release
from falsework.model.schema import TableName


@dataclass(frozen=True)
class Statements(Spoken):
    """The closed list over one table."""

    def all(self) -> Iterator[Said]:
        """Every statement, in a fixed order."""
        updates = Updates(self.ours, self.theirs, self.shape, self.dml)
        yield Said(Kind.SELECT, "", (Trial(nothing, select(*self.shape.clause.c).limit(3)),))
        yield Said(Kind.INSERT_ALL, "", tuple(self._insert_all()))
        yield Said(Kind.INSERT_REQUIRED, "", tuple(self._insert_required()))
        yield Said(Kind.INSERT_NULL, "", tuple(self._insert_null()))
        for field in self.shape.fields:
            yield Said(Kind.UPDATE, field.name, tuple(updates.of(field)))
        yield Said(Kind.DELETE, "", tuple(self._delete()))
        for key in self.shape.upserts:
            yield Said(Kind.UPSERT, ", ".join(key), tuple(self._upsert(key)))
        yield Said(Kind.LOCKING_READ, "", (self._locking_read(),))

    def _insert_all(self) -> Iterator[Trial]:
        yield self._alone(self.ours.base(self.shape))
        for there, row in self.pairs():
            yield self._beside(there, row)

    def _alone(self, row: Row) -> Trial:
        """Insert a row that has only the parents that the release knows of."""

        def setup(rows: SetUp) -> None:
            rows.parents(self.by, self.shape, row)

        return Trial(setup, self.shape.insert, row)

    def _beside(self, there: Row, row: Row) -> Trial:
        def setup(rows: SetUp) -> None:
            rows.row(self.by, self.shape.name, there)
            rows.parents(self.by, self.shape, row)

        return Trial(setup, self.shape.insert, row)

    def _insert_required(self) -> Iterator[Trial]:
        required = {f.name for f in self.shape.fields if not f.optional}
        yield self._alone(_only(self.ours.base(self.shape), required))
        for there, row in self.pairs():
            least = _only(row, required)
            if not any(self._collides(key, there, row) for key in self.shape.keys):
                yield self._twice(_only(there, required), least)
            elif not any(self._meets(key, there, least) for key in self.shape.keys):
                yield self._beside(there, least)
            else:
                yield self._alone(least)

    def _collides(self, key: tuple[str, ...], there: Row, row: Row) -> bool:
        """Whether two rows that leave optional columns out may share the key, by its defaults."""
        apart = [f for n in key if there[n] != row[n] and (f := self.shape.field(n)) is not None]
        return all(f.optional and not f.counted and f.default is not None for f in apart)

    def _meets(self, key: tuple[str, ...], there: Row, least: Row) -> bool:
        """Whether a row that leaves optional columns out may share the key with a whole one."""
        held = {f.name: f.default for f in self.shape.fields if not f.counted} | least
        return all(n in held and held[n] in (there[n], UNKNOWN) for n in key)

    def _twice(self, there: Row, row: Row) -> Trial:
        def setup(rows: SetUp) -> None:
            rows.exactly(self.by, self.shape, there)
            rows.parents(self.by, self.shape, row)

        return Trial(setup, self.shape.insert, row)

    def _insert_null(self) -> Iterator[Trial]:
        yield self._alone(self.ours.emptied(self.shape, self.ours.base(self.shape)))
        for there, row in self.pairs():
            emptied = self.ours.emptied(self.shape, row)
            yield self._twice(self.ours.emptied(self.shape, there), emptied)

    def _delete(self) -> Iterator[Trial]:
        for by, rows, shape in self.writers():
            row = rows.base(shape)
            yield Trial(
                _family(by, self.by, shape.name, row),
                delete(self.shape.clause).where(same_row(self.shape, row)),
                hits=(self.shape, row),
            )

    def _upsert(self, key: tuple[str, ...]) -> Iterator[Trial]:
        yield self._put(key, self.by, None, self.ours.base(self.shape))
        for there, row in self.pairs():
            yield self._put(key, self.by, there, row)
        for by, rows, shape in self.writers():
            there = rows.base(shape)
            same = self.ours.tied(self.shape, key)
            row = self.ours.base(self.shape, given={n: there[n] for n in same if n in there})
            yield self._put(key, by, there, row)

    def _put(self, key: tuple[str, ...], by: Release, there: Row | None, row: Row) -> Trial:
        def setup(rows: SetUp) -> None:
            if there is not None:
                rows.row(by, self.shape.name, there)
            rows.parents(self.by, self.shape, row)

        return upsert(self.dml, setup, self.shape, row, key)

    def _locking_read(self) -> Trial:
        row = self.ours.base(self.shape)

        def setup(rows: SetUp) -> None:
            rows.row(self.by, self.shape.name, row)

        where = same_row(self.shape, row)
        return Trial(setup, select(*self.shape.clause.c).where(where).with_for_update())


def _family(by: Release, who: Release, name: TableName, row: Row) -> Callable[[SetUp], None]:
    def setup(rows: SetUp) -> None:
        rows.row(by, name, row)
        rows.children(who, name, row, update=False)

    return setup


def _only(row: Mapping[str, object], names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name in names}
