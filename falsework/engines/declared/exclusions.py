"""Exclusion constraints, from the SQL that ``CREATE TABLE`` would hold."""

from __future__ import annotations

from collections.abc import Container, Iterator
from collections.abc import Sequence as Run
from itertools import count
from typing import NamedTuple, Protocol, cast

from sqlalchemy import Constraint

from falsework.engines.declared.indexes import column_of, predicate
from falsework.engines.declared.reading import Reading
from falsework.engines.normalize import Token, closing, names_in, split, tokens
from falsework.model.schema import Exclusion


class _Declared(Protocol):
    """What SQLAlchemy's constraint has beside its elements; it is one dialect's own."""

    ops: dict[str, str]
    using: str
    where: object
    deferrable: bool | None
    initially: str | None


class _Entry(NamedTuple):
    """An entry: ``label`` is what goes into the constraint's name, where it has none."""

    text: str
    operator: str
    uses: tuple[str, ...]
    label: str


def is_exclusion(constraint: Constraint) -> bool:
    """Whether it is one."""
    return constraint.__visit_name__ == "exclude_constraint"


def exclusion(reading: Reading, constraint: Constraint, known: tuple[str, ...]) -> Exclusion:
    """What the models say of it; ``known`` are the columns of its table."""
    said = cast("_Declared", constraint)
    text = reading.plain(str(reading.ddl.process(constraint)))
    found = tuple(_entries(reading, text, known, said.ops.values()))
    where = predicate(reading, said.where)
    uses = {n for entry in found for n in entry.uses}.union(names_in(where, known) if where else ())
    method = said.using.lower()
    return Exclusion(
        reading.name(constraint),
        tuple(entry.text for entry in found),
        tuple(entry.operator for entry in found),
        tuple(sorted(uses)),
        where,
        None if method == reading.models.ordinary_index else method,
        reading.deferrable(said),
    )


def labels(reading: Reading, constraint: Constraint, known: tuple[str, ...]) -> tuple[str, ...]:
    """What the server names it after: columns, functions, and ``expr`` for other expressions."""
    text = reading.plain(str(reading.ddl.process(constraint)))
    said = cast("_Declared", constraint)
    taken: list[str] = []
    for entry in _entries(reading, text, known, said.ops.values()):
        names = (f"{entry.label}{number or ''}" for number in count())
        taken.append(next(name for name in names if name not in taken))
    return tuple(taken)


def _entries(
    reading: Reading, text: str, known: tuple[str, ...], classes: Container[str]
) -> Iterator[_Entry]:
    """``EXCLUDE USING method (entry WITH operator, ...)``, entry by entry."""
    parts = tokens(text)
    using = next(i for i, part in enumerate(parts) if part.says("EXCLUDE"))
    opening = next(i for i in range(using, len(parts)) if parts[i].text == "(")
    for element in split(parts[opening + 1 : closing(parts, opening)]):
        last = max(i for i, part in enumerate(element) if part.says("WITH"))
        operator = text[element[last + 1].start : element[-1].end]
        yield _entry(reading, text, element[:last], operator, known=known, classes=classes)


def _entry(
    reading: Reading,
    text: str,
    parts: Run[Token],
    operator: str,
    *,
    known: tuple[str, ...],
    classes: Container[str],
) -> _Entry:
    ends = ""
    if len(parts) > 1 and parts[-1].text in classes:
        ends = f" {parts[-1].text}"
        parts = parts[:-1]
    written = text[parts[0].start : parts[-1].end]
    column = column_of(written, known)
    if column is not None:
        return _Entry(column + ends, operator, (column,), column)
    entry = reading.reader.expression(written)
    call = len(parts) > 2 and parts[1].text == "(" and closing(parts, 1) == len(parts) - 1
    label = parts[0].name.lower() if call else "expr"
    return _Entry(entry + ends, operator, names_in(entry, known), label)
