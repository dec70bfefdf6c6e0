"""The edits of exclusion constraints."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model.alter import alter, without
from falsework.model.fits import has_columns, has_no_constraint
from falsework.model.frozen import Tagged
from falsework.model.keys import Exclusion
from falsework.model.schema import Schema, Table, TableName


class AddExclusion(Tagged, frozen=True, kw_only=True):
    """A new exclusion constraint, and the index under it."""

    table: TableName
    exclusion: Exclusion

    def apply(self, schema: Schema) -> Schema:
        """The schema with the constraint."""

        def add(table: Table) -> Table:
            has_columns(table, self.exclusion.uses)
            has_no_constraint(table, self.exclusion.name)
            return replace(table, exclusions=(*table.exclusions, self.exclusion))

        return alter(schema, self.table, add)


class DropExclusion(Tagged, frozen=True, kw_only=True):
    """An exclusion constraint goes, and the index under it."""

    table: TableName
    exclusion: Exclusion

    def apply(self, schema: Schema) -> Schema:
        """The schema without the constraint."""
        return alter(
            schema,
            self.table,
            lambda t: replace(t, exclusions=without(t.exclusions, self.exclusion, t.name)),
        )


OfExclusion = AddExclusion | DropExclusion
"""What only an engine with exclusion constraints has."""
