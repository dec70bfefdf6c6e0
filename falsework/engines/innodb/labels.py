"""ENUM and SET: types that list their values in the column itself."""

from __future__ import annotations

from falsework.engines.innodb.names import literal, quoted
from falsework.model.schema import SqlType

LISTING = frozenset({"enum", "set"})


class ListedLabels:
    """See ``model.engine.Labels``."""

    def of(self, type: SqlType) -> tuple[str, ...]:
        """The values; () for another type."""
        return tuple(map(str, type.args)) if type.name in LISTING else ()

    def held(self, column: str, type: SqlType, labels: tuple[str, ...]) -> str:
        """An ENUM holds one of its values, a SET any number of them."""
        if type.name == "enum":
            return f"{quoted(column)} IN ({', '.join(map(literal, labels))})"
        return " OR ".join(f"FIND_IN_SET({literal(one)}, {quoted(column)}) > 0" for one in labels)


LABELS = ListedLabels()
