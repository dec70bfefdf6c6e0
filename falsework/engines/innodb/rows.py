"""Rows of information_schema as parts of the picture.

Both servers have these views, with the same columns in the same order of the queries here. The
journal's own tables are none of the application's.
Source: https://dev.mysql.com/doc/refman/9.7/en/information-schema.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, text

from falsework.engines.expressions.tokens import Form, NotUnderstood
from falsework.engines.expressions.tree import names
from falsework.engines.innodb import expressions
from falsework.engines.innodb.definitions import SPECIAL, plain_columns
from falsework.engines.innodb.names import qualified
from falsework.engines.innodb.tokens import tokens
from falsework.engines.innodb.types import charset_of
from falsework.model.schema import (
    Action,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    TableName,
    Trigger,
    UniqueConstraint,
    View,
)

Row = Sequence[Any]
Grouped = Mapping[tuple[str, str], Sequence[Row]]  # by schema and table
Ask = Callable[[str], Sequence[Row]]

_decode = msgspec.json.Decoder(list[list[Any]]).decode

PRIMARY = "PRIMARY"

# {where} is the condition on schema and table that ``asking`` puts in. Each row comes as one JSON
# array: a driver that reads field by field takes twice the time for fields of their own.
TABLES = """
SELECT JSON_ARRAY(table_schema, table_name, engine, table_collation, create_options,
       table_type, table_comment)
FROM information_schema.tables
WHERE {where:table_schema,table_name} AND table_type NOT IN ('VIEW', 'SEQUENCE')
"""
KEY_COLUMNS = """
SELECT JSON_ARRAY(table_schema, table_name, constraint_name, column_name,
       referenced_table_schema, referenced_table_name, referenced_column_name)
FROM information_schema.key_column_usage
WHERE {where:table_schema,table_name} AND referenced_table_name IS NOT NULL
ORDER BY table_schema, table_name, constraint_name, ordinal_position
"""
RULES = """
SELECT JSON_ARRAY(constraint_schema, table_name, constraint_name, delete_rule, update_rule,
       match_option)
FROM information_schema.referential_constraints
WHERE {where:constraint_schema,table_name}
"""
TRIGGERS = """
SELECT JSON_ARRAY(event_object_schema, event_object_table, trigger_schema, trigger_name,
       action_timing, event_manipulation, action_statement)
FROM information_schema.triggers
WHERE {where:event_object_schema,event_object_table}
ORDER BY event_object_schema, event_object_table, trigger_name
"""
# Of any schema: one over our tables is in the way of a change wherever it lies.
VIEWS = """
SELECT JSON_ARRAY(table_schema, table_name, view_definition)
FROM information_schema.views
WHERE table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
ORDER BY table_schema, table_name
"""
# Statistics, as old as the server's own planner has them.
ROWS = """
SELECT JSON_ARRAY(table_schema, table_name, table_rows)
FROM information_schema.tables
WHERE {where:table_schema,table_name} AND table_rows IS NOT NULL
  AND table_type NOT IN ('VIEW', 'SEQUENCE')
"""

SIZES = """
SELECT JSON_ARRAY(table_schema, table_name, data_length + index_length)
FROM information_schema.tables
WHERE {where:table_schema,table_name} AND data_length + index_length IS NOT NULL
  AND table_type NOT IN ('VIEW', 'SEQUENCE')
"""


def asking(
    connection: Connection, schemas: Sequence[str], names: Sequence[str] | None = None
) -> Ask:
    """A function that runs one of the queries for these schemas and tables.

    All rows come as one, since a driver in Python takes longer for a row than for what is in it.
    That may be more than a packet holds (max_allowed_packet): then the server leaves it out or
    cuts it short, and the rows are asked for one by one.
    """
    given: dict[str, object] = {"schemas": list(schemas)}
    if names is not None:
        given["names"] = list(names) or [""]

    def run(sql: str) -> Sequence[Row]:
        placed = _placed(sql, named=names is not None)
        wanted = {name: value for name, value in given.items() if f":{name}" in placed}
        query = text(placed).bindparams(*(bindparam(name, expanding=True) for name in wanted))
        found: Sequence[str | None] = connection.execute(query, wanted).scalars().all()
        return _decode(f"[{','.join(row or 'null' for row in found)}]")

    def ask(sql: str) -> Sequence[Row]:
        try:
            ((number, *found),) = run(_whole(sql))
        except msgspec.DecodeError:
            return run(sql)
        return found if number == len(found) else run(sql)

    return ask


def _placed(sql: str, *, named: bool) -> str:
    """The query with its condition on schema and table in place."""
    before, where, rest = sql.partition("{where:")
    if not where:
        return sql
    columns, _, after = rest.partition("}")
    schema, _, table = columns.partition(",")
    conditions = [f"{schema} IN :schemas"]
    if table:
        conditions.append(f"{table} NOT LIKE 'falsework\\\\_%'")
    if table and named:
        conditions.append(f"{table} IN :names")
    return f"{before}{' AND '.join(conditions)}{after}"


def _whole(sql: str) -> str:
    """The query for one array, of the number of rows and the rows."""
    row, rest = sql.strip().removeprefix("SELECT ").split("\nFROM ", 1)
    source, by, order = rest.partition("ORDER BY ")
    rows = f"GROUP_CONCAT({row} {by}{order} SEPARATOR ',')"
    return f"SELECT CONCAT('[', COUNT(*), COALESCE(CONCAT(',', {rows}), ''), ']')\nFROM {source}"


def by_table(found: Iterable[Row]) -> Grouped:
    """Rows under their table, whose schema and name come first in each."""
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for name, rows in groupby(found, itemgetter(0, 1)):
        grouped[name] += rows
    return grouped


def table_options(row: Row, usual: str | None) -> tuple[str, ...]:
    """``Table.options`` of a row of TABLES: what a table that says nothing would not have.

    ``usual``  the collation of the schema
    """
    collation = str(row[3] or usual)
    said = [
        word.upper()
        for word in str(row[4] or "").split()
        if word.startswith(("row_format=", "key_block_size="))
    ]
    if collation != usual:
        said += [f"CHARSET={charset_of(collation)}", f"COLLATE={collation}"]
    if row[2] != "InnoDB":
        said.append(f"ENGINE={row[2]}")
    return tuple(sorted(said))


def table_opaque(row: Row) -> Iterator[str]:
    """What the model cannot hold, by name."""
    if row[2] != "InnoDB":
        yield f"engine {row[2]}"
    if row[5] != "BASE TABLE":
        yield str(row[5]).lower()
    if "partitioned" in str(row[4] or ""):
        yield "partitioned"


class Keys:
    """The indexes of one table from its rows of STATISTICS.

    A row: schema, table, index, whether not unique, column, prefix, "D" for descending, kind,
    whether it is used, expression
    """

    def __init__(self, found: Sequence[Row], expression: Callable[[str], str]) -> None:
        self.primary: PrimaryKey | None = None
        self.uniques: list[UniqueConstraint] = []
        self.indexes: list[Index] = []
        self.opaque: list[str] = []
        entries: dict[str, list[Row]] = defaultdict(list)
        for row in found:
            entries[row[2]].append(row)
        for name, parts in entries.items():
            self._add(name, parts, expression)

    def _add(self, name: str, parts: Sequence[Row], expression: Callable[[str], str]) -> None:
        index = _index(name, parts, expression)
        plain = plain_columns(index)
        if name == PRIMARY:
            self.primary = PrimaryKey(tuple(p[4] for p in parts))
            if plain is None:
                self.opaque.append("primary key in descending order, or of prefixes")
        elif index.unique and plain is not None:
            self.uniques.append(UniqueConstraint(name, plain))
        else:
            self.indexes.append(index)
        if not parts[0][8]:
            self.opaque.append(f"index {name} is not used by queries")


def _index(name: str, parts: Sequence[Row], expression: Callable[[str], str]) -> Index:
    entries, used = [], set()
    for part in parts:
        column, prefix, order, text = part[4], part[5], part[6], part[9]
        if column is None:
            entry = expression(text)
            used |= set(mentioned(entry))
        else:
            entry = f"{column}({prefix})" if prefix is not None else column
            used.add(column)
        entries.append(f"{entry} DESC" if order == "D" else entry)
    kind = str(parts[0][7]).lower()
    return Index(
        name=name,
        columns=tuple(entries),
        unique=not parts[0][3],
        uses=tuple(sorted(used)),
        method=kind if kind in SPECIAL else None,
    )


def mentioned(sql: str) -> tuple[str, ...]:
    """Every name that the text may mean a column by."""
    node = expressions.understood(sql)
    if node is not None:
        return tuple(dict.fromkeys(names(node)))
    try:
        found = tokens(sql)
    except NotUnderstood:
        return ()
    return tuple(
        dict.fromkeys(
            t.text if t.form is Form.NAME else t.raw
            for t in found
            if t.form in (Form.NAME, Form.WORD)
        )
    )


def check(name: str | None, sql: str, columns: Iterable[str]) -> CheckConstraint:
    """A check in normal form, with the columns it uses; column names match in any case."""
    text = expressions.condition(sql)
    named = {n.casefold() for n in mentioned(text)}
    return CheckConstraint(name, text, tuple(sorted(c for c in columns if c.casefold() in named)))


def foreign_keys(found: Sequence[Row], rules: Sequence[Row]) -> Iterator[ForeignKey]:
    """The foreign keys of one table from its rows of KEY_COLUMNS and RULES."""
    actions = {row[2]: row for row in rules}
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        parts[row[2]].append(row)
    for name, columns in parts.items():
        rule = actions.get(name)
        yield ForeignKey(
            name=name,
            columns=tuple(c[3] for c in columns),
            parent=TableName(columns[0][4], columns[0][5]),
            parent_columns=tuple(c[6] for c in columns),
            on_delete=_action(rule[3] if rule else ""),
            on_update=_action(rule[4] if rule else ""),
        )


def _action(rule: str) -> Action:
    """RESTRICT and NO ACTION are one here, and each server has its own word for it."""
    return Action(rule) if rule in ("CASCADE", "SET NULL") else Action.NO_ACTION


def triggers(found: Sequence[Row]) -> tuple[Trigger, ...]:
    """The triggers of one table, each with the statement that makes it."""
    return tuple(
        Trigger(
            row[3],
            f"CREATE TRIGGER {qualified(TableName(row[2], row[3]))} {row[4]} {row[5]} ON "
            f"{qualified(TableName(row[0], row[1]))} FOR EACH ROW {row[6]}",
        )
        for row in found
    )


def views(found: Sequence[Row], known: Iterable[TableName]) -> Iterator[View]:
    """Views over the known tables. Which columns they read is not said: the whole table counts."""
    tables = frozenset(known)
    for schema, name, definition in found:
        used = sorted({t for t in _pairs(definition or "") if t in tables})
        if used:
            words = f"CREATE VIEW {qualified(TableName(schema, name))} AS {definition}"
            yield View(schema, name, words, tuple((table, "") for table in used))


def _pairs(definition: str) -> Iterator[TableName]:
    """Every qualified name in the definition, which the server writes out in full."""
    try:
        found = tokens(definition)
    except NotUnderstood:
        return
    for schema, dot, name in zip(found, found[1:], found[2:], strict=False):
        if schema.form is Form.NAME and dot.is_mark(".") and name.form is Form.NAME:
            yield TableName(schema.text, name.text)


def estimates(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Rows of these tables by the server's statistics."""
    return _numbers(connection, ROWS, tables)


def bytes_used(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Bytes of these tables with their indexes, by the server's statistics."""
    return _numbers(connection, SIZES, tables)


def _numbers(
    connection: Connection, query: str, tables: Collection[TableName]
) -> Mapping[TableName, int]:
    if not tables:
        return {}
    ask = asking(connection, sorted({t.schema for t in tables}), sorted({t.name for t in tables}))
    found = {TableName(row[0], row[1]): int(row[2]) for row in ask(query)}
    return {name: number for name, number in found.items() if name in tables}
