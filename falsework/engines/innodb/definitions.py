"""Columns, constraints and indexes as they stand in CREATE and ALTER."""

from __future__ import annotations

import re
from collections.abc import Iterator

from falsework.engines.innodb import defaults, types
from falsework.engines.innodb.names import listed, literal, qualified, quoted
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
)

ON_UPDATE, INVISIBLE = "ON UPDATE ", "INVISIBLE"

# Indexes of another kind than the ordinary one, by the method that the picture names.
SPECIAL = frozenset({"fulltext", "spatial", "vector"})

# What may follow the column of an index entry, as the catalog reader writes it.
_ENTRY = re.compile(r"(?P<what>.*?)(?P<prefix>\(\d+\))?(?P<order> DESC)?", re.DOTALL)


def create_table(table: Table) -> str:
    """The table with everything on it, in one statement: there is no transaction around several."""
    parts = [column(c) + inline_checks(c.name, table) for c in table.columns]
    if table.primary_key is not None:
        parts.append(f"PRIMARY KEY ({listed(table.primary_key.columns)})")
    parts += map(unique, table.uniques)
    parts += map(index, table.indexes)
    parts += (check(c) for c in table.checks if not _inline(c))
    parts += map(foreign_key, table.foreign_keys)
    engine = () if any(o.startswith("ENGINE=") for o in table.options) else ("ENGINE=InnoDB",)
    said = () if table.comment is None else (table_comment(table.comment),)
    suffix = "".join(f" {option}" for option in (*table.options, *engine, *said))
    return f"CREATE TABLE {qualified(table.name)} ({', '.join(parts)}){suffix}"


def column(column: Column) -> str:
    """A column with all that CREATE TABLE, ADD and MODIFY let it have; MODIFY drops the rest."""
    return " ".join((quoted(column.name), *_parts(column)))


def _parts(column: Column) -> Iterator[str]:
    yield types.spelled(column.type)
    if column.collation is not None:
        yield f"COLLATE {word(column.collation)}"
    if column.generated is not None:
        kind = "STORED" if column.stored else "VIRTUAL"
        yield f"GENERATED ALWAYS AS ({column.generated}) {kind}"
        if not column.nullable:
            yield "NOT NULL"
    else:
        # A timestamp that does not say NULL may be NOT NULL (explicit_defaults_for_timestamp).
        yield "NULL" if column.nullable else "NOT NULL"
        if column.default is not None:
            yield f"DEFAULT {defaults.spelled(column.default, column.type)}"
        if column.autoincrement:
            yield "AUTO_INCREMENT"
    yield from column.attributes
    if column.comment is not None:
        yield f"COMMENT {literal(column.comment)}"


def table_comment(text: str | None) -> str:
    """The table's option; without a text it takes the comment away."""
    return f"COMMENT={literal(text or '')}"


def word(name: str) -> str:
    """A character set's or collation's name. Raises ValueError for what is none."""
    if not re.fullmatch(r"\w+", name):
        raise ValueError(f"{name!r} is no collation")
    return name


def _named(name: str | None) -> str:
    return "" if name is None else f"CONSTRAINT {quoted(name)} "


def unique(unique: UniqueConstraint) -> str:
    """A unique constraint, which is an index of its name."""
    name = "" if unique.name is None else f"{quoted(unique.name)} "
    return f"UNIQUE INDEX {name}({listed(unique.columns)})"


def inline_checks(name: str, table: Table) -> str:
    """The checks that stand inside the column, where they have no name."""
    found = (c for c in table.checks if _inline(c) and c.uses == (name,))
    return "".join(f" {check(c)}" for c in found)


def _inline(check: CheckConstraint) -> bool:
    return check.name is None and len(check.uses) == 1


def check(check: CheckConstraint) -> str:
    """A check; there are none that spare old rows."""
    if not check.valid:
        raise ValueError(f"{check.name}: a check holds for all rows here")
    return f"{_named(check.name)}CHECK ({check.text})"


def foreign_key(key: ForeignKey) -> str:
    """A foreign key. The catalog cannot say that one is not valid."""
    if not key.valid:
        raise ValueError(f"{key.name}: the catalog cannot say that a foreign key is not valid")
    if key.deferrable is not None:
        raise ValueError(f"{key.name}: no foreign key is {key.deferrable} here")
    words = [
        f"{_named(key.name)}FOREIGN KEY ({listed(key.columns)})",
        f"REFERENCES {qualified(key.parent)} ({listed(key.parent_columns)})",
    ]
    for event, action in (("DELETE", key.on_delete), ("UPDATE", key.on_update)):
        if action is Action.SET_DEFAULT:
            raise ValueError(f"{key.name}: InnoDB has no SET DEFAULT")
        if action not in (Action.NO_ACTION, Action.RESTRICT):
            words.append(f"ON {event} {action}")
    return " ".join(words)


def index(index: Index) -> str:
    """An index."""
    if index.where is not None:
        raise ValueError(f"{index.name}: there are no partial indexes here")
    kind = "UNIQUE " if index.unique else ""
    if index.method is not None:
        if index.method not in SPECIAL:
            raise ValueError(f"{index.name}: there are no {index.method} indexes here")
        kind = f"{index.method.upper()} "
    entries = ", ".join(_entry(entry, index) for entry in index.columns)
    return f"{kind}INDEX {quoted(index.name)} ({entries})"


def _entry(entry: str, index: Index) -> str:
    """A column's name in quotes, or an expression in parentheses, and what follows it."""
    column, rest = _column_of(entry, index)
    if column is not None:
        return f"{quoted(column)}{rest}"
    text = entry.removesuffix(" DESC")
    return f"({text}){entry[len(text) :]}"


def _column_of(entry: str, index: Index) -> tuple[str | None, str]:
    """The column that the entry begins with, and what follows; None for an expression."""
    for end in ("", " DESC"):
        name = entry.removesuffix(end)
        if entry.endswith(end) and name in index.uses:
            return name, end
    match = _ENTRY.fullmatch(entry)
    if match is not None and match["what"] in index.uses:
        return match["what"], entry[len(match["what"]) :]
    return None, ""


def has_expressions(index: Index) -> bool:
    """Whether an entry of the index is no column."""
    return any(_column_of(entry, index)[0] is None for entry in index.columns)


def plain_columns(index: Index) -> tuple[str, ...] | None:
    """The columns of an index over whole columns in ascending order; None for any other one."""
    if index.method is not None or any(entry not in index.uses for entry in index.columns):
        return None
    return index.columns


def whole_columns(index: Index) -> tuple[str, ...]:
    """The leading columns that a foreign key can be looked up by: whole ones, in any order."""
    found: list[str] = []
    for entry in index.columns if index.method is None else ():
        name = entry.removesuffix(" DESC")
        if name not in index.uses:
            break
        found.append(name)
    return tuple(found)
