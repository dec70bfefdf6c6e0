"""Columns, constraints and indexes as they stand in CREATE and ALTER."""

from __future__ import annotations

import re
from collections.abc import Iterator

from falsework.engines.counting import words as words_of
from falsework.engines.postgresql.names import listed, literal, qualified, quoted
from falsework.engines.postgresql.types import COUNTERS, SERIALS, collation, is_serial, spelled
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    Domain,
    Enumeration,
    Exclusion,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    Table,
    TableName,
    UniqueConstraint,
)

# What may follow the column or expression of an index entry, as the catalog reader writes it.
_ENTRY = re.compile(
    r"(?P<what>.*?)(?P<collate> COLLATE \"(?:[^\"]|\"\")*\")?(?P<ops> [a-z_][a-z0-9_]*_ops)?"
    r"(?P<order> DESC)?(?P<nulls> NULLS (?:FIRST|LAST))?",
    re.DOTALL,
)


def create_table(table: Table) -> Iterator[str]:
    """The table with its constraints, then its indexes and comments."""
    parts = [column(c) for c in table.columns]
    if table.primary_key is not None:
        key = table.primary_key
        parts.append(f"{_named(key.name)}PRIMARY KEY ({listed(key.columns)})")
    parts += map(unique, table.uniques)
    parts += map(check, table.checks)
    parts += map(exclusion, table.exclusions)
    parts += map(foreign_key, table.foreign_keys)
    yield f"CREATE TABLE {qualified(table.name)} ({', '.join(parts)})"
    for one in table.indexes:
        yield create_index(table.name, one)
    said = ((None, table.comment), *((c.name, c.comment) for c in table.columns))
    yield from (comment(table.name, name, text) for name, text in said if text is not None)


def comment(table: TableName, column: str | None, text: str | None) -> str:
    """The comment on the column, or on the table itself; None takes it away."""
    what = f"TABLE {qualified(table)}"
    if column is not None:
        what = f"COLUMN {qualified(table)}.{quoted(column)}"
    return f"COMMENT ON {what} IS {'NULL' if text is None else literal(text)}"


def create_enumeration(enumeration: Enumeration) -> str:
    """The type with its labels in their order."""
    labels = ", ".join(map(literal, enumeration.labels))
    return f"CREATE TYPE {qualified(enumeration.name)} AS ENUM ({labels})"


def create_domain(domain: Domain) -> str:
    """The domain with its rules."""
    words = [f"CREATE DOMAIN {qualified(domain.name)} AS {spelled(domain.base)}"]
    if domain.collation is not None:
        words.append(f"COLLATE {collation(domain.collation)}")
    if domain.default is not None:
        words.append(f"DEFAULT {default(domain.default.text)}")
    if not domain.nullable:
        words.append("NOT NULL")
    return " ".join((*words, *map(check, domain.checks)))


def create_sequence(sequence: Sequence) -> str:
    """The sequence with all its options."""
    return f"CREATE SEQUENCE {qualified(sequence.name)} {_counts(sequence)}"


def alter_sequence(sequence: Sequence) -> str:
    """The sequence with other options; it goes on from where it is."""
    return f"ALTER SEQUENCE {qualified(sequence.name)} {_counts(sequence)}"


def _counts(sequence: Sequence) -> str:
    return f"AS {sequence.type} {words_of(sequence.counting, COUNTERS, sequence.type)}"


def column(column: Column) -> str:
    """A column with all that CREATE TABLE and ADD COLUMN let it have."""
    serial = column.autoincrement and column.identity is None and is_serial(column.type)
    words = [quoted(column.name), SERIALS[column.type.name] if serial else spelled(column.type)]
    if column.collation is not None:
        words.append(f"COLLATE {collation(column.collation)}")
    if column.generated is not None:
        kind = "STORED" if column.stored else "VIRTUAL"
        words.append(f"GENERATED ALWAYS AS ({column.generated}) {kind}")
    elif column.identity is not None:
        words.append(_identity(column.identity, column.type.name))
    elif column.default is not None:
        words.append(f"DEFAULT {default(column.default.text)}")
    if not column.nullable:
        words.append("NOT NULL")
    return " ".join(words)


def _identity(identity: Identity, type: str) -> str:
    """With all its options."""
    options = words_of(identity.counting, COUNTERS, type)
    return f"GENERATED {always(identity)} AS IDENTITY ({options})"


def always(identity: Identity) -> str:
    """Whether statements may write it."""
    return "ALWAYS" if identity.always else "BY DEFAULT"


def set_identity(identity: Identity, type: str) -> str:
    """What follows ALTER COLUMN: each option one by one."""
    said = COUNTERS.whole(identity.counting, type)
    return (
        f"SET GENERATED {always(identity)} SET INCREMENT BY {said.increment:d} "
        f"SET MINVALUE {said.minimum:d} SET MAXVALUE {said.maximum:d} "
        f"SET START WITH {said.start:d} SET CACHE {said.cache:d} "
        f"SET {'' if said.cycle else 'NO '}CYCLE"
    )


def default(text: str) -> str:
    """A default in parentheses: an operator at its top would end it early without them."""
    return text if re.fullmatch(r"[\w.-]+|'(?:[^']|'')*'|[\w.]+\(\)", text) else f"({text})"


def _named(name: str | None) -> str:
    return "" if name is None else f"CONSTRAINT {quoted(name)} "


def unique(unique: UniqueConstraint) -> str:
    """A unique constraint."""
    nulls = "NULLS NOT DISTINCT " if unique.nulls_equal else ""
    waits = f" {unique.deferrable}" if unique.deferrable else ""
    what = f"UNIQUE {nulls}({listed(unique.columns)}){_include(unique.include)}{waits}"
    return f"{_named(unique.name)}{what}"


def _include(columns: tuple[str, ...]) -> str:
    return f" INCLUDE ({listed(columns)})" if columns else ""


def check(check: CheckConstraint) -> str:
    """A check; of one that is not valid, old rows are not read."""
    valid = "" if check.valid else " NOT VALID"
    return f"{_named(check.name)}CHECK ({check.text}){valid}"


def exclusion(one: Exclusion) -> str:
    """An exclusion constraint."""
    entries = (_entry(entry, one.index) for entry in one.columns)
    pairs = zip(entries, one.operators, strict=True)
    words = [f"{_named(one.name)}EXCLUDE USING {quoted(one.method or 'btree')}"]
    words.append(f"({', '.join(f'{entry} WITH {operator}' for entry, operator in pairs)})")
    if one.where is not None:
        words.append(f"WHERE ({one.where})")
    if one.deferrable is not None:
        words.append(one.deferrable)
    return " ".join(words)


def foreign_key(key: ForeignKey) -> str:
    """A foreign key; of one that is not valid, old rows are not read."""
    words = [
        f"{_named(key.name)}FOREIGN KEY ({listed(key.columns)})",
        f"REFERENCES {qualified(key.parent)} ({listed(key.parent_columns)})",
    ]
    if key.on_delete is not Action.NO_ACTION:
        words.append(f"ON DELETE {key.on_delete}")
    if key.on_update is not Action.NO_ACTION:
        words.append(f"ON UPDATE {key.on_update}")
    if key.deferrable is not None:
        words.append(key.deferrable)
    if not key.valid:
        words.append("NOT VALID")
    return " ".join(words)


def create_index(table: TableName, index: Index, *, concurrently: bool = False) -> str:
    """An index; it lies in the schema of its table."""
    words = ["CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX"]
    if concurrently:
        words.append("CONCURRENTLY")
    words.append(f"{quoted(index.name)} ON {qualified(table)}")
    if index.method is not None:
        words.append(f"USING {quoted(index.method)}")
    entries = ", ".join(_entry(entry, index) for entry in index.columns)
    words.append(f"({entries}){_include(index.include)}")
    if index.nulls_equal:
        words.append("NULLS NOT DISTINCT")
    if index.storage:
        said = (option.partition("=") for option in index.storage)
        words.append(f"WITH ({', '.join(f'{quoted(k)} = {literal(v)}' for k, _, v in said)})")
    if index.where is not None:
        words.append(f"WHERE {index.where}")
    return " ".join(words)


def _entry(entry: str, index: Index) -> str:
    """A column's name in quotes, or an expression in parentheses, and what follows it."""
    if entry in index.uses:
        return quoted(entry)
    match = _ENTRY.fullmatch(entry)
    what, *rest = match.groups("") if match else (entry,)
    return (quoted(what) if what in index.uses else f"({what})") + "".join(rest)
