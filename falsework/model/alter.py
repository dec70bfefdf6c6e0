"""A schema with one table, or one column of it, changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from falsework.model.schema import (
    CheckConstraint,
    Column,
    Exclusion,
    ForeignKey,
    Index,
    Schema,
    Table,
    TableName,
    UniqueConstraint,
)

Part = TypeVar("Part", Column, Index, UniqueConstraint, ForeignKey, CheckConstraint, Exclusion)


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


def without(parts: tuple[Part, ...], part: Part, where: TableName) -> tuple[Part, ...]:
    """The parts of a table but for that one; ValueError where it is none of them."""
    if part not in parts:
        raise ValueError(f"{where} has no {part}")
    return tuple(p for p in parts if p != part)
