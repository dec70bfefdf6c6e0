"""Rows that a release could write: legal by its own models, and otherwise as bad as they can be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from itertools import islice, product
from typing import Any

from sqlalchemy import Connection, literal, not_, select
from sqlalchemy.sql.elements import ColumnElement, Grouping, quoted_name

from falsework.datasets.literals import UNKNOWN
from falsework.datasets.shapes import Check, Field, Models, Shape
from falsework.datasets.values import Fresh, Style, extreme
from falsework.engines.dml import Dml

Row = dict[str, object]

ENOUGH = 2_000  # combinations tried to obey a table's checks


class Rows:
    """Makes up rows of one release; asks the server only whether a check holds for a value."""

    def __init__(self, connection: Connection, models: Models, fresh: Fresh, dml: Dml) -> None:
        self.models = models
        self.fresh = fresh
        self._connection = connection
        self._dml = dml
        self._verdicts: dict[object, bool] = {}

    def base(
        self,
        shape: Shape,
        style: Style = Style.PLAIN,
        given: Mapping[str, object] | None = None,
    ) -> Row:
        """A whole row that collides with no other one; ``given`` values are kept as they are."""
        row = dict(given or {})
        apart = apart_sets(shape.keys, frozenset(row))[0]
        linked = {name for link in shape.links for name in link.columns}
        for field in shape.fields:
            if field.name not in row:
                alone = field.name in apart or field.name in linked
                row[field.name] = self._value(field, style, alone=alone)
        return self.obeying(shape, row, frozenset(given or ()))

    def tied(self, shape: Shape, key: Collection[str]) -> tuple[str, ...]:
        """The key, and what two rows equal in it share as well: all that refers to one parent.

        Where a part of a foreign key tells which parent it is, no other parent can be referred to.
        """
        names = dict.fromkeys(key)
        for link in shape.links:
            pairs = zip(link.columns, link.parent_columns, strict=True)
            told = {theirs for mine, theirs in pairs if mine in names}
            parent = self.models.shapes.get(link.parent)
            if parent is not None and any(told.issuperset(k) for k in parent.keys):
                names |= dict.fromkeys(link.columns)
        return tuple(names)

    def _value(self, field: Field, style: Style, *, alone: bool) -> object:
        if alone:
            draw = {Style.LOW: self.fresh.lowest, Style.HIGH: self.fresh.longest}
            return draw.get(style, self.fresh.value)(field.type)
        if style in (Style.LOW, Style.HIGH):
            return extreme(field.type, style)
        if style is Style.DEFAULT and known(field.default):
            return field.default
        return self.fresh.value(field.type)

    def unlike(self, shape: Shape, row: Row, names: Collection[str]) -> Row:
        """The row with other values in the named columns."""
        changed = dict(row)
        for field in shape.fields:
            if field.name in names:
                changed[field.name] = self._another(field, row.get(field.name))
        kept = self.obeying(shape, changed, frozenset(row) - frozenset(names))
        # As equal as possible; where the checks ask for more, as different as they ask for.
        return kept if self.fits(shape, kept) else self.obeying(shape, changed, frozenset())

    def _another(self, field: Field, value: object) -> object:
        """Another value, as long or as low as the given one."""
        fresh = self.fresh.value(field.type, value)
        if isinstance(value, str) and len(value) > len(str(fresh)):
            longest = self.fresh.longest(field.type)
            return fresh if longest == value else longest  # the labels of an enum are few
        if isinstance(value, int | float | Decimal) and value < 0:
            return self.fresh.lowest(field.type)
        return fresh

    def emptied(self, shape: Shape, row: Row) -> Row:
        """The row with NULL wherever the release may write it."""
        changed = dict(row)
        for field in shape.fields:
            if field.nullable and self.fits(shape, {**changed, field.name: None}):
                changed[field.name] = None
        return changed

    def fits(self, shape: Shape, row: Row) -> bool:
        """Whether the row obeys all checks of the release's own."""
        return all(self._holds(shape, check, row) for check in shape.checks)

    def obeying(self, shape: Shape, row: Row, fixed: Collection[str]) -> Row:
        """The row, with other values outside ``fixed`` where the release's own checks ask for it.

        The row as it is where nothing found obeys them: then the server will say so.
        """
        if self.fits(shape, row):
            return row
        names = sorted({n for check in shape.checks for n in check.uses} - set(fixed))
        choices = [tuple(dict.fromkeys(self._candidates(shape, n, row))) for n in names]
        for values in islice(product(*choices), ENOUGH):
            changed = {**row, **dict(zip(names, values, strict=True))}
            if self.fits(shape, changed):
                return changed
        return row

    def _candidates(self, shape: Shape, name: str, row: Row) -> Iterator[object]:
        field = shape.field(name)
        if field is None:
            return
        yield row[name]
        if known(field.default):
            yield field.default
        for check in shape.checks:
            if name in check.uses:
                yield from (v for v in check.literals if _alike(v, row[name]))
        yield from (extreme(field.type, style) for style in (Style.LOW, Style.HIGH))

    def _holds(self, shape: Shape, check: Check, row: Row) -> bool:
        asked = {name: row[name] for name in check.uses if name in row}
        key = (shape.name, id(check), repr(asked))
        if key not in self._verdicts:
            self._verdicts[key] = self._ask(shape, check, asked)
        return self._verdicts[key]

    def _ask(self, shape: Shape, check: Check, asked: Row) -> bool:
        values = [
            self._bound(field, asked.get(field.name)).label(quoted_name(field.name, quote=True))
            for field in shape.fields
            if field.name in check.uses
        ]
        row = select(*values).subquery("fw_row")
        broken = select(literal(1)).select_from(row).where(not_(Grouping(check.condition)))
        with self._connection.begin() as transaction:
            found = self._connection.execute(broken).first()
            transaction.rollback()
        return found is None

    def _bound(self, field: Field, value: object) -> ColumnElement[Any]:
        return self._dml.null(field.type) if value is None else literal(value, field.type)


def known(default: object) -> bool:
    """Whether a column has a server default, and its value is known."""
    return default is not None and default is not UNKNOWN


def _alike(one: object, other: object) -> bool:
    if isinstance(other, int | float) and not isinstance(other, bool):
        return isinstance(one, int | float)
    return type(one) is type(other)


def apart_sets(
    keys: Collection[Collection[str]], avoid: Collection[str] = ()
) -> tuple[frozenset[str], ...]:
    """The smallest column sets in which two rows must differ so that they share no key.

    ``avoid``  columns that shall stay equal if it can be helped

    One set at least; several where keys have several columns.
    """
    sets = {frozenset[str]()}
    for key in keys:
        free = [name for name in key if name not in avoid] or list(key)
        sets = {s if s & set(free) else s | {name} for s in sets for name in free}
    smallest = [s for s in sets if not any(other < s for other in sets)]
    return tuple(sorted(smallest, key=lambda s: (len(s), sorted(s))))
