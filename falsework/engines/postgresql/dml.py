"""Upserts of PostgreSQL, and its one error that running the statement again cures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, TableClause, cast, null
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine

_FEATURE_NOT_SUPPORTED = "0A000"  # the code it shares with others: only its text tells it


class PostgreSQLDml:
    """See ``engines.dml.Dml``."""

    def upsert(
        self,
        table: TableClause,
        row: Mapping[str, Any],
        key: Sequence[str],
        update: Sequence[str],
    ) -> Executable:
        statement = insert(table).values(dict(row))
        return statement.on_conflict_do_update(
            index_elements=[table.c[name] for name in key],
            set_={name: statement.excluded[name] for name in update},
        ).returning(*table.c)

    def null(self, type: TypeEngine[Any]) -> ColumnElement[Any]:
        """Cast, or it would be a text."""
        return cast(null(), type)

    def settle(self, connection: Connection, tables: Sequence[TableClause]) -> None:
        """For all tables: https://www.postgresql.org/docs/current/sql-set-constraints.html."""
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")

    def stale(self, error: DBAPIError) -> bool:
        """Whether a cached plan "must not change result type": the next try plans anew."""
        code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
        return code == _FEATURE_NOT_SUPPORTED and "cached plan" in str(error.orig)


DML = PostgreSQLDml()
