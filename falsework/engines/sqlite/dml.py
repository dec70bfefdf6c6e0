"""Upserts of SQLite, which has them as PostgreSQL does (https://www.sqlite.org/lang_upsert.html)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, TableClause, cast, null
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine


class SQLiteDml:
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
        """Cast, for the affinity of the column."""
        return cast(null(), type)

    def settle(self, connection: Connection, tables: Sequence[TableClause]) -> None:
        """Look for the orphans that a COMMIT would refuse: it cannot be asked without a commit."""
        quote = connection.dialect.identifier_preparer.quote
        for table in tables:
            check = f"PRAGMA foreign_key_check({quote(table.name)})"
            if connection.exec_driver_sql(check).first() is not None:
                failed = Exception("FOREIGN KEY constraint failed")
                raise IntegrityError(check, None, failed)

    def stale(self, error: DBAPIError) -> bool:
        """Never: SQLite prepares again by itself."""
        return False


DML = SQLiteDml()
