"""Sequences: those that ``create_all`` makes, with or without a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import MetaData
from sqlalchemy import Sequence as Declared
from sqlalchemy.sql.schema import IdentityOptions

from falsework.engines.counting import Counters, Said
from falsework.engines.declared.reading import Reading
from falsework.model.schema import Sequence, TableName


def said_of(options: IdentityOptions) -> Said:
    """What the models say of how it counts."""
    return Said(
        start=options.start,
        increment=options.increment,
        minimum=None if options.nominvalue else options.minvalue,
        maximum=None if options.nomaxvalue else options.maxvalue,
        cycle=options.cycle,
        cache=options.cache,
    )


def made(reading: Reading, sequence: Declared) -> bool:
    """Whether ``create_all`` makes the sequence here."""
    optional = sequence.optional and reading.dialect.sequences_optional
    return reading.dialect.supports_sequences and not optional


def every(metadata: MetaData) -> Iterable[Declared]:
    """Every sequence of the models, made here or not."""
    return metadata._sequences.values()  # noqa: SLF001 - known nowhere else


def sequences(reading: Reading, metadata: MetaData) -> Iterator[Sequence]:
    """Every sequence of the models that is made here."""
    counters = reading.models.counters
    for one in every(metadata):
        if counters is not None and made(reading, one):
            yield _picture(reading, one, counters)


def _picture(reading: Reading, one: Declared, counters: Counters) -> Sequence:
    name = TableName(str(one.schema or reading.default_schema), str(one.name))
    type = counters.type
    if one.data_type is not None and len(counters.ranges) > 1:
        written = reading.dialect.type_compiler_instance.process(one.data_type)
        type = reading.reader.type(written).name
    return Sequence(name, counters.counting(said_of(one), type), type)
