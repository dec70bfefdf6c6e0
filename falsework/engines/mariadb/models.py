"""What becomes of SQLAlchemy's DDL on MariaDB."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import count

from sqlalchemy import Dialect

from falsework.engines.base import Unnamed
from falsework.engines.counting import Counters
from falsework.engines.innodb import models, uuid
from falsework.engines.mariadb.sequences import COUNTERS
from falsework.model.schema import SqlType, Table


class MariaDBModels:
    """See ``engines.base.Models``."""

    ordinary_index = "btree"
    merges_keys = False
    table_options = models.TABLE_OPTIONS
    names_per_table = frozenset({Unnamed.UNIQUE, Unnamed.CHECK})
    inline_checks_have_names = False
    enums_are_objects = False
    counters: Counters | None = COUNTERS

    def counts(
        self, type: str, *, sole_key: bool, options: Sequence[str], words: Container[str]
    ) -> bool:
        return "AUTO_INCREMENT" in words

    def options(self, suffix: str, columns: Iterable[Container[str]]) -> tuple[str, ...]:
        return models.options(suffix)

    def constraint_name(
        self, kind: Unnamed, table: str, columns: Sequence[str], taken: Container[str]
    ) -> str | None:
        if kind is Unnamed.CHECK:
            return next(n for i in count(1) if (n := f"CONSTRAINT_{i}") not in taken)
        return models.name_of(kind, table, columns, taken)

    def collation(self, name: str) -> str | None:
        return name.lower()

    def deferrable(self, text: str) -> str | None:
        """There is no such thing: every statement is checked as it runs."""
        return None if text.startswith(("NOT", "INITIALLY IMMEDIATE")) else text

    def new_uuid(self, type: SqlType) -> str | None:
        return uuid.new_uuid(type)

    def settled(self, table: Table, live: Table | None, dialect: Dialect) -> Table:
        # Seen on 10.11 and 11.8.
        return models.settled(table, live, dialect, descending_serves=True)
