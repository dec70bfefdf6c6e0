"""Sequences, which are tables of a kind of their own here.

Source: https://mariadb.com/kb/en/create-sequence/, measured on 10.11 and 11.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, text

from falsework.engines.counting import Counters, Said, words
from falsework.engines.innodb.names import qualified
from falsework.model.edits_of_objects import (
    CreateSequence,
    DropSequence,
    OfObject,
    SetSequence,
)
from falsework.model.schema import Sequence as Counter
from falsework.model.schema import TableName

# A sequence never takes the first and last numbers of its type.
COUNTERS = Counters(
    {"bigint": (-(2**63) + 1, 2**63 - 2)}, type="bigint", cache=1000, ends="NOCYCLE"
)

_NAMES = text("""
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema IN :schemas AND table_type = 'SEQUENCE'
""").bindparams(bindparam("schemas", expanding=True))


def read(connection: Connection, schemas: Sequence[str]) -> tuple[Counter, ...]:
    """The sequences of the schemas: one query for their names, and one for all that they say."""
    found = connection.execute(_NAMES, {"schemas": list(schemas)})
    names = sorted(TableName(*row) for row in found)  # the server knows no small letters
    return tuple(_rows(connection, names)) if names else ()


def _rows(connection: Connection, names: Sequence[TableName]) -> Iterator[Counter]:
    asked = " UNION ALL ".join(
        f"SELECT {place}, start_value, increment, minimum_value, maximum_value, cycle_option, "
        f"cache_size FROM {qualified(name)}"
        for place, name in enumerate(names)
    )
    rows = connection.exec_driver_sql(asked, execution_options={"no_parameters": True})
    for place, *options in sorted(tuple(row) for row in rows):
        counting = COUNTERS.counting(Said(*options), COUNTERS.type)
        yield Counter(names[place], counting, COUNTERS.type)


def spelled(edit: OfObject) -> str:
    """The statement. Raises ValueError for what there is none of: a type belongs to its column."""
    match edit:
        case CreateSequence(sequence=one):
            return f"CREATE SEQUENCE {qualified(one.name)} {_counts(one)}"
        case SetSequence(sequence=one):
            return f"ALTER SEQUENCE {qualified(one.name)} {_counts(one)}"
        case DropSequence(sequence=one):
            return f"DROP SEQUENCE {qualified(one.name)}"
    raise ValueError(f"there is no type {edit.table} here: it belongs to its column")


def _counts(sequence: Counter) -> str:
    return words(sequence.counting, COUNTERS, sequence.type)
