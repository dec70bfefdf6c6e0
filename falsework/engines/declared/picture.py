"""MetaData to Declared: the schema that ``create_all`` would make, and what the models intend."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Dialect, MetaData, Table
from sqlalchemy.exc import SQLAlchemyError

from falsework.engines.base import Driver
from falsework.engines.declared.columns import Columns
from falsework.engines.declared.indexes import indexes
from falsework.engines.declared.intents import intent
from falsework.engines.declared.keys import Names, keys
from falsework.engines.declared.reading import Reading
from falsework.engines.declared.sequences import sequences
from falsework.errors import ConfigError
from falsework.model.intent import Declared, TableIntent
from falsework.model.schema import Schema, TableName
from falsework.model.schema import Sequence as Counter
from falsework.model.schema import Table as Picture


def declared(
    metadata: MetaData | Sequence[MetaData],
    driver: Driver,
    dialect: Dialect,
    default_schema: str,
    *,
    live: Schema | None = None,
) -> Declared:
    """The models as ``driver`` would read them after ``create_all`` through ``dialect``.

    ``dialect``         the dialect of a live connection: it knows the server's version
    ``default_schema``  the schema of tables that name none
    ``live``            the schema as it is, which alone knows the type of a dropped column

    Raises ConfigError for models that no database could be made of, and for declarations that
    cannot be meant.
    """
    reading = Reading(driver, dialect, default_schema)
    names, columns = Names(reading), Columns(reading)
    tables: dict[TableName, Table] = {}
    every = (metadata,) if isinstance(metadata, MetaData) else metadata
    for one in every:
        for table in one.tables.values():
            _add(reading, tables, table)
    pictures = [_picture(reading, names, columns, table, live) for table in tables.values()]
    intents = [
        (p.name, intent(reading, t, p, live))
        for p, t in zip(pictures, tables.values(), strict=True)
    ]
    return Declared(
        Schema(
            tuple(sorted(pictures, key=lambda p: p.name)),
            enumerations=tuple(sorted(reading.enumerations.values(), key=lambda e: e.name)),
            sequences=_sequences(reading, every),
        ),
        tuple(sorted((n, i) for n, i in intents if i != TableIntent())),
        tuple(sorted(set(reading.unsupported))),
        tuple(sorted(reading.made_up)),
    )


def _sequences(reading: Reading, every: Sequence[MetaData]) -> tuple[Counter, ...]:
    """Those of all MetaData; of two of one name the first is made."""
    found: dict[TableName, Counter] = {}
    for metadata in every:
        for one in sequences(reading, metadata):
            found.setdefault(one.name, one)
    return tuple(sorted(found.values(), key=lambda s: s.name))


def _add(reading: Reading, tables: dict[TableName, Table], table: Table) -> None:
    name = reading.table_name(table)
    if getattr(table, "is_view", False):
        reading.leave_out("view", name)
        return
    if name in tables:
        raise ConfigError(
            f"table {name} is declared twice",
            why="two of the MetaData have it, or one has it with and without its schema",
            do="keep one of them",
        )
    tables[name] = table


def _picture(
    reading: Reading, names: Names, columns: Columns, table: Table, live: Schema | None
) -> Picture:
    name = reading.table_name(table)
    try:
        written = columns.written(table)
        words = [w.kind.spec.words for w in written]
        _note(reading, table, name)
        options = reading.models.options(reading.suffix(table), words)
        inline = any("PRIMARY" in said for said in words)
        found = keys(reading, names, table, inline_key=inline)
        picture = Picture(
            name,
            columns.pictures(table, written, options),
            found.primary_key,
            found.uniques,
            found.foreign_keys,
            found.checks,
            indexes(reading, table),
            options=options,
            comment=reading.comment(_comment(reading, table)),
        )
        was = live.table(name) if live else None
        return reading.models.settled(picture, was, reading.dialect).sorted()
    except SQLAlchemyError as error:
        raise ConfigError(
            f"table {name}: {' '.join(str(error).split())}",
            why="SQLAlchemy itself cannot create it on this database",
            do="mend the model until metadata.create_all() works here",
        ) from None


def _comment(reading: Reading, table: Table) -> str | None:
    """What the table says of itself, else what the dialect's option says."""
    said = (str(v) for option, v in reading.options(table) if option.upper() == "COMMENT")
    return next(said, None) if table.comment is None else table.comment


def _note(reading: Reading, table: Table, name: TableName) -> None:
    """Name what is declared on the table and not managed."""
    for prefix in table._prefixes:  # noqa: SLF001 - CREATE TABLE writes them so
        reading.leave_out(f"{prefix} of table", name)
    for option, _ in reading.options(table):
        if option not in reading.models.table_options:
            reading.leave_out(f"option {option} of table", name)
