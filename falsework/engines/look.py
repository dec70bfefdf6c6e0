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
    """A database and the models beside it, at one moment; ``rows`` are per table."""

    live: Schema
    declared: Declared
    rows: Mapping[TableName, int]


def look(
    target: Target, connection: Connection, models: Sequence[MetaData], schemas: Sequence[str]
) -> Seen:
    """What is live in the schemas, and what the models say.

    A server of its own is read while the models are compiled. Raises ConfigError for the models.
    """
    driver = target.driver

    def read() -> tuple[Schema, Mapping[TableName, int]]:
        return driver.read(connection, schemas), driver.rows(connection, schemas)

    reading = meanwhile(connection, read) if driver.remote else nullcontext(read)
    with reading as found:
        said = written(models, driver, connection.dialect, target.schema)
        live, rows = found()
    return Seen(live, said.beside(live), rows)
