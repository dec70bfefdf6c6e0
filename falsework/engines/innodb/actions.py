"""What follows ALTER TABLE for each edit, without the algorithm; and what must not be tried.

A MODIFY says the whole column: it is spelled from the live one with the one change.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from falsework.engines.innodb import defaults, expressions
from falsework.engines.innodb import definitions as d
from falsework.engines.innodb.models import leading
from falsework.engines.innodb.names import listed, qualified, quoted
from falsework.model import edits as e
from falsework.model.schema import Column, ForeignKey, Schema, Table, TableName

Altering = (
    e.AddColumn
    | e.DropColumn
    | e.SetNullable
    | e.SetDefault
    | e.SetType
    | e.AddIndex
    | e.DropIndex
    | e.AddUnique
    | e.DropUnique
    | e.AddForeignKey
    | e.DropForeignKey
    | e.AddCheck
)


def table_of(name: TableName, before: Schema) -> Table:
    """The table. Raises ValueError where it is not there, or of another storage engine."""
    table = before.table(name)
    if table is None:
        raise ValueError(f"there is no table {name}")
    for what in table.opaque:
        if what.startswith("engine "):
            raise ValueError(f"{name} has the storage {what}: only InnoDB changes while it is used")
    return table


def action(edit: Altering, before: Schema) -> str:
    """The action. Raises ValueError for what would do more, or less, than the edit says."""
    table = table_of(edit.table, before)
    match edit:
        case e.AddForeignKey(foreign_key=key):
            _must_fit(table, key, before)
            return f"ADD {d.foreign_key(key)}"
        case e.DropForeignKey(foreign_key=key):
            return f"DROP FOREIGN KEY {_name(key.name)}"
        case e.AddCheck(check=check):
            return f"ADD {d.check(check)}"
        case e.AddIndex() | e.DropIndex() | e.AddUnique() | e.DropUnique():
            return _key_action(edit, table, before)
    return _column_action(edit, table, before)


def _column_action(
    edit: e.AddColumn | e.DropColumn | e.SetNullable | e.SetDefault | e.SetType,
    table: Table,
    before: Schema,
) -> str:
    match edit:
        case e.AddColumn(column=column):
            _must_have_no_text_index(table)
            return f"ADD COLUMN {d.column(_given(column))}"
        case e.DropColumn(column=name):
            _must_have_no_text_index(table)
            _must_be_free(table, name)
            return f"DROP COLUMN {quoted(name)}"
        case e.SetDefault():
            return _set_default(edit, table)
        case e.SetNullable(column=name, nullable=nullable):
            return modify(table, replace(column_of(table, name), nullable=nullable))
        case e.SetType(column=name, type=type):
            _must_be_outside_keys(table, name, before)
            return modify(table, replace(column_of(table, name), type=type))


def _key_action(
    edit: e.AddIndex | e.DropIndex | e.AddUnique | e.DropUnique, table: Table, before: Schema
) -> str:
    match edit:
        case e.AddIndex(index=index):
            if not index.valid:
                raise ValueError(f"{index.name}: an index is never half built here")
            return f"ADD {d.index(index)}{_kept(table, d.whole_columns(index))}"
        case e.AddUnique(unique=unique):
            return f"ADD {d.unique(unique)}{_kept(table, unique.columns)}"
        case e.DropIndex(index=index):
            _must_not_be_needed(table, index.name, before)
            return f"DROP INDEX {quoted(index.name)}"
        case e.DropUnique(unique=unique):
            _must_not_be_needed(table, unique.name, before)
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


def column_of(table: Table, name: str) -> Column:
    """The column. Raises ValueError where it is not there."""
    column = table.column(name)
    if column is None:
        raise ValueError(f"there is no column {table.name}.{name}")
    return column


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


def _must_be_free(table: Table, name: str) -> None:
    """Nothing else may go with the column, or change its meaning."""
    if table.primary_key is not None and name in table.primary_key.columns:
        raise ValueError(f"{table.name}.{name} is part of the primary key")
    if held := e.dependants(table, name):
        raise ValueError(f"{table.name}.{name} is used by {held[0]}")
    for column in table.columns:
        text = column.generated
        node = expressions.understood(text) if text else None
        if node is not None and name in expressions.names(node):
            raise ValueError(f"{table.name}.{column.name} is computed from {name}")


def _must_have_no_text_index(table: Table) -> None:
    """Columns come and go under a lock for writers then (1846, measured on both servers)."""
    for index in table.indexes:
        if index.method == "fulltext":
            raise ValueError(
                f"{table.name} has the FULLTEXT index {index.name}: with it, columns come and go "
                "only while writers wait"
            )


def _must_be_outside_keys(table: Table, name: str, before: Schema) -> None:
    """Errors 1832, 1833 and 3780, with foreign_key_checks off as well."""
    for key in table.foreign_keys:
        if name in key.columns:
            raise ValueError(
                f"{table.name}.{name} is in the foreign key {key.name}: drop that first"
            )
    for child, key in _children(table, before):
        if name in key.parent_columns:
            raise ValueError(
                f"{table.name}.{name}: the foreign key {key.name} of {child.name} refers to it: "
                "drop that first"
            )


def _children(table: Table, before: Schema) -> Iterator[tuple[Table, ForeignKey]]:
    for name in sorted(before.children.get(table.name, ())):
        child = before.table(name)
        for key in child.foreign_keys if child else ():
            if child is not None and key.parent == table.name:
                yield child, key


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
    return "".join(
        f", RENAME INDEX {quoted(name)} TO {quoted(name)}" for name in dict.fromkeys(covered)
    )


def _must_not_be_needed(table: Table, name: str | None, before: Schema) -> None:
    """Error 1553: a foreign key, of this table or to it, looks rows up by this index alone."""
    left = replace(
        table,
        uniques=tuple(u for u in table.uniques if u.name != name),
        indexes=tuple(i for i in table.indexes if i.name != name),
    )
    keys = [*leading(left)]
    wanted = [(table, k, k.columns) for k in table.foreign_keys]
    wanted += [(child, k, k.parent_columns) for child, k in _children(table, before)]
    for whose, key, columns in wanted:
        if not any(there[: len(columns)] == columns for there in keys):
            raise ValueError(f"the foreign key {key.name} of {whose.name} needs the index {name}")


def _must_fit(table: Table, key: ForeignKey, before: Schema) -> None:
    """Everything that the server does not look at while foreign_key_checks is off."""
    where = f"the foreign key {key.name} of {table.name}"
    parent = before.table(key.parent)
    if parent is None:
        raise ValueError(f"{where}: there is no table {key.parent}")
    if not any(c[: len(key.columns)] == key.columns for c in leading(table)):
        raise ValueError(f"{where} needs an index that begins with {listed(key.columns)}")
    if not any(set(k) == set(key.parent_columns) for k in parent.keys):
        raise ValueError(f"{where}: nothing keeps {listed(key.parent_columns)} unique")
    if not any(c[: len(key.parent_columns)] == key.parent_columns for c in leading(parent)):
        raise ValueError(f"{where}: no index begins with {listed(key.parent_columns)}")
    for one, other in zip(key.columns, key.parent_columns, strict=True):
        child, target = column_of(table, one), column_of(parent, other)
        if not _alike(child, target):
            raise ValueError(f"{where}: {one} is {child.type}, {other} is {target.type}")


def _alike(child: Column, parent: Column) -> bool:
    """Types that a foreign key may tie together; texts may differ in length."""
    text = child.type.name in ("char", "varchar", "binary", "varbinary")
    return (
        child.type.name == parent.type.name
        and child.type.flags == parent.type.flags
        and (text or child.type.args == parent.type.args)
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
