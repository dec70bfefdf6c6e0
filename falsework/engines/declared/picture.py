"""MetaData to Declared: the schema that ``create_all`` would make, and what the models intend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Dialect, MetaData, Table
from sqlalchemy.exc import SQLAlchemyError

from falsework.engines.base import Driver
from falsework.engines.declared.columns import Columns
from falsework.engines.declared.enumerations import alone, list_alone
from falsework.engines.declared.indexes import indexes
from falsework.engines.declared.intents import NOTHING, intent
from falsework.engines.declared.keys import Names, keys
from falsework.engines.declared.reading import Reading
from falsework.engines.declared.sequences import every, sequences
from falsework.errors import ConfigError
from falsework.model.intent import Declared
from falsework.model.schema import Schema, TableName
from falsework.model.schema import Sequence as Counter
from falsework.model.schema import Table as Picture


@dataclass(frozen=True)
class Written:
    """Models as ``CREATE TABLE`` has them, before a server adds anything or says it in its way."""

    reading: Reading
    tables: Mapping[Table, Picture]
    sequences: tuple[Counter, ...]

    def beside(self, live: Schema | None) -> Declared:
        """The models as they would be read after ``create_all``.

        ``live``  the schema as it is: it alone knows what the models leave unsaid, and the type
                  of a dropped column

        Raises ConfigError for names that the server refuses and declarations that cannot be meant.
        """
        reading = self.reading
        settled = {t: _settled(reading, p, live) for t, p in self.tables.items()}
        intents = ((p.name, intent(reading, t, p, live)) for t, p in settled.items())
        return Declared(
            Schema(
                tuple(sorted(settled.values(), key=lambda p: p.name)),
                enumerations=tuple(sorted(reading.enumerations.values(), key=lambda e: e.name)),
                sequences=self.sequences,
                domains=tuple(sorted(reading.domains.values(), key=lambda d: d.name)),
            ),
            tuple(sorted((n, i) for n, i in intents if i != NOTHING)),
            tuple(sorted(set(reading.unsupported))),
            tuple(sorted(reading.made_up)),
        )


def declared(
    metadata: MetaData | Sequence[MetaData],
    driver: Driver,
    dialect: Dialect,
    default_schema: str,
    *,
    live: Schema | None = None,
) -> Declared:
    """``written`` and ``beside`` at once."""
    return written(metadata, driver, dialect, default_schema).beside(live)


def written(
    metadata: MetaData | Sequence[MetaData],
    driver: Driver,
    dialect: Dialect,
    default_schema: str,
) -> Written:
    """The models as ``create_all`` through ``dialect`` would write them; asks no database.

    ``dialect``         the dialect of a live connection: it knows the server's version
    ``default_schema``  the schema of tables that name none

    Raises ConfigError for models that no database could be made of.
    """
    reading = Reading(driver, dialect, default_schema)
    names, columns = Names(reading), Columns(reading)
    tables: dict[TableName, Table] = {}
    models = (metadata,) if isinstance(metadata, MetaData) else metadata
    for one in models:
        for table in one.tables.values():
            _add(reading, tables, table)
    pictures = {t: _picture(reading, names, columns, t) for t in tables.values()}
    for one in models:
        list_alone(reading, one)
    return Written(reading, pictures, _sequences(reading, models))


def schemas_of(models: Sequence[MetaData]) -> frozenset[str]:
    """The schemas that the models name, of whatever is in them."""
    said: set[str | None] = set()
    for metadata in models:
        said |= {table.schema for table in metadata.tables.values()}
        said |= {sequence.schema for sequence in every(metadata)}
        said |= {listing.schema for listing in alone(metadata)}
    return frozenset(str(schema) for schema in said if schema)


def _settled(reading: Reading, picture: Picture, live: Schema | None) -> Picture:
    was = live.table(picture.name) if live else None
    return reading.models.settled(picture, was, reading.dialect).sorted()


def _sequences(reading: Reading, models: Sequence[MetaData]) -> tuple[Counter, ...]:
    """Those of all MetaData; of two of one name the first is made."""
    found: dict[TableName, Counter] = {}
    for metadata in models:
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


def _picture(reading: Reading, names: Names, columns: Columns, table: Table) -> Picture:
    name = reading.table_name(table)
    try:
        specified = columns.written(table)
        words = [w.kind.spec.words for w in specified]
        _note(reading, table, name)
        options = reading.models.options(reading.suffix(table), words)
        inline = any("PRIMARY" in said for said in words)
        found = keys(reading, names, table, inline_key=inline)
        return Picture(
            name,
            columns.pictures(table, specified, options),
            found.primary_key,
            found.uniques,
            found.foreign_keys,
            found.checks,
            indexes(reading, table),
            options=options,
            exclusions=found.exclusions,
            comment=reading.comment(_comment(reading, table)),
        )
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
