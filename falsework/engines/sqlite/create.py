"""CREATE TABLE, CREATE INDEX and the parts of them, spelled from the model."""

from __future__ import annotations

from collections.abc import Iterator

from falsework.engines.sqlite.ddl import AUTOINCREMENT
from falsework.engines.sqlite.indexes import direction
from falsework.engines.sqlite.text import quote, readable
from falsework.engines.sqlite.types import is_literal, spell_type
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
)


def create_table(table: Table, name: str) -> str:
    """The CREATE TABLE statement for the table, under ``name``; without indexes and triggers."""
    inline = table.primary_key is not None and AUTOINCREMENT in table.options
    parts = [
        column(c) + (_counting_key(table) if _keyed(table, c, inline) else "")
        for c in table.columns
    ]
    parts += constraints(table, key=not inline)
    options = [o for o in table.options if o != AUTOINCREMENT]
    ending = " " + ", ".join(options) if options else ""
    return f"CREATE TABLE {quote(name)} (\n  " + ",\n  ".join(parts) + f"\n){ending}"


def _keyed(table: Table, column: Column, inline: bool) -> bool:
    return inline and table.primary_key is not None and column.name in table.primary_key.columns


def _counting_key(table: Table) -> str:
    """AUTOINCREMENT is possible behind the column alone, not behind a list of columns."""
    name = table.primary_key.name if table.primary_key else None
    return f"{constraint_name(name)} PRIMARY KEY {AUTOINCREMENT}"


def column(column: Column) -> str:
    """The column as in CREATE TABLE and ADD COLUMN."""
    parts = [quote(column.name), spell_type(column.type)]
    if column.collation is not None:
        parts.append(f"COLLATE {quote(column.collation)}")
    if column.default is not None:
        parts.append(default(column.default))
    if not column.nullable:
        parts.append("NOT NULL")
    if column.generated is not None:
        kind = "STORED" if column.stored else "VIRTUAL"
        parts.append(f"GENERATED ALWAYS AS ({column.generated}) {kind}")
    return " ".join(p for p in parts if p)


def default(default: Default) -> str:
    """The DEFAULT clause; only a literal may stand in it without parentheses."""
    text = default.text if is_literal(default.text) else f"({default.text})"
    return f"DEFAULT {text}"


def constraints(table: Table, *, key: bool) -> Iterator[str]:
    """The table constraints; the foreign keys in the order of the model."""
    if key and table.primary_key is not None:
        start = constraint_name(table.primary_key.name).lstrip()
        yield f"{start} PRIMARY KEY ({names(table.primary_key.columns)})".lstrip()
    for unique in table.uniques:
        yield unique_constraint(unique)
    for reference in table.foreign_keys:
        yield foreign_key(reference)
    for check in table.checks:
        yield check_constraint(check)


def constraint_name(name: str | None) -> str:
    """The beginning of a constraint that has a name, with a space before it."""
    return "" if name is None else f" CONSTRAINT {readable(name)}"


def unique_constraint(unique: UniqueConstraint) -> str:
    """The table constraint."""
    return f"{constraint_name(unique.name)} UNIQUE ({names(unique.columns)})".lstrip()


def check_constraint(check: CheckConstraint) -> str:
    """The table constraint, as well what ADD takes in ALTER TABLE."""
    return f"{constraint_name(check.name)} CHECK ({check.text})".lstrip()


def foreign_key(key: ForeignKey) -> str:
    """The table constraint. No parent columns: the parent's primary key, whatever it will be."""
    text = f"{constraint_name(key.name)} FOREIGN KEY ({names(key.columns)})".lstrip()
    text += f" REFERENCES {quote(key.parent.name)}"
    if key.parent_columns:
        text += f" ({names(key.parent_columns)})"
    if key.on_delete is not Action.NO_ACTION:
        text += f" ON DELETE {key.on_delete}"
    if key.on_update is not Action.NO_ACTION:
        text += f" ON UPDATE {key.on_update}"
    return text + (f" {key.deferrable}" if key.deferrable else "")


def create_index(table: Table, index: Index) -> str:
    """The CREATE INDEX statement."""
    unique = "UNIQUE " if index.unique else ""
    where = f" WHERE {index.where}" if index.where is not None else ""
    entries = ", ".join(_entry(e, table.column_names) for e in index.columns)
    return (
        f"CREATE {unique}INDEX {quote(index.name)} ON {quote(table.name.name)} ({entries}){where}"
    )


def _entry(text: str, columns: tuple[str, ...]) -> str:
    text, down = direction(text, columns)
    return (quote(text) if text in columns else text) + down


def names(columns: tuple[str, ...]) -> str:
    """A list of columns."""
    return ", ".join(map(quote, columns))
