"""How these servers tell rows that are marked deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from falsework.engines.innodb.names import literal, quoted
from falsework.engines.innodb.types import INTEGERS
from falsework.model.schema import Column

_NUMBERS = frozenset({*INTEGERS, "decimal", "float", "double", "bit"})
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})

# The year 0000 stands for no time at all in databases that grew up without strict mode.
_FIRST = {
    "datetime": "TIMESTAMP'1000-01-01 00:00:00'",
    "timestamp": "FROM_UNIXTIME(1)",
    "date": "DATE'1000-01-01'",
}


class InnoDBMarks:
    """See ``model.engine.Marks``."""

    clock = "SELECT DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%f')"

    def set(self, column: Column) -> str | None:
        if column.type.name in _NUMBERS:
            return f"{quoted(column.name)} <> 0"
        return f"{quoted(column.name)} <> ''" if column.type.name in _TEXTS else None

    def among(self, column: Column, values: Sequence[str | int]) -> str:
        listed = ", ".join(literal(v) if isinstance(v, str) else str(v) for v in values)
        return f"{quoted(column.name)} IN ({listed})"

    def dated(self, column: Column) -> str | None:
        first = _FIRST.get(column.type.name)
        return None if first is None else f"{quoted(column.name)} >= {first}"

    def until(self, column: Column, moment: datetime, *, local: bool) -> str | None:
        """TIMESTAMP is shown in the session's zone, and so is what FROM_UNIXTIME gives."""
        dated = self.dated(column)
        if dated is None:
            return None
        here = f"FROM_UNIXTIME({moment.replace(tzinfo=UTC).timestamp():.6f})"
        if column.type.name == "date":
            day = f"DATE({here})" if local else f"DATE'{moment.date().isoformat()}'"
            return f"{dated} AND {quoted(column.name)} < {day}"
        utc = f"TIMESTAMP'{moment.isoformat(' ', 'microseconds')}'"
        edge = here if local or column.type.name == "timestamp" else utc
        return f"{dated} AND {quoted(column.name)} <= {edge}"


MARKS = InnoDBMarks()
