"""The live schema: ten queries for any number of tables, and the model of their rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection

from falsework.engines.innodb import rows as r
from falsework.engines.innodb.defaults import moment
from falsework.engines.innodb.definitions import INVISIBLE, ON_UPDATE
from falsework.engines.innodb.names import quoted
from falsework.engines.innodb.reader import READER
from falsework.engines.innodb.session import defaults_of
from falsework.engines.innodb.types import TEXTS, charset_of, in_charset
from falsework.engines.mariadb import sequences
from falsework.model.schema import CheckConstraint, Column, Schema, SqlType, Table, TableName

_COLUMNS = """
SELECT JSON_ARRAY(table_schema, table_name, column_name, column_type, is_nullable,
       column_default, extra, generation_expression, collation_name, column_comment)
FROM information_schema.columns
WHERE {where:table_schema,table_name}
ORDER BY table_schema, table_name, ordinal_position
"""
_STATISTICS = """
SELECT JSON_ARRAY(table_schema, table_name, index_name, non_unique, column_name, sub_part,
       collation, index_type, ignored = 'NO', NULL)
FROM information_schema.statistics
WHERE {where:table_schema,table_name}
ORDER BY table_schema, table_name, index_name, seq_in_index
"""
# Names of checks repeat in every table.
_CHECKS = """
SELECT JSON_ARRAY(constraint_schema, table_name, constraint_name, level, check_clause)
FROM information_schema.check_constraints WHERE {where:constraint_schema,table_name}
"""

# Everything that the catalog is known to say of a column in ``extra``; the rest is opaque.
_EXTRA = re.compile(
    r"(?:auto_increment|VIRTUAL GENERATED|STORED GENERATED|INVISIBLE"
    r"|on update (?P<update>current_timestamp\(\d?\))|[\s,]+)*"
)
_JSON = SqlType("json")


def read(
    connection: Connection, schemas: Sequence[str], tables: Sequence[str] | None = None
) -> Schema:
    """The tables of the schemas, or those of the given names, and the views over them."""
    defaults = defaults_of(connection)
    ask = r.asking(connection, schemas, tables)
    catalog = _Catalog(
        defaults.schemas,
        columns=r.by_table(ask(_COLUMNS)),
        statistics=r.by_table(ask(_STATISTICS)),
        key_columns=r.by_table(ask(r.KEY_COLUMNS)),
        rules=r.by_table(ask(r.RULES)),
        checks=r.by_table(ask(_CHECKS)),
        triggers=r.by_table(ask(r.TRIGGERS)),
    )
    # All is asked before anything is made of it: others may work while the server does.
    named, views, counters = ask(r.TABLES), ask(r.VIEWS), sequences.read(connection, schemas)
    found = tuple(sorted(map(catalog.table, named), key=lambda t: t.name))
    return Schema(found, tuple(r.views(views, (t.name for t in found))), sequences=counters)


def rows(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Rows by the storage engine's sampled statistics."""
    return r.estimates(connection, tables)


def sizes(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Bytes likewise."""
    return r.bytes_used(connection, tables)


class _Catalog:
    """Rows of all tables; ``usual`` is the collation of each schema."""

    def __init__(
        self,
        usual: Mapping[str, str],
        *,
        columns: r.Grouped,
        statistics: r.Grouped,
        key_columns: r.Grouped,
        rules: r.Grouped,
        checks: r.Grouped,
        triggers: r.Grouped,
    ) -> None:
        self._usual = usual
        self._columns = columns
        self._statistics = statistics
        self._key_columns = key_columns
        self._rules = rules
        self._checks = checks
        self._triggers = triggers

    def table(self, row: r.Row) -> Table:
        """The table that the row begins."""
        name = TableName(row[0], row[1])
        found = self._columns.get(name, ())
        checks = self._checks.get(name, ())
        documents = {c[2] for c in checks if _says_json(c)}
        columns = tuple(column(c, row[3], documents) for c in found)
        json = {c.name for c in columns if c.type == _JSON}
        keys = r.Keys(self._statistics.get(name, ()), READER.expression)
        others = [c for c in checks if not (c[3] == "Column" and c[2] in json)]
        return Table(
            name=name,
            columns=columns,
            primary_key=keys.primary,
            uniques=tuple(keys.uniques),
            foreign_keys=tuple(
                r.foreign_keys(self._key_columns.get(name, ()), self._rules.get(name, ()))
            ),
            checks=tuple(_check(c, [c.name for c in columns]) for c in others),
            indexes=tuple(keys.indexes),
            triggers=r.triggers(self._triggers.get(name, ())),
            options=r.table_options(row, self._usual.get(name.schema)),
            opaque=tuple(sorted((*r.table_opaque(row), *keys.opaque, *_opaque(found, others)))),
            comment=row[6] or None,
        ).sorted()


def _says_json(row: r.Row) -> bool:
    """Whether a check of a column is the one that its type JSON stands for."""
    return (row[3], row[4]) == ("Column", f"json_valid({quoted(row[2])})")


def _check(row: r.Row, columns: Sequence[str]) -> CheckConstraint:
    """A check; one inside a column goes by the column's name, which is no name to drop it by."""
    return r.check(None if row[3] == "Column" else row[2], row[4], columns)


def _opaque(columns: Sequence[r.Row], checks: Sequence[r.Row]) -> Iterator[str]:
    names = [c[2] for c in columns]
    for row in columns:
        if row[6] and not _EXTRA.fullmatch(row[6]):
            yield f"column {row[2]}: {row[6]}"
        if "/*" in row[3]:
            yield f"column {row[2]}: {row[3]}"
    for row in checks:
        if row[3] == "Column" and _check(row, names).uses != (row[2],):
            yield f"column {row[2]}: CHECK ({row[4]})"


class _Words(NamedTuple):
    """What a column is besides its name and comment; ``usual`` is its table's collation."""

    usual: str | None
    document: bool
    written: str
    nullable: str
    default: str | None
    extra: str
    computed: str | None
    collation: str | None


def column(row: r.Row, table_collation: str | None, documents: set[str]) -> Column:
    """A column. Whatever MODIFY would have to repeat is in it, checks apart.

    ``documents``  the columns that hold nothing but JSON
    """
    words = _Words(table_collation, row[2] in documents, *row[3:9])
    return replace(_column(words), name=row[2], comment=row[9] or None)


@lru_cache(maxsize=4096)
def _column(words: _Words) -> Column:
    """A column of any name, without its comment: most share all the rest with others."""
    type = _type(words.written, words.collation, words.document)
    text = None if words.computed else words.default
    known = _EXTRA.fullmatch(words.extra)
    update = known["update"] if known else None
    return Column(
        name="",
        type=type,
        nullable=words.nullable == "YES",
        default=None if text is None else READER.default(text, type),
        autoincrement="auto_increment" in words.extra,
        generated=READER.expression(words.computed) if words.computed else None,
        collation=None if words.collation == words.usual or type == _JSON else words.collation,
        stored="STORED" in words.extra,
        attributes=(
            *((ON_UPDATE + moment(update),) if update else ()),
            *((INVISIBLE,) if "INVISIBLE" in words.extra else ()),
        ),
    )


def _type(written: str, collation: str | None, document: bool) -> SqlType:
    type = READER.type(written.partition("/*")[0])
    if type.name == "longtext" and collation == "utf8mb4_bin" and document:
        return _JSON
    if type.name in TEXTS and collation is not None:
        return in_charset(type, charset_of(collation))
    return type
