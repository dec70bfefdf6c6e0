"""A database and the models beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from sqlalchemy import Connection, MetaData

from falsework.engines.connect import Target
from falsework.engines.declared import written
from falsework.engines.meanwhile import meanwhile
from falsework.model.intent import Declared
from falsework.model.schema import Schema, TableName


class Seen(NamedTuple):
    """A database and the models beside it, at one moment.

    ``rows``   of the tables that are not what the models want, and of those tied to them
    ``sizes``  bytes of these with their indexes, where they are known
    """

    live: Schema
    declared: Declared
    rows: Mapping[TableName, int]
    sizes: Mapping[TableName, int]


def look(
    target: Target, connection: Connection, models: Sequence[MetaData], schemas: Sequence[str]
) -> Seen:
    """What is live in the schemas, and what the models say.

    A server of its own is read while the models are compiled. Raises ConfigError for the models.
    """
    driver = target.driver

    def read() -> Schema:
        return driver.read(connection, schemas)

    reading = meanwhile(connection, read) if driver.remote else nullcontext(read)
    with reading as found:
        said = written(models, driver, connection.dialect, target.schema)
        live = found()
    wanted = said.beside(live)
    touched = touched_by(live, wanted)
    return Seen(live, wanted, driver.rows(connection, touched), driver.sizes(connection, touched))


def touched_by(live: Schema, wanted: Declared) -> frozenset[TableName]:
    """The tables that a plan may be about: it asks nothing of the others."""
    unlike = {t.name for t in live.tables if t != wanted.schema.table(t.name)}
    unlike |= {e.name for e in live.enumerations if e != wanted.schema.enumeration(e.name)}
    return frozenset(n for n in live.neighbours(unlike) if live.table(n) is not None)
