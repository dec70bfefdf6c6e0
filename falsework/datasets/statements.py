"""The law's closed list for one table of a release: every statement, and how to try it.

A statement may succeed with one row and fail with the next one. So each is tried several times,
with rows that are legal by the release's own models and chosen to break every rule that those
models do not have: equal values outside its own keys, no parent where it has no foreign key, NULL
wherever it allows it, the longest, lowest and highest values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.sql.base import Executable

from falsework.datasets.release import Field, Shape
from falsework.datasets.rows import Row, Rows, apart_sets, known
from falsework.datasets.setup import SetUp
from falsework.datasets.values import Style, extreme
from falsework.engines.dml import Dml
from falsework.model.plan import Kind, Release
from falsework.model.schema import TableName

Sets = tuple[frozenset[str], ...]


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


@dataclass(frozen=True)
class Statements:
    """The closed list over one table."""

    ours: Rows
    theirs: Rows | None
    shape: Shape
    dml: Dml

    @property
    def by(self) -> Release:
        """Who says the statements."""
        return self.ours.models.release

    @cached_property
    def other(self) -> Shape | None:
        """The same table as the other release knows it, where that is something else."""
        shapes = self.theirs.models.shapes if self.theirs else {}
        other = shapes.get(self.shape.name)
        return None if other is None or other.like(self.shape) else other

    @cached_property
    def styles(self) -> tuple[Style, ...]:
        """The styles that make a difference here."""
        default = any(known(f.default) for f in self.shape.fields)
        return tuple(s for s in Style if default or s is not Style.DEFAULT)

    @cached_property
    def apart(self) -> Sets:
        """In what two rows may differ."""
        return apart_sets(self.shape.keys)[:SETS]

    def all(self) -> Iterator[Said]:
        """Every statement, in a fixed order."""
        yield Said(Kind.SELECT, "", (Trial(_nothing, select(*self.shape.clause.c).limit(3)),))
        yield Said(Kind.INSERT_ALL, "", tuple(self._insert_all()))
        yield Said(Kind.INSERT_REQUIRED, "", tuple(self._insert_required()))
        yield Said(Kind.INSERT_NULL, "", tuple(self._insert_null()))
        for field in self.shape.fields:
            yield Said(Kind.UPDATE, field.name, tuple(self._update(field)))
        yield Said(Kind.DELETE, "", tuple(self._delete()))
        for key in self.shape.upserts:
            yield Said(Kind.UPSERT, ", ".join(key), tuple(self._upsert(key)))
        yield Said(Kind.LOCKING_READ, "", (self._locking_read(),))

    def _pairs(self) -> Iterator[tuple[Row, Row]]:
        """A row that is there, and one that is as equal to it as the release's keys allow."""
        for style in self.styles:
            for apart in self.apart if style is Style.PLAIN else self.apart[:1]:
                there = self.ours.base(self.shape, style)
                yield there, self.ours.unlike(self.shape, there, apart)

    def _insert_all(self) -> Iterator[Trial]:
        yield self._alone(self.ours.base(self.shape))
        for there, row in self._pairs():
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
        for there, row in self._pairs():
            if any(self._collides(key, there, row) for key in self.shape.keys):
                yield self._alone(_only(row, required))
            else:
                yield self._twice(_only(there, required), _only(row, required))

    def _collides(self, key: tuple[str, ...], there: Row, row: Row) -> bool:
        """Whether two rows that leave optional columns out may share the key, by its defaults."""
        apart = [f for n in key if there[n] != row[n] and (f := self.shape.field(n)) is not None]
        return all(f.optional and not f.counted and f.default is not None for f in apart)

    def _twice(self, there: Row, row: Row) -> Trial:
        def setup(rows: SetUp) -> None:
            rows.exactly(self.by, self.shape, there)
            rows.parents(self.by, self.shape, row)

        return Trial(setup, self.shape.insert, row)

    def _insert_null(self) -> Iterator[Trial]:
        yield self._alone(self.ours.emptied(self.shape, self.ours.base(self.shape)))
        for there, row in self._pairs():
            emptied = self.ours.emptied(self.shape, row)
            yield self._twice(self.ours.emptied(self.shape, there), emptied)

    def _update(self, field: Field) -> Iterator[Trial]:
        for value in self._values(field):
            yield self._set(self.by, self.ours.base(self.shape), field, value)
        for by, rows, shape in self._writers():
            for there, row in self._rivals(rows, shape, field):
                yield self._set(by, row, field, there[field.name], there)
            if field.nullable:
                yield self._set(by, rows.base(shape), field, None)
            yield self._set(by, rows.base(shape), field, self.ours.fresh.value(field.type))

    def _values(self, field: Field) -> Iterator[object]:
        """The values that the release may give to the column, the ordinary ones aside."""
        linked = any(field.name in link.columns for link in self.shape.links)
        keyed = any(field.name in key for key in self.shape.keys)
        if linked or keyed:
            yield self.ours.fresh.longest(field.type)
            return
        yield from (extreme(field.type, style) for style in (Style.LOW, Style.HIGH))
        if known(field.default):
            yield field.default

    def _writers(self) -> Iterator[tuple[Release, Rows, Shape]]:
        """Who may have written the row that is updated or deleted."""
        yield self.by, self.ours, self.shape
        if self.theirs is not None and self.other is not None:
            yield self.theirs.models.release, self.theirs, self.other

    def _rivals(self, rows: Rows, shape: Shape, field: Field) -> Iterator[tuple[Row, Row]]:
        """Two rows that differ only in the column, and in what the release's keys ask for."""
        free = [key for key in self.shape.keys if key != (field.name,)]
        if len(free) < len(self.shape.keys) or field.name not in shape.names:
            return
        for style in (s for s in self.styles if s in (Style.PLAIN, Style.DEFAULT)):
            for apart in apart_sets(free, (field.name,))[:SETS]:
                if field.name in apart or not apart <= set(shape.names):
                    continue
                there = rows.base(shape, style, self._given(rows, field, style))
                differing = apart | {field.name}
                unmet = [key for key in shape.keys if not differing & set(key)]
                differing |= apart_sets(unmet, self.shape.names)[0]
                yield there, rows.unlike(shape, there, differing)

    def _given(self, rows: Rows, field: Field, style: Style) -> Row:
        """What a row of the other release must hold so that this one may write it elsewhere."""
        if rows is self.ours:
            return {}
        return {field.name: self.ours.base(self.shape, style)[field.name]}

    def _set(
        self, by: Release, row: Row, field: Field, value: object, there: Row | None = None
    ) -> Trial:
        """Change one column of the row that ``by`` wrote."""
        after = {**row, field.name: value}
        if not self.ours.fits(self.shape, after):
            after = {**row, field.name: row[field.name]}
        name = self.shape.name

        def setup(rows: SetUp) -> None:
            if there is not None:
                rows.row(by, name, there)
            rows.row(by, name, row)
            rows.parents(self.by, self.shape, after)
            if field.name in self._referred:
                rows.children(self.by, name, row, update=True)

        change = {field.name: after[field.name]}
        statement = update(self.shape.clause).where(same_row(self.shape, row)).values(change)
        return Trial(setup, statement, hits=(self.shape, row))

    @cached_property
    def _referred(self) -> frozenset[str]:
        """The columns that foreign keys of either release refer to."""
        both = (self.ours, self.theirs) if self.theirs else (self.ours,)
        return frozenset(
            name
            for rows in both
            for shape in rows.models.shapes.values()
            for link in shape.links
            if link.parent == self.shape.name
            for name in link.parent_columns
        )

    def _delete(self) -> Iterator[Trial]:
        for by, rows, shape in self._writers():
            row = rows.base(shape)
            yield Trial(
                _family(by, self.by, shape.name, row),
                delete(self.shape.clause).where(same_row(self.shape, row)),
                hits=(self.shape, row),
            )

    def _upsert(self, key: tuple[str, ...]) -> Iterator[Trial]:
        yield self._put(key, self.by, None, self.ours.base(self.shape))
        for there, row in self._pairs():
            yield self._put(key, self.by, there, row)
        for by, rows, shape in self._writers():
            there = rows.base(shape)
            row = self.ours.base(self.shape, given={n: there[n] for n in key if n in there})
            yield self._put(key, by, there, row)

    def _put(self, key: tuple[str, ...], by: Release, there: Row | None, row: Row) -> Trial:
        def setup(rows: SetUp) -> None:
            if there is not None:
                rows.row(by, self.shape.name, there)
            rows.parents(self.by, self.shape, row)

        primary = self.shape.keys[0]
        changed = [n for n in self.shape.names if n not in key and n not in primary]
        return Trial(setup, self.dml.upsert(self.shape.clause, row, key, changed or key[:1]))

    def _locking_read(self) -> Trial:
        row = self.ours.base(self.shape)

        def setup(rows: SetUp) -> None:
            rows.row(self.by, self.shape.name, row)

        where = same_row(self.shape, row)
        return Trial(setup, select(*self.shape.clause.c).where(where).with_for_update())


SETS = 8  # ways in which two rows may differ: a table with more has several large keys


def _nothing(_rows: SetUp) -> None:
    """Nothing needs to be there."""


def _family(by: Release, who: Release, name: TableName, row: Row) -> Callable[[SetUp], None]:
    def setup(rows: SetUp) -> None:
        rows.row(by, name, row)
        rows.children(who, name, row, update=False)

    return setup


def same_row(shape: Shape, row: Mapping[str, object]) -> ColumnElement[bool]:
    """The condition that finds the row: by its first key, or by all it holds."""
    values = ((n, row.get(n)) for n in shape.finds)
    return and_(*(shape.clause.c[n] == value for n, value in values if value is not None))


def _only(row: Mapping[str, object], names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name in names}
