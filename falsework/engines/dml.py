"""What applications say to a server and SQLAlchemy leaves to each dialect: upserts, above all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, TableClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine

from falsework.engines.base import Driver
from falsework.engines.drivers import KNOWN


class Dml(Protocol):
    """One engine's spelling of an application's statements. Its package's ``dml.DML``."""

    def upsert(
        self,
        table: TableClause,
        row: Mapping[str, Any],
        key: Sequence[str],
        update: Sequence[str],
    ) -> Executable:
        """Insert ``row``, or give its values of ``update`` to the row of the same ``key``.

        It returns all columns of ``table`` where the engine has RETURNING.
        """
        ...

    def null(self, type: TypeEngine[Any]) -> ColumnElement[Any]:
        """NULL as a column of that type in a SELECT, fit to be compared as one."""
        ...

    def settle(self, connection: Connection, tables: Sequence[TableClause]) -> None:
        """Check now what is deferred to the commit, for rows of these tables; raises DBAPIError."""
        ...

    def stale(self, error: DBAPIError) -> bool:
        """Whether the error only says that a prepared statement is older than the schema."""
        ...


def dml_of(driver: Driver) -> Dml:
    """The spelling for the driver's engine."""
    package = next(known.package for known in KNOWN if known.name == driver.engine.name)
    found: Dml = import_module(f"{package}.dml").DML
    return found
