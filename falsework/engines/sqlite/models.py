"""What becomes of SQLAlchemy's DDL in an SQLite file."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from sqlalchemy import Dialect

from falsework.engines.base import Unnamed
from falsework.engines.counting import Counters
from falsework.model.schema import SqlType, Table

_WITHOUT_ROWID = "WITHOUT ROWID"
_AUTOINCREMENT = "AUTOINCREMENT"

# RFC 9562, version 4: 122 random bits, and six that say so. Every randomblob() is drawn per row.
_VARIANT = "substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2)"
_PARTS = (
    "lower(hex(randomblob(4)))",
    "lower(hex(randomblob(2)))",
    "'4' || substr(lower(hex(randomblob(2))), 2)",
    _VARIANT,
    "lower(hex(randomblob(6)))",
)
_DASHES = " || '-' || ".join(_PARTS)
_BARE = " || ".join(_PARTS)
_TEXTS = frozenset({"char", "varchar", "nchar", "nvarchar", "character", "text", "clob"})


class SQLiteModels:
    """See ``engines.base.Models``."""

    ordinary_index = None
    merges_keys = False
    table_options = frozenset({"with_rowid", "strict", "autoincrement"})
    names_per_table: frozenset[Unnamed] = frozenset()
    inline_checks_have_names = True
    enums_are_objects = False
    counters: Counters | None = None

    def counts(
        self, type: str, *, sole_key: bool, options: Sequence[str], words: Container[str]
    ) -> bool:
        """A sole key of exactly this type is the row's number, whatever the model says of it.

        https://www.sqlite.org/lang_createtable.html#rowid
        """
        return sole_key and type.upper() == "INTEGER" and _WITHOUT_ROWID not in options

    def options(self, suffix: str, columns: Iterable[Container[str]]) -> tuple[str, ...]:
        written = [" ".join(o.split()).upper() for o in suffix.split(",") if o.strip()]
        if any(_AUTOINCREMENT in words for words in columns):
            written.append(_AUTOINCREMENT)
        return tuple(sorted(written))

    def constraint_name(
        self,
        kind: Unnamed,
        table: str,
        columns: Sequence[str],
        taken: Container[str],
    ) -> str | None:
        """SQLite keeps what was written, and makes up no names."""
        return None

    def collation(self, name: str) -> str | None:
        return None if name.upper() == "BINARY" else name.upper()

    def deferrable(self, text: str) -> str | None:
        """As written: the text is all there is."""
        return text

    def new_uuid(self, type: SqlType) -> str | None:
        """SQLAlchemy's Uuid is CHAR(32) here, without dashes; applications often take 36."""
        length = type.args[0] if type.args else None
        if type.name not in _TEXTS:
            return None
        if length is None or (isinstance(length, int) and length >= 36):
            return _DASHES
        return _BARE if isinstance(length, int) and length >= 32 else None

    def settled(self, table: Table, live: Table | None, dialect: Dialect) -> Table:
        return table
