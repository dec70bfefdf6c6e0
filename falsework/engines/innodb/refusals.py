"""What is refused before it runs: the server would do it otherwise, or stop in mid-plan.

Each function returns where there is nothing to say, and raises ValueError with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from falsework.engines.expressions.tree import names
from falsework.engines.innodb import definitions as d
from falsework.engines.innodb import expressions
from falsework.engines.innodb.defaults import LONG
from falsework.engines.innodb.models import leading
from falsework.engines.innodb.names import listed
from falsework.engines.innodb.types import TEXTS, bytes_of, charset, charset_of
from falsework.model import edits as e
from falsework.model.schema import (
    Action,
    Column,
    ForeignKey,
    Index,
    Schema,
    SqlType,
    Table,
    TableName,
    UniqueConstraint,
)

KEY_BYTES = 3072  # of an index, and of each column in it (DYNAMIC rows, pages of 16 KB)


def table_of(name: TableName, before: Schema) -> Table:
    """The table. Raises ValueError where it is not there, or of another storage engine."""
    table = before.table(name)
    if table is None:
        raise ValueError(f"there is no table {name}")
    for what in table.opaque:
        if what.startswith("engine "):
            raise ValueError(f"{name} has the storage {what}: only InnoDB changes while it is used")
    return table


def column_of(table: Table, name: str) -> Column:
    """The column. Raises ValueError where it is not there."""
    column = table.column(name)
    if column is None:
        raise ValueError(f"there is no column {table.name}.{name}")
    return column


def must_be_free(table: Table, name: str) -> None:
    """Nothing else may go with the column, or change its meaning."""
    if table.primary_key is not None and name in table.primary_key.columns:
        raise ValueError(f"{table.name}.{name} is part of the primary key")
    if held := e.dependants(table, name):
        raise ValueError(f"{table.name}.{name} is used by {held[0]}")
    for column in table.columns:
        text = column.generated
        node = expressions.understood(text) if text else None
        if node is not None and name in names(node):
            raise ValueError(f"{table.name}.{column.name} is computed from {name}")


def must_lead_a_key(table: Table, name: str) -> None:
    """Error 1075: the greatest value is looked up by it, and a table has one counter."""
    if not any(columns[:1] == (name,) for columns in leading(table)):
        raise ValueError(f"{table.name}.{name} leads no key: it cannot count")
    for column in table.columns:
        if column.autoincrement and column.name != name:
            raise ValueError(f"{table.name}.{column.name} counts: a table has one counter")


def must_not_be_indexed(table: Table, name: str) -> None:
    """What is not stored is computed otherwise in the catalog alone unless an index holds it."""
    column = column_of(table, name)
    if not column.stored and (held := e.dependants(table, name)):
        raise ValueError(f"{table.name}.{name} is used by the {held[0].label}: drop that first")


def must_have_no_text_index(table: Table) -> None:
    """Columns come and go under a lock for writers then (1846, measured on both servers)."""
    for index in table.indexes:
        if index.method == "fulltext":
            raise ValueError(
                f"{table.name} has the FULLTEXT index {index.name}: with it, columns come and go "
                "only while writers wait"
            )
    for unique in table.uniques:
        columns = [table.column(name) for name in unique.columns]
        if any(c is not None and c.type.name in LONG for c in columns):
            raise ValueError(
                f"{table.name} keeps whole texts unique ({unique.name}): with a hidden column for "
                "their hashes, columns come and go only by a copy"
            )


def must_be_outside_keys(table: Table, name: str, before: Schema) -> None:
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


def must_not_be_needed(table: Table, name: str | None, before: Schema) -> None:
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


def must_fit(table: Table, key: ForeignKey, before: Schema) -> None:
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


def must_accept_null(table: Table, name: str) -> None:
    """Error 1830: a foreign key that sets NULL needs a column that takes it."""
    for key in table.foreign_keys:
        if name in key.columns and Action.SET_NULL in (key.on_delete, key.on_update):
            raise ValueError(
                f"{table.name}.{name} cannot be NOT NULL: the foreign key {key.name} sets it NULL"
            )


def must_fit_whole(table: Table, *, hashes: bool) -> None:
    """A new table, whose keys have to be short enough as well.

    ``hashes``  whether the server makes a hash of what is too long for a unique constraint
    """
    for unique in () if hashes else table.uniques:
        must_be_short_enough(table, unique)
    for index in table.indexes:
        must_be_short_enough(table, index)
    if table.primary_key is not None:
        must_be_short_enough(table, UniqueConstraint(None, table.primary_key.columns))


def must_keep_charset(column: Column, type: SqlType) -> None:
    """Another character set comes with another collation, which the edit does not say."""
    if column.type.name in TEXTS and type.name in TEXTS and column.type.flags != type.flags:
        raise ValueError(f"{column.name}: {column.type} and {type} have different character sets")


def must_have_charset(column: Column) -> None:
    """A collation belongs to a character set: another one would be another type (error 1253)."""
    if column.collation is not None and charset_of(column.collation) != charset(column.type):
        raise ValueError(
            f"{column.name}: {column.collation} is no collation of {charset(column.type)}"
        )


def must_keep_moment(column: Column, type: SqlType) -> None:
    """One server refuses a default in another precision (1067, 1294), the other changes that too.

    Measured on 9.7, 10.11 and 11.8.
    """
    default = (column.default.text,) if column.default else ()
    updates = (a.removeprefix(d.ON_UPDATE) for a in column.attributes)
    for text in (*default, *updates):
        found = re.fullmatch(r"current_timestamp\((\d*)\)", text)
        if found and int(found[1] or 0) != int(type.args[0] if type.args else 0):
            raise ValueError(
                f"{column.name} gets the moment in the precision of {column.type}, by its default "
                f"or at each update: {type} and that change only together"
            )


def must_be_new_key(table: Table, name: str | None) -> None:
    """Indexes and unique constraints of a table share their names, in any case (error 1061)."""
    taken = {i.name for i in table.indexes} | {u.name for u in table.uniques}
    if name is not None and name.casefold() in {n.casefold() for n in taken if n}:
        raise ValueError(f"{table.name} has an index {name} already")


def must_be_new_foreign_key(table: Table, name: str | None, before: Schema) -> None:
    """The names of foreign keys belong to the schema (errors 1005 and 1826)."""
    names = {
        f.name.casefold()
        for other in before.tables
        if other.name.schema == table.name.schema
        for f in other.foreign_keys
        if f.name
    }
    if name is not None and name.casefold() in names:
        raise ValueError(f"{table.name.schema} has a foreign key {name} already")


def must_be_short_enough(table: Table, key: Index | UniqueConstraint) -> None:
    """Errors 1071 and 1170: a key has room for so many bytes, and none for whole long texts."""
    total = 0
    for entry in key.columns:
        column, prefix = _column_and_prefix(table, entry)
        if column is None or (isinstance(key, Index) and key.method in d.SPECIAL):
            continue
        if column.type.name in LONG and prefix is None:
            raise ValueError(f"{table.name}.{column.name} is {column.type}: name a prefix of it")
        size = bytes_of(column.type) or 0
        per = size // int(column.type.args[0]) if size else 4
        total += min(size, prefix * per) if prefix and size else prefix * per if prefix else size
    if total > KEY_BYTES:
        raise ValueError(
            f"{table.name}: a key over {listed(_names(table, key))} takes {total} bytes, and "
            f"{KEY_BYTES} is the most"
        )


def _column_and_prefix(table: Table, entry: str) -> tuple[Column | None, int | None]:
    name = entry.removesuffix(" DESC")
    if (column := table.column(name)) is not None:
        return column, None
    match = re.fullmatch(r"(.*)\((\d+)\)", name, re.DOTALL)
    if match is None:
        return None, None
    return table.column(match[1]), int(match[2])


def _names(table: Table, key: Index | UniqueConstraint) -> tuple[str, ...]:
    found = (_column_and_prefix(table, entry)[0] for entry in key.columns)
    return tuple(column.name for column in found if column is not None)


def must_be_new_check(tables: Iterable[Table], name: str | None) -> None:
    """No check of these tables has the name: one server counts by schema, the other by table."""
    for table in tables:
        for check in table.checks:
            if name is not None and check.name and check.name.casefold() == name.casefold():
                raise ValueError(f"{table.name} has a check {name} already")
