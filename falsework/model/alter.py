"""A schema with one table, or one column of it, changed."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from falsework.model.schema import Column, Schema, Table, TableName


def alter(schema: Schema, name: TableName, change: Callable[[Table], Table]) -> Schema:
    """The schema with that table changed; ValueError where there is none."""
    table = schema.table(name)
    if table is None:
        raise ValueError(f"there is no table {name}")
    return schema.with_table(change(table))


def alter_column(
    schema: Schema, name: TableName, column: str, change: Callable[[Column], Column]
) -> Schema:
    """The schema with that column changed; ValueError where there is none."""

    def altered(table: Table) -> Table:
        if table.column(column) is None:
            raise ValueError(f"there is no column {name}.{column}")
        return replace(
            table,
            columns=tuple(change(c) if c.name == column else c for c in table.columns),
        )

    return alter(schema, name, altered)
