"""How PostgreSQL tells rows that are marked deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from falsework.engines.postgresql.names import literal, quoted
from falsework.engines.postgresql.types import ARRAY, ZONED
from falsework.model.schema import Column

_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
_TEXTS = frozenset({"varchar", "text", "char", "bpchar"})
_TIMES = frozenset({"timestamp", "date"})


class PostgreSQLMarks:
    """See ``model.engine.Marks``."""

    clock = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"

    def set(self, column: Column) -> str | None:
        name = quoted(column.name)
        if ARRAY in column.type.flags:
            return None
        if column.type.name == "boolean":
            return name
        if column.type.name in _NUMBERS:
            return f"{name} <> 0"
        return f"{name} <> ''" if column.type.name in _TEXTS else None

    def among(self, column: Column, values: Sequence[str | int]) -> str:
        listed = ", ".join(literal(v) if isinstance(v, str) else str(v) for v in values)
        return f"{quoted(column.name)} IN ({listed})"

    def dated(self, column: Column) -> str | None:
        """Infinity stands for never."""
        if column.type.name not in _TIMES or ARRAY in column.type.flags:
            return None
        return f"{quoted(column.name)} < 'infinity'"

    def until(self, column: Column, moment: datetime, *, local: bool) -> str | None:
        if self.dated(column) is None:
            return None
        name, zoned = (
            quoted(column.name),
            f"TIMESTAMPTZ '{moment.isoformat(' ', 'microseconds')}+00'",
        )
        if column.type.name == "date":
            day = f"CAST({zoned} AS date)" if local else f"DATE '{moment.date().isoformat()}'"
            return f"{name} < {day}"
        if ZONED in column.type.flags:
            return f"{name} <= {zoned}"
        plain = (
            f"CAST({zoned} AS timestamp)"
            if local
            else f"TIMESTAMP '{moment.isoformat(' ', 'microseconds')}'"
        )
        return f"{name} <= {plain}"


MARKS = PostgreSQLMarks()
