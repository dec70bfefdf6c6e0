"""A whole database as a value: schema, every object by name, counters, every row in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, select

from falsework.engines.connect import Target
from falsework.model.schema import Schema, TableName
from tests.generator.writes import Rows

Values = tuple[object, ...]
Loose = frozenset[tuple[str, str]]  # table and column whose values are new ones in each run

HERE = "namespace = current_schema()::regnamespace"


def _catalog(schema: str, what: str) -> str:
    return f"SELECT DISTINCT {what} WHERE {schema} = DATABASE()"


FAMILY = (
    _catalog("table_schema", "table_type, table_name FROM information_schema.tables"),
    _catalog(
        "table_schema",
        "'index', table_name, index_name, non_unique FROM information_schema.statistics",
    ),
    _catalog(
        "table_schema",
        "constraint_type, table_name, constraint_name FROM information_schema.table_constraints",
    ),
    _catalog("routine_schema", "'routine', routine_name FROM information_schema.routines"),
    _catalog("trigger_schema", "'trigger', trigger_name FROM information_schema.triggers"),
    _catalog("event_schema", "'event', event_name FROM information_schema.events"),
    _catalog(
        "table_schema",
        "'counter', table_name, coalesce(auto_increment, 1) FROM information_schema.tables",
    ),
)
OBJECTS = {
    # What it counts is a day old otherwise.
    "mysql": ("SET SESSION information_schema_stats_expiry = 0", *FAMILY),
    "mariadb": FAMILY,
    "sqlite": (
        "SELECT type, name FROM sqlite_master",
        "SELECT name, seq FROM sqlite_sequence",
        "PRAGMA integrity_check",
        "PRAGMA foreign_key_check",
    ),
    "postgresql": (
        f"SELECT relkind::text, relname::text FROM pg_class WHERE rel{HERE}",
        f"SELECT 'rule', conname::text, convalidated FROM pg_constraint WHERE con{HERE}",
        f"SELECT 'routine', proname::text FROM pg_proc WHERE pro{HERE}",
        "SELECT 'trigger', tgname::text FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT 'invalid', indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
        "SELECT 'counter', sequencename::text, last_value FROM pg_sequences",
    ),
}


@dataclass(frozen=True, slots=True)
class Dump:
    """Everything but the journal. ``rows`` holds each table's columns and its sorted rows."""

    schema: Schema
    objects: tuple[str, ...]
    rows: Mapping[TableName, tuple[tuple[str, ...], tuple[Values, ...]]]


def dump(target: Target) -> Dump:
    """Read it all, in one transaction that cannot write."""
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        schema = target.driver.read(connection, [target.schema])
        return Dump(
            schema,
            tuple(sorted(_objects(connection, target.server.engine.name))),
            {
                t.name: (t.column_names, _rows(target, connection, t.name, t.column_names))
                for t in schema.tables
            },
        )


def _objects(connection: Connection, engine: str) -> Iterator[str]:
    for query in OBJECTS[engine]:
        if (
            "sqlite_sequence" in query
            and not connection.exec_driver_sql(
                "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
            ).first()
        ):
            continue
        found = connection.exec_driver_sql(query)
        for row in found if found.returns_rows else ():
            text = " ".join(map(str, row))
            if "falsework_" not in text:
                yield text


def _rows(
    target: Target, connection: Connection, table: TableName, columns: tuple[str, ...]
) -> tuple[Values, ...]:
    spelling = target.driver.engine.spelling
    listed = ", ".join(map(spelling.identifier, columns))
    found = connection.exec_driver_sql(
        f"SELECT {listed} FROM {spelling.table(table)}", execution_options={"no_parameters": True}
    )
    return tuple(sorted((tuple(row) for row in found), key=repr))


def read_rows(target: Target, models: MetaData) -> Rows:
    """The rows of the models' tables as Python has their values, on every engine the same."""
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in models.sorted_tables
        }


def different(whole: Dump, other: Dump, loose: Loose = frozenset()) -> list[str]:
    """How a database differs from the one of an uninterrupted run, a line each.

    Of a loose column's values only their kind is compared: the predictor knows more about them.
    """
    found: list[str] = []
    if whole.schema != other.schema:
        found.append(f"schema: {_parts(whole.schema, other.schema)}")
    if whole.objects != other.objects:
        lost, new = set(whole.objects) - set(other.objects), set(other.objects) - set(whole.objects)
        found.append(f"objects: missing {sorted(lost)}, left over {sorted(new)}")
    for table in whole.rows.keys() & other.rows.keys():
        found += [f"{table}: {line}" for line in _different(whole, other, table, loose)]
    return found


def _parts(one: Schema, other: Schema) -> str:
    theirs = {t.name: t for t in other.tables}
    return "; ".join(
        f"{t.name}: {t} and {theirs.get(t.name)}" for t in one.tables if theirs.get(t.name) != t
    )


def _different(whole: Dump, other: Dump, table: TableName, loose: Loose) -> Iterator[str]:
    columns, rows = whole.rows[table]
    columns_too, rows_too = other.rows[table]
    if columns != columns_too or len(rows) != len(rows_too):
        yield f"{len(rows)} rows of {columns}, and {len(rows_too)} rows of {columns_too}"
        return
    new = {n for n, column in enumerate(columns) if (table.name, column) in loose}
    for row, row_too in zip(_aligned(rows, new), _aligned(rows_too, new), strict=True):
        for number, (value, value_too) in enumerate(zip(row, row_too, strict=True)):
            if type(value) is not type(value_too) or (number not in new and value != value_too):
                yield f"{columns[number]} of {row}: {value!r} and {value_too!r}"


def _aligned(rows: Sequence[Values], new: set[int]) -> list[Values]:
    """In the order of everything that must be equal."""
    return sorted(rows, key=lambda row: repr([v for n, v in enumerate(row) if n not in new]))
