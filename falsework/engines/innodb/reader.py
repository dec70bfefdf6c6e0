"""The normaliser that the catalog readers and the models share."""

from __future__ import annotations

from falsework.engines.innodb import compare, defaults, expressions, types
from falsework.model.schema import Default, SqlType


class Reader:
    """Text as models or the catalog spell it, to the one normal form."""

    def type(self, text: str) -> SqlType:
        """The type; BOOL is ``tinyint(1)``."""
        return types.parsed(text)

    def default(self, text: str, type: SqlType) -> Default | None:
        """The default of a column of that type; None for a plain NULL."""
        return defaults.normalized(text, type)

    def expression(self, text: str) -> str:
        """The normal form of a value or a condition."""
        return expressions.normalized(text)

    def equal(self, one: str, other: str) -> bool | None:
        """Whether two normal forms say the same; None: cannot be decided."""
        return compare.same(one, other)


READER = Reader()
