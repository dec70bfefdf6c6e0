"""The rows that an upgrade must leave: from A's rows, what both releases wrote, and B's models.

Nothing here knows how falsework works; what it reads are the declarations that a person wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import MetaData

from falsework.model.plan import Release
from tests.generator.cells import COMPUTED, FRESH_UUID, Either, either, fits, known
from tests.generator.declarations import AnyColumn, Declarations
from tests.generator.world import Followed, World
from tests.generator.writes import Log, Row, Rows, Stage

Expected = Mapping[str, Sequence[Row]]


def predict(a: MetaData, b: MetaData, rows: Rows, log: Log = ()) -> Expected:
    """For each table of B its rows after contract; a value may be one of ``cells``' kinds."""
    said = Declarations(a, b)
    world = World(said, rows)
    world.follow(log)
    return {
        table.name: tuple(_final(said, table.name, row) for row in world.tables[table.name])
        for table in sorted(b.tables.values(), key=lambda t: t.name)
    }


def visible(a: MetaData, b: MetaData, rows: Rows, log: Log, release: Release) -> Expected:
    """For each table of the release its rows at this moment: some may be filled, others not yet."""
    said = Declarations(a, b)
    world = World(said, rows)
    world.follow(log)
    models = a if release is Release.A else b
    return {
        table.name: tuple(
            {c.name: _now(said, table.name, c.name, row) for c in table.columns}
            for row in world.tables[table.name]
        )
        for table in models.sorted_tables
    }


def _now(said: Declarations, table: str, name: str, row: Followed) -> object:
    cell, column = row.cells.get(name), said.column(said.b, table, name)
    if any((c := said.column(m, table, name)) is not None and c.computed for m in (said.a, said.b)):
        return COMPUTED
    options = cell.options if isinstance(cell, Either) else (cell,)
    if None not in options or column is None:
        return cell
    return either((*options, *_filled(said, table, column, row)))


def _final(said: Declarations, table: str, row: Followed) -> Row:
    models = said.table(said.b, table)
    columns = () if models is None else models.columns
    return {c.name: _cell(said, table, c, row) for c in columns}


def _cell(said: Declarations, table: str, column: AnyColumn, row: Followed) -> object:
    if column.computed is not None:
        return COMPUTED
    cell = row.cells.get(column.name)
    options = cell.options if isinstance(cell, Either) else (cell,)
    if None not in options:
        return cell
    others = [o for o in options if o is not None]
    return either((*others, *_filled(said, table, column, row)))


def _filled(said: Declarations, table: str, column: AnyColumn, row: Followed) -> Iterator[object]:
    """What may become of NULL: a fill gives a value from any state the row had meanwhile."""
    new = said.column(said.a, table, column.name) is None
    written = row.since[column.name]
    if column.nullable and not (new and column.server_default is None):
        yield None  # such a column is not filled
        return
    if column.nullable and written > Stage.MIGRATING:
        yield None  # too late
        return
    if column.nullable and written is Stage.MIGRATING:
        yield None
    since = max(written, Stage.MIGRATING)
    last = [state for stage, state in row.states if stage < since][-1:]
    for state in (*last, *(state for stage, state in row.states if stage >= since)):
        if state.get(column.name) is None:
            yield said.fill(column, state)


def unexpected(expected: Expected, found: Rows, models: MetaData) -> list[str]:
    """How the rows found differ from those expected, a line each; [] when they do not."""
    return [
        f"{table.name}: {what}"
        for table in models.sorted_tables
        for what in _table(
            expected[table.name],
            found[table.name],
            tuple(c.name for c in table.primary_key.columns),
        )
    ]


def _table(expected: Sequence[Row], found: Sequence[Row], key: tuple[str, ...]) -> Iterator[str]:
    left, new = list(found), Counter[tuple[str, str]]()
    for row in expected:
        same_key = [r for r in left if all(fits(row[n], r[n]) for n in key)]
        twin = next((r for r in same_key if _fits(row, r)), None)
        if twin is not None:
            left.remove(twin)
            new.update((n, str(twin[n])) for n, cell in row.items() if cell == FRESH_UUID)
        elif key and same_key:
            wrong = {n: (row[n], same_key[0][n]) for n in row if not fits(row[n], same_key[0][n])}
            left.remove(same_key[0])
            yield f"{ {n: row[n] for n in key} } expected and found: {wrong}"
        else:
            yield f"lost: {dict(row)}"
    yield from (f"not expected: {dict(row)}" for row in left)
    every = Counter((n, str(row[n])) for row in found for n in {name for name, _ in new})
    yield from (f"{n}: {v} is no new UUID: it occurs twice" for n, v in new if every[n, v] > 1)


def _fits(row: Row, found: Row) -> bool:
    return all(fits(cell, found[n]) for n, cell in row.items())


def certain(expected: Expected) -> bool:
    """Whether every value is known for sure, or is a new one."""
    return all(
        known(cell) or cell == FRESH_UUID
        for rows in expected.values()
        for row in rows
        for cell in row.values()
    )
