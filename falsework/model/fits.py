"""What an edit needs of the schema it is applied to: ValueError where it does not have it."""

from __future__ import annotations

from collections.abc import Iterable

from falsework.model.schema import ForeignKey, Rule, Schema, Table, TableName


def has_columns(table: Table, names: Iterable[str]) -> None:
    """The table has all these columns."""
    for name in names:
        if table.column(name) is None:
            raise ValueError(f"there is no column {table.name}.{name}")


def dependants(table: Table, column: str) -> tuple[Rule, ...]:
    """Everything on the table that uses the column, the primary key aside."""
    return (
        *(i for i in table.indexes if column in i.uses),
        *(u for u in table.uniques if column in (*u.columns, *u.include)),
        *(f for f in table.foreign_keys if column in f.columns),
        *(c for c in table.checks if column in c.uses),
        *(x for x in table.exclusions if column in x.uses),
    )


def has_no_constraint(table: Table, name: str | None) -> None:
    """The table has no constraint of this name yet."""
    taken = {
        *(u.name for u in table.uniques),
        *(f.name for f in table.foreign_keys),
        *(c.name for c in table.checks),
        *(x.name for x in table.exclusions),
    }
    if name is not None and name in taken:
        raise ValueError(f"{table.name} has a constraint {name} already")


def has_parent(schema: Schema, table: Table, key: ForeignKey) -> None:
    """The foreign key's columns are there, and what they refer to is there and unique."""
    has_columns(table, key.columns)
    parent = table if key.parent == table.name else schema.table(key.parent)
    if parent is None:
        raise ValueError(f"there is no table {key.parent}")
    has_columns(parent, key.parent_columns)
    if not _is_key(parent, key.parent_columns):
        listed = ", ".join(key.parent_columns)
        raise ValueError(f"nothing keeps ({listed}) unique in {key.parent}")


def keeps_keys(schema: Schema, before: Table, after: Table) -> None:
    """No foreign key refers to what stops to be unique."""
    for name in sorted(schema.children.get(before.name, frozenset[TableName]())):
        child = schema.table(name)
        for key in child.foreign_keys if child else ():
            columns = key.parent_columns
            lost = _is_key(before, columns) and not _is_key(after, columns)
            if key.parent == before.name and lost:
                raise ValueError(f"a foreign key of {name} refers to ({', '.join(columns)})")


def is_no_key(table: Table, column: str) -> None:
    """The column is not part of the primary key."""
    if table.primary_key is not None and column in table.primary_key.columns:
        raise ValueError(f"{table.name}.{column} is part of the primary key")


def _is_key(table: Table, columns: tuple[str, ...]) -> bool:
    return any(set(key) == set(columns) for key in table.keys)
