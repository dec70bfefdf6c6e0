"""Identifiers and string literals as PostgreSQL reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from falsework.model.schema import TableName

LIMIT = 63  # bytes; the server cuts longer names without a word (NAMEDATALEN - 1)

# Every word that pg_get_keywords() does not call unreserved, on 18: a column of such a name has to
# be quoted somewhere, and quotes never hurt.
KEYWORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
    boolean both case cast char character check coalesce collate collation column concurrently
    constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user dec decimal default deferrable desc distinct do else end except
    exists extract false fetch float for foreign freeze from full grant greatest group grouping
    having ilike in initially inner inout int integer intersect interval into is isnull join json
    json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
    json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif
    numeric offset on only or order out outer overlaps overlay placing position precision primary
    real references returning right row select session_user setof similar smallint some substring
    symmetric system_user table tablesample then time timestamp to trailing treat trim true union
    unique user using values varchar variadic verbose when where window with xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize
    xmltable
    """.split()
)

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def quoted(name: str) -> str:
    """The identifier in quotes: the only way a name enters a statement."""
    return '"' + name.replace('"', '""') + '"'


def readable(name: str) -> str:
    """The identifier with quotes only where it needs them: inside expressions people read."""
    return name if _PLAIN.fullmatch(name) and name not in KEYWORDS else quoted(name)


def listed(names: Iterable[str]) -> str:
    """Identifiers in quotes, separated by commas."""
    return ", ".join(map(quoted, names))


def qualified(name: TableName) -> str:
    """A table, or another object of a schema, with its schema in quotes."""
    return f"{quoted(name.schema)}.{quoted(name.name)}"


def literal(value: str) -> str:
    """A string literal; the session has standard_conforming_strings on."""
    return "'" + value.replace("'", "''") + "'"
