"""What follows ALTER TABLE for each edit, without the algorithm; and what must not be tried.

A MODIFY says the whole column: it is spelled from the live one with the one change.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from falsework.engines.innodb import defaults
from falsework.engines.innodb import definitions as d
from falsework.engines.innodb.names import qualified, quoted
from falsework.engines.innodb.refusals import (
    column_of,
    must_accept_null,
    must_be_free,
    must_be_new_foreign_key,
    must_be_new_key,
    must_be_outside_keys,
    must_be_short_enough,
    must_fit,
    must_have_charset,
    must_have_no_text_index,
    must_keep_charset,
    must_keep_moment,
    must_lead_a_key,
    must_not_be_indexed,
    must_not_be_needed,
    table_of,
)
from falsework.model import edits as e
from falsework.model.schema import Column, ForeignKey, Schema, Table, TableName

Property = e.SetExpression | e.SetCollation | e.SetRefresh | e.SetComment | e.SetCounter
Altering = (
    e.AddColumn
    | e.DropColumn
    | e.SetNullable
    | e.SetDefault
    | e.SetType
    | Property
    | e.AddIndex
    | e.DropIndex
    | e.AddUnique
    | e.DropUnique
    | e.AddForeignKey
    | e.DropForeignKey
    | e.AddCheck
    | e.RenameIndex
)


def action(edit: Altering, before: Schema) -> str:
    """The action. Raises ValueError for what would do more, or less, than the edit says."""
    table = table_of(edit.table, before)
    match edit:
        case e.AddForeignKey(foreign_key=key):
            must_be_new_foreign_key(table, key.name, before)
            must_fit(table, key, before)
            return f"ADD {d.foreign_key(key)}"
        case e.DropForeignKey(foreign_key=key):
            return f"DROP FOREIGN KEY {_name(key.name)}"
        case e.AddCheck(check=check):
            return f"ADD {d.check(check)}"
        case e.AddIndex() | e.DropIndex() | e.RenameIndex() | e.AddUnique() | e.DropUnique():
            return _key_action(edit, table, before)
    return _column_action(edit, table, before)


def _column_action(
    edit: e.AddColumn | e.DropColumn | e.SetNullable | e.SetDefault | e.SetType | Property,
    table: Table,
    before: Schema,
) -> str:
    match edit:
        case e.AddColumn(column=column):
            must_have_no_text_index(table)
            return f"ADD COLUMN {d.column(_given(column))}"
        case e.DropColumn(column=name):
            must_have_no_text_index(table)
            must_be_free(table, name)
            return f"DROP COLUMN {quoted(name)}"
        case e.SetDefault():
            return _set_default(edit, table)
        case (
            e.SetExpression() | e.SetCollation() | e.SetRefresh() | e.SetComment() | e.SetCounter()
        ):
            return _property_action(edit, table, before)
        case e.SetNullable(column=name, nullable=nullable):
            if not nullable:
                must_accept_null(table, name)
            return modify(table, replace(column_of(table, name), nullable=nullable))
        case e.SetType(column=name, type=type):
            must_be_outside_keys(table, name, before)
            must_keep_charset(column_of(table, name), type)
            must_keep_moment(column_of(table, name), type)
            return modify(table, replace(column_of(table, name), type=type))


def _property_action(edit: Property, table: Table, before: Schema) -> str:
    match edit:
        case e.SetComment(column=name, comment=text):
            if name is None:
                return d.table_comment(text)
            return modify(table, replace(column_of(table, name), comment=text))
        case e.SetCollation(column=name, collation=collation):
            must_be_outside_keys(table, name, before)
            column = replace(column_of(table, name), collation=collation)
            must_have_charset(column)
            return modify(table, column)
        case e.SetCounter(column=name, counts=counts):
            must_lead_a_key(table, name)
            return modify(table, replace(column_of(table, name), autoincrement=counts))
        case e.SetRefresh(table=where, column=name):
            return modify(table, column_of(table_of(where, edit.apply(before)), name))
        case e.SetExpression(column=name, expression=expression):
            must_not_be_indexed(table, name)
            return _compute(table, replace(column_of(table, name), generated=expression))


def _key_action(
    edit: e.AddIndex | e.DropIndex | e.RenameIndex | e.AddUnique | e.DropUnique,
    table: Table,
    before: Schema,
) -> str:
    match edit:
        case e.RenameIndex(index=index, name=name):
            must_be_new_key(table, name)
            return f"RENAME INDEX {quoted(index.name)} TO {quoted(name)}"
        case e.AddIndex(index=index):
            if not index.valid:
                raise ValueError(f"{index.name}: an index is never half built here")
            must_be_new_key(table, index.name)
            must_be_short_enough(table, index)
            return f"ADD {d.index(index)}{_kept(table, d.whole_columns(index))}"
        case e.AddUnique(unique=unique):
            must_be_new_key(table, unique.name)
            must_be_short_enough(table, unique)
            return f"ADD {d.unique(unique)}{_kept(table, unique.columns)}"
        case e.DropIndex(index=index):
            must_not_be_needed(table, index.name, before)
            return f"DROP INDEX {quoted(index.name)}"
        case e.DropUnique(unique=unique):
            must_not_be_needed(table, unique.name, before)
            return f"DROP INDEX {_name(unique.name)}"


def modify(table: Table, column: Column) -> str:
    """MODIFY of a column as it is to be."""
    unknown = [o for o in table.opaque if o.startswith(f"column {column.name}: ")]
    if unknown:
        raise ValueError(
            f"{table.name}: {unknown[0]} would be lost by MODIFY: falsework does not know it"
        )
    if column.default is not None and "?" in column.default.text:
        raise ValueError(
            f"{table.name}.{column.name}: its default holds a question mark, which is what the "
            "catalog shows for characters beyond the first plane: MODIFY might change it"
        )
    return f"MODIFY COLUMN {d.column(column)}{d.inline_checks(column.name, table)}"


def _compute(table: Table, column: Column) -> str:
    """What is not stored goes and comes back in its place: one of the servers copies to MODIFY it.

    Measured on 9.7, 10.11 and 11.8: in the catalog alone on all of them.
    """
    if column.stored:
        return modify(table, column)
    place = table.column_names.index(column.name)
    where = f"AFTER {quoted(table.column_names[place - 1])}" if place else "FIRST"
    return f"DROP COLUMN {quoted(column.name)}, ADD COLUMN {d.column(column)} {where}"


def _given(column: Column) -> Column:
    """Rows that are there would get a zero or a first label, which nobody declared."""
    if not column.optional:
        raise ValueError(f"{column.name} is NOT NULL and has no value for the rows that are there")
    return column


def _set_default(edit: e.SetDefault, table: Table) -> str:
    """A nullable column loses its default to NULL: without any, INSERTs must name it (1364)."""
    column = column_of(table, edit.column)
    what = f"ALTER COLUMN {quoted(edit.column)}"
    if edit.default is None:
        return f"{what} SET DEFAULT NULL" if column.nullable else f"{what} DROP DEFAULT"
    text = defaults.spelled(edit.default, column.type)
    if text.startswith(defaults.NOW):
        text = f"({text})"
    return f"{what} SET DEFAULT {text}"


def _name(name: str | None) -> str:
    """Everything is dropped by name."""
    if name is None:
        raise ValueError("a constraint without a name cannot be named")
    return quoted(name)


def _kept(table: Table, columns: tuple[str, ...]) -> str:
    """Words that keep the index which the server made for a foreign key.

    It would drop that one without a word when another index can do its work. An index that was
    renamed once, even to its own name, counts as somebody's own (measured on both servers).
    """
    covered = (
        index.name
        for key in table.foreign_keys
        for index in table.indexes
        if d.plain_columns(index) == key.columns and columns[: len(key.columns)] == key.columns
    )
    return _stay(covered)


def keeping(table: Table, key: ForeignKey) -> str:
    """The same for the index of a foreign key whose place another one takes: it gets a new one."""
    return _stay(i.name for i in table.indexes if d.plain_columns(i) == key.columns)


def _stay(names: Iterable[str]) -> str:
    return "".join(
        f", RENAME INDEX {quoted(name)} TO {quoted(name)}" for name in dict.fromkeys(names)
    )


def orphans(table: TableName, key: ForeignKey) -> str:
    """A query that finds a child without its parent, if there is one."""
    joined = " AND ".join(
        f"p.{quoted(p)} = c.{quoted(c)}"
        for c, p in zip(key.columns, key.parent_columns, strict=True)
    )
    given = " AND ".join(f"c.{quoted(c)} IS NOT NULL" for c in key.columns)
    return (
        f"SELECT 1 FROM {qualified(table)} AS c LEFT JOIN {qualified(key.parent)} AS p ON {joined} "
        f"WHERE {given} AND p.{quoted(key.parent_columns[0])} IS NULL LIMIT 1"
    )
