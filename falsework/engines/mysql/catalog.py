"""The live schema: nine queries for any number of tables, and the model of their rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy import text as sql_text

from falsework.engines.innodb import rows as r
from falsework.engines.innodb.defaults import moment
from falsework.engines.innodb.definitions import INVISIBLE, ON_UPDATE
from falsework.engines.innodb.names import literal
from falsework.engines.innodb.reader import READER
from falsework.engines.innodb.session import defaults_of
from falsework.engines.innodb.types import TEXTS, charset_of, in_charset
from falsework.model.schema import (
    CheckConstraint,
    Column,
    Default,
    Schema,
    SqlType,
    Table,
    TableName,
)

_COLUMNS = """
SELECT JSON_ARRAY(table_schema, table_name, column_name, column_type, is_nullable,
       column_default, extra, generation_expression, collation_name, column_comment, srs_id)
FROM information_schema.columns
WHERE {where:table_schema,table_name}
ORDER BY table_schema, table_name, ordinal_position
"""
_STATISTICS = """
SELECT JSON_ARRAY(table_schema, table_name, index_name, non_unique, column_name, sub_part,
       collation, index_type, is_visible = 'YES', expression)
FROM information_schema.statistics
WHERE {where:table_schema,table_name}
ORDER BY table_schema, table_name, index_name, seq_in_index
"""
# The two views of checks are joined here: the server takes a second for it.
_CHECKS = """
SELECT JSON_ARRAY(constraint_schema, constraint_name, check_clause)
FROM information_schema.check_constraints WHERE {where:constraint_schema}
"""
_ENFORCED = """
SELECT JSON_ARRAY(table_schema, table_name, constraint_name, enforced)
FROM information_schema.table_constraints
WHERE {where:table_schema,table_name} AND constraint_type = 'CHECK'
"""

# Everything that the catalog is known to say of a column in ``extra``; the rest is opaque.
_EXTRA = re.compile(
    r"(?:auto_increment|DEFAULT_GENERATED|VIRTUAL GENERATED|STORED GENERATED|INVISIBLE"
    r"|on update (?P<update>CURRENT_TIMESTAMP(?:\(\d\))?)|\s+)*"
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`", re.DOTALL)


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
        checks=r.by_table(ask(_ENFORCED)),
        triggers=r.by_table(ask(r.TRIGGERS)),
        clauses={(row[0], row[1]): row[2] for row in ask(_CHECKS)},
    )
    # All is asked before anything is made of it: others may work while the server does.
    named, views = ask(r.TABLES), ask(r.VIEWS)
    found = tuple(sorted(map(catalog.table, named), key=lambda t: t.name))
    return Schema(found, tuple(r.views(views, (t.name for t in found))))


def rows(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Rows by the storage engine's sampled statistics, not by yesterday's copy of them."""
    if tables:
        connection.execute(sql_text("SET SESSION information_schema_stats_expiry = 0"))
    return r.estimates(connection, tables)


def sizes(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Bytes likewise."""
    if tables:
        connection.execute(sql_text("SET SESSION information_schema_stats_expiry = 0"))
    return r.bytes_used(connection, tables)


class _Catalog:
    """Rows of all tables.

    ``usual``    the collation of each schema
    ``clauses``  the texts of checks by schema and name
    """

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
        clauses: Mapping[tuple[str, str], str],
    ) -> None:
        self._usual = usual
        self._columns = columns
        self._statistics = statistics
        self._key_columns = key_columns
        self._rules = rules
        self._checks = checks
        self._triggers = triggers
        self._clauses = clauses

    def table(self, row: r.Row) -> Table:
        """The table that the row begins."""
        name = TableName(row[0], row[1])
        found = self._columns.get(name, ())
        columns = tuple(column(c, row[3]) for c in found)
        keys = r.Keys(self._statistics.get(name, ()), lambda text: READER.expression(plain(text)))
        return Table(
            name=name,
            columns=columns,
            primary_key=keys.primary,
            uniques=tuple(keys.uniques),
            foreign_keys=tuple(
                r.foreign_keys(self._key_columns.get(name, ()), self._rules.get(name, ()))
            ),
            checks=tuple(self._table_checks(name, [c.name for c in columns])),
            indexes=tuple(keys.indexes),
            triggers=r.triggers(self._triggers.get(name, ())),
            options=r.table_options(row, self._usual.get(name.schema)),
            opaque=tuple(sorted((*r.table_opaque(row), *keys.opaque, *self._opaque(name, found)))),
            comment=row[6] or None,
        ).sorted()

    def _table_checks(self, name: TableName, columns: Sequence[str]) -> Iterator[CheckConstraint]:
        for row in self._checks.get(name, ()):
            yield r.check(row[2], plain(self._clauses[name.schema, row[2]]), columns)

    def _opaque(self, name: TableName, columns: Sequence[r.Row]) -> Iterator[str]:
        for row in self._checks.get(name, ()):
            if row[3] != "YES":
                yield f"check {row[2]} is not enforced"
        for row in columns:
            if row[6] and not _EXTRA.fullmatch(row[6]):
                yield f"column {row[2]}: {row[6]}"


class _Words(NamedTuple):
    """What a column is besides its name and comment; ``usual`` is its table's collation."""

    usual: str | None
    written: str
    nullable: str
    default: str | None
    extra: str
    computed: str | None
    collation: str | None
    srid: int | None


def column(row: r.Row, table_collation: str | None) -> Column:
    """A column. Whatever MODIFY would have to repeat is in it."""
    words = _Words._make((table_collation, *row[3:9], row[10]))
    return replace(_column(words), name=row[2], comment=row[9] or None)


@lru_cache(maxsize=4096)
def _column(words: _Words) -> Column:
    """A column of any name, without its comment: most share all the rest with others."""
    type = _type(words.written, words.collation)
    text = None if words.computed else words.default
    known = _EXTRA.fullmatch(words.extra)
    update = known["update"] if known else None
    return Column(
        name="",
        type=type,
        nullable=words.nullable == "YES",
        default=None if text is None else _default(text, words.extra, type),
        autoincrement="auto_increment" in words.extra,
        generated=READER.expression(plain(words.computed)) if words.computed else None,
        collation=None if words.collation == words.usual else words.collation,
        stored="STORED" in words.extra,
        attributes=(
            *((f"SRID {words.srid}",) if words.srid is not None else ()),
            *((ON_UPDATE + moment(update),) if update else ()),
            *((INVISIBLE,) if "INVISIBLE" in words.extra else ()),
        ),
    )


def _type(written: str, collation: str | None) -> SqlType:
    type = READER.type(written)
    if type.name in TEXTS and collation is not None:
        return in_charset(type, charset_of(collation))
    return type


def _default(text: str, extra: str, type: SqlType) -> Default | None:
    """A literal is kept as its value alone, an expression as SQL that was escaped."""
    if "DEFAULT_GENERATED" in extra:
        return READER.default(plain(text), type)
    bits = re.fullmatch(r"b'[01]*'|0x[0-9A-Fa-f]*", text)
    verbatim = bits and type.name in ("bit", "binary", "varbinary")
    return READER.default(text if verbatim else literal(text), type)


def plain(text: str) -> str:
    """An expression as the views show it: escaped, with each byte of its letters as a letter.

    Seen on 9.7: a check on ``é`` says ``Ã©``; a generated column names ``é``, and has texts of it
    as ``Ã©``.
    """
    return _QUOTED.sub(_decoded, _ESCAPED.sub(r"\1", text))


def _decoded(match: re.Match[str]) -> str:
    try:
        return match.group().encode("latin-1").decode()
    except UnicodeError:
        return match.group()
