"""What becomes of SQLAlchemy's DDL on PostgreSQL."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import count

from msgspec.structs import replace
from sqlalchemy import Dialect

from falsework.engines.base import Unnamed
from falsework.engines.counting import Counters
from falsework.engines.postgresql.names import LIMIT
from falsework.engines.postgresql.types import COUNTERS
from falsework.model.schema import SqlType, Table

_SERIAL = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL"})
_LABELS = {
    Unnamed.PRIMARY_KEY: "pkey",
    Unnamed.UNIQUE: "key",
    Unnamed.FOREIGN_KEY: "fkey",
    Unnamed.CHECK: "check",
    Unnamed.EXCLUSION: "excl",
}
# Built in since 13; before, the extension pgcrypto has it.
_UUID = "gen_random_uuid()"
_TEXTS = frozenset({"varchar", "char", "text"})


class PostgreSQLModels:
    """See ``engines.base.Models``."""

    ordinary_index = "btree"
    merges_keys = True
    table_options: frozenset[str] = frozenset()
    names_per_table: frozenset[Unnamed] = frozenset()
    inline_checks_have_names = True
    enums_are_objects = True
    counters: Counters | None = COUNTERS

    def counts(
        self, type: str, *, sole_key: bool, options: Sequence[str], words: Container[str]
    ) -> bool:
        return type.upper() in _SERIAL

    def options(self, suffix: str, columns: Iterable[Container[str]]) -> tuple[str, ...]:
        return ()

    def constraint_name(
        self, kind: Unnamed, table: str, columns: Sequence[str], taken: Container[str]
    ) -> str:
        """As ChooseConstraintName and ChooseIndexName do (src/backend/commands/indexcmds.c)."""
        label = _LABELS[kind]
        for number in count():
            name = _object_name(table, _columns(kind, columns), f"{label}{number or ''}")
            if name not in taken:
                return name
        raise AssertionError

    def collation(self, name: str) -> str | None:
        return None if name == "default" else name

    def deferrable(self, text: str) -> str | None:
        """The catalog has two flags: IMMEDIATE and NOT DEFERRABLE need no mention."""
        if "DEFERRED" in text.split():
            return "DEFERRABLE INITIALLY DEFERRED"
        return None if text.startswith(("NOT", "INITIALLY")) else "DEFERRABLE"

    def new_uuid(self, type: SqlType) -> str | None:
        """The cast to text spells it with dashes."""
        if type == SqlType("uuid"):
            return _UUID
        length = type.args[0] if type.args else None
        if type.name not in _TEXTS or type.flags:
            return None
        if length is None or (isinstance(length, int) and length >= 36):
            return f"{_UUID}::text"
        bare = isinstance(length, int) and length >= 32
        return f"replace({_UUID}::text, '-', '')" if bare else None

    def settled(self, table: Table, live: Table | None, dialect: Dialect) -> Table:
        """How an index is kept stays as it is, where the models do not say it."""
        kept = {i.name: i.storage for i in live.indexes if i.storage} if live else {}
        if not kept:
            return table
        indexes = (replace(i, storage=i.storage or kept.get(i.name, ())) for i in table.indexes)
        return replace(table, indexes=tuple(indexes))


def _columns(kind: Unnamed, columns: Sequence[str]) -> str:
    """What of the columns goes into the name: a check is named after its only column."""
    if kind is Unnamed.PRIMARY_KEY or (kind is Unnamed.CHECK and len(columns) != 1):
        return ""
    return "_".join(columns)


def _object_name(table: str, columns: str, label: str) -> str:
    """As makeObjectName: the longer of the two names is cut until all fit; bytes count."""
    first, second = table.encode(), columns.encode()
    room = LIMIT - len(label) - 1 - (1 if columns else 0)
    one, two = len(first), len(second)
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = (_clip(first, one), *((_clip(second, two),) if columns else ()), label)
    return "_".join(parts)


def _clip(name: bytes, length: int) -> str:
    """At most so many bytes of the name, and no half character."""
    return name[:length].decode(errors="ignore")
