"""The normaliser that the catalog reader and the models share."""

from __future__ import annotations

from falsework.engines.postgresql import compare, defaults, expressions, types
from falsework.engines.postgresql.rules import Types
from falsework.model.schema import Default, SqlType


class Reader:
    """Text as models or the catalog spell it, to the one normal form."""

    def type(self, text: str) -> SqlType:
        """The type; SERIAL and its kin are integers that count by themselves."""
        return types.parsed(text)

    def default(self, text: str, type: SqlType) -> Default | None:
        """The default of a column of that type; None for a plain NULL."""
        return defaults.normalized(text, type)

    def expression(self, text: str, columns: Types | None = None) -> str:
        """The normal form. With the columns' types, casts that the server added go as well."""
        return expressions.normalized(text, columns)

    def equal(self, one: str, other: str) -> bool | None:
        """Whether two normal forms say the same; None: cannot be decided."""
        return compare.same(one, other)


READER = Reader()
