"""How rows are told that are marked deleted, where a column may hold anything.

A time is the text that SQLAlchemy writes, ``2026-01-31 23:59:59.000000``, which sorts as the time
does. A number there sorts before any text: it is taken for no time, not for an old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from falsework.engines.sqlite.text import literal, quote
from falsework.engines.sqlite.types import Affinity, affinity
from falsework.model.schema import Column

_TIMES = frozenset({"datetime", "timestamp", "date"})


class SQLiteMarks:
    """See ``model.engine.Marks``."""

    clock = "SELECT strftime('%Y-%m-%dT%H:%M:%f000', 'now')"

    def set(self, column: Column) -> str | None:
        kind = affinity(column.type)
        if column.type.name in _TIMES or kind is Affinity.BLOB:
            return None
        return f"{quote(column.name)} <> " + ("''" if kind is Affinity.TEXT else "0")

    def among(self, column: Column, values: Sequence[str | int]) -> str:
        listed = ", ".join(literal(v) if isinstance(v, str) else str(v) for v in values)
        return f"{quote(column.name)} IN ({listed})"

    def dated(self, column: Column) -> str | None:
        if column.type.name not in _TIMES:
            return None
        name = quote(column.name)
        return f"{name} <> '' AND typeof({name}) = 'text'"

    def until(self, column: Column, moment: datetime, *, local: bool) -> str | None:
        dated = self.dated(column)
        if dated is None:
            return None
        day = column.type.name == "date"
        sign, whole = ("<", "%Y-%m-%d") if day else ("<=", "%Y-%m-%d %H:%M:%S")
        edge = literal(moment.strftime(whole))
        if local:
            text = literal(moment.isoformat(" ", "seconds"))
            edge = f"strftime({literal(whole)}, {text}, 'localtime')"
        if not day:  # no zone differs by parts of a second
            edge += f" || {literal(f'.{moment.microsecond:06}')}"
        return f"{dated} AND {quote(column.name)} {sign} {edge}"


MARKS = SQLiteMarks()
