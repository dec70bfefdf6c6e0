"""The edit of what is said of a table or column for people."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model.alter import alter, alter_column
from falsework.model.frozen import Tagged
from falsework.model.schema import Schema, TableName


class SetComment(Tagged, frozen=True, kw_only=True):
    """A table (``column`` None) or column gets a comment, or none."""

    table: TableName
    column: str | None = None
    comment: str | None = None

    def apply(self, schema: Schema) -> Schema:
        """The schema with the comment so."""
        if self.column is None:
            return alter(schema, self.table, lambda t: replace(t, comment=self.comment))
        return alter_column(
            schema, self.table, self.column, lambda c: replace(c, comment=self.comment)
        )
