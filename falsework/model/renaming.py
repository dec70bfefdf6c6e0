"""The edit that gives an object another name and leaves it as it is."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model.alter import alter, without
from falsework.model.frozen import Tagged
from falsework.model.schema import Index, Schema, Table, TableName


class RenameIndex(Tagged, frozen=True, kw_only=True):
    """An index goes by another name."""

    table: TableName
    index: Index  # as it was
    name: str

    def apply(self, schema: Schema) -> Schema:
        """The schema with the index so named."""

        def rename(table: Table) -> Table:
            others = without(table.indexes, self.index, table.name)
            if any(i.name == self.name for i in others):
                raise ValueError(f"{self.table} has an index {self.name} already")
            return replace(table, indexes=(*others, replace(self.index, name=self.name)))

        return alter(schema, self.table, rename)
