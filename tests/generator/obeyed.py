"""Which of B's rules rows break: what a gate, or the server, must say no to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import MetaData, Table

from tests.generator.cells import known
from tests.generator.declarations import Declarations, checks_of, keys_of
from tests.generator.predictor import Expected
from tests.generator.writes import Row


def broken(models: MetaData, rows: Expected) -> list[str]:
    """The rules that some of the rows break, by name; [] when they obey all."""
    said = Declarations(models, models)
    return [
        f"{table.name}: {what}"
        for table in models.sorted_tables
        for what in _broken(said, table, rows)
    ]


def _broken(said: Declarations, table: Table, rows: Expected) -> Iterator[str]:
    ours = rows[table.name]
    for column in table.columns:
        if not column.nullable and any(row[column.name] is None for row in ours):
            yield f"NULL in {column.name}"
    for key in keys_of(table):
        given = [repr(k) for k in _known(ours, key)]
        if len(given) != len(set(given)):
            yield f"duplicates in {key}"
    for text in checks_of(table):
        if not all(said.evaluators[table.name].holds(text, row) for row in ours):
            yield f"check {text}"
    for link in said.links:
        if link.child == table.name:
            there = {repr(k) for k in _known(rows[link.parent], link.parent_columns)}
            if not {repr(k) for k in _known(ours, link.columns)} <= there:
                yield f"orphans in {link.columns}"


def _known(rows: Sequence[Row], names: tuple[str, ...]) -> Iterator[list[object]]:
    """The rows' values in the columns, where none of them is NULL or a new one."""
    for row in rows:
        values = [row[name] for name in names]
        if None not in values and all(map(known, values)):
            yield values
