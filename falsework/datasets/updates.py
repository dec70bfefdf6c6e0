"""UPDATE of each column: to the worst values, to NULL, and to what another row holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import update

from falsework.datasets.rows import Row, Rows, apart_sets, known
from falsework.datasets.setup import SetUp
from falsework.datasets.shapes import Field, Shape
from falsework.datasets.spoken import SETS, Spoken
from falsework.datasets.trials import Trial, same_row
from falsework.datasets.values import Style, extreme
from falsework.model.plan import Release


@dataclass(frozen=True)
class Updates(Spoken):
    """The UPDATE statements over one table."""

    def of(self, field: Field) -> Iterator[Trial]:
        """The ways to try an UPDATE of the column."""
        for value in self._values(field):
            yield self._set(self.by, self.ours.base(self.shape), field, value)
        for by, rows, shape in self.writers():
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
            yield from (self.ours.fresh.longest(field.type), self.ours.fresh.lowest(field.type))
            return
        yield from (extreme(field.type, style) for style in (Style.LOW, Style.HIGH))
        if known(field.default):
            yield field.default

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
