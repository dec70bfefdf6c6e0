"""Upserts of MariaDB: on whichever unique key the row meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, TableClause, null
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine


class MariaDBDml:
    """See ``engines.dml.Dml``."""

    def upsert(
        self,
        table: TableClause,
        row: Mapping[str, Any],
        key: Sequence[str],
        update: Sequence[str],
    ) -> Executable:
        """No key is named; without columns to update the key stays.

        RETURNING is in 10.5 and later: https://mariadb.com/kb/en/insertreturning/
        """
        given = {name: row[name] for name in update}
        statement = insert(table).values(dict(row))
        whole = statement.on_duplicate_key_update(given or {key[0]: table.c[key[0]]})
        return whole.returning(*table.c)

    def null(self, type: TypeEngine[Any]) -> ColumnElement[Any]:
        """Of any type; a CAST does not know all of them."""
        return null()

    def settle(self, connection: Connection, tables: Sequence[TableClause]) -> None:
        """Nothing is deferred here."""

    def stale(self, error: DBAPIError) -> bool:
        """Never: the server prepares again by itself."""
        return False


DML = MariaDBDml()
