"""Indexes, entry by entry, from the SQL that ``CREATE INDEX`` would hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from sqlalchemy import Column, Table
from sqlalchemy import Index as AnyIndex
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.elements import ClauseElement

from falsework.engines.declared.reading import Reading
from falsework.engines.normalize import Form, names_in, tokens, unwrapped
from falsework.errors import ConfigError
from falsework.model.schema import Index

_MANAGED = frozenset(
    {
        *("where", "using", "concurrently", "ops", "length", "prefix"),
        *("include", "nulls_not_distinct", "with"),
    }
)


def indexes(reading: Reading, table: Table) -> tuple[Index, ...]:
    """The indexes that ``create_all`` makes here, constraints aside."""
    made = [i for i in table.indexes if reading.made(i)]
    known = tuple(str(c.name) for c in table.columns) if made else ()
    return tuple(_index(reading, table, known, i) for i in made)


def _index(reading: Reading, table: Table, known: tuple[str, ...], index: AnyIndex) -> Index:
    name = reading.name(index)
    if name is None:
        raise ConfigError(
            f"an index on {reading.table_name(table)} has no name",
            why="without one it cannot be told from others, and no database will make it",
            do="give Index(...) a name",
        )
    given = dict(reading.options(index))
    for option in sorted(given.keys() - _MANAGED) if given else ():
        reading.leave_out(f"option {option} of index {name} of", reading.table_name(table))
    classes = cast("Mapping[str, str]", given.get("ops") or {})
    entries = tuple(_entries(reading, index, known, classes))
    if lengths := given.get("length"):
        entries = tuple((_cut_short(entry, plain, lengths), plain) for entry, plain in entries)
    where = predicate(reading, given.get("where"))
    include = included(given)
    used = {n for entry, plain in entries for n in ((plain,) if plain else names_in(entry, known))}
    method = str(given.get("using") or given.get("prefix") or "").lower() or None
    return Index(
        name=name,
        columns=tuple(entry for entry, _ in entries),
        unique=bool(index.unique),
        where=where,
        uses=tuple(sorted(used.union(names_in(where, known) if where else (), include))),
        include=include,
        nulls_equal=bool(given.get("nulls_not_distinct")),
        storage=_storage(given),
        method=None if method == reading.models.ordinary_index else method,
    )


def _storage(options: Mapping[str, object]) -> tuple[str, ...]:
    """How it is kept, as the catalog has it."""
    said = cast("Mapping[str, object]", options.get("with") or {})
    return tuple(sorted(f"{name.lower()}={str(value).lower()}" for name, value in said.items()))


def included(options: Mapping[str, object]) -> tuple[str, ...]:
    """The columns that an index keeps along, given by name or as columns."""
    given = cast("Iterable[Column[object] | str]", options.get("include") or ())
    return tuple(str(c.name if isinstance(c, Column) else c) for c in given)


def predicate(reading: Reading, where: object) -> str | None:
    """The predicate of an index in normal form; None where it holds all rows."""
    if where is None:
        return None
    clause = cast("ClauseElement", coercions.expect(roles.DDLExpressionRole, where))
    return reading.reader.expression(reading.sql(clause))


def _entries(
    reading: Reading, index: AnyIndex, known: tuple[str, ...], classes: Mapping[str, str]
) -> Iterator[tuple[str, str | None]]:
    """Each entry, with the column that it is, where it is one; ``classes`` are for operators."""
    for expression in index.expressions:
        if isinstance(expression, Column):
            operators = classes.get(expression.key)
            name = str(expression.name)
            yield (f"{name} {operators}" if operators else name), name
            continue
        text, order = _cut(reading.sql(cast("ClauseElement", expression)))
        column = column_of(text, known)
        operators = classes.get(str(getattr(expression, "key", "")), "")
        suffix = f" {operators}{order}" if operators else order
        yield (column or reading.reader.expression(text)) + suffix, column


def _cut_short(entry: str, plain: str | None, lengths: object) -> str:
    """The entry with the length of the prefix that alone is indexed: ``name(10) DESC``."""
    length = lengths.get(plain) if isinstance(lengths, Mapping) else lengths
    if plain is None or length is None:
        return entry
    return f"{plain}({length}){entry.removeprefix(plain)}"


def _cut(text: str) -> tuple[str, str]:
    """The entry without its order, and what of the order is not the usual one."""
    parts = tokens(text)
    order = ""
    if len(parts) > 2 and parts[-2].says("NULLS") and parts[-1].says("FIRST", "LAST"):
        order = f" NULLS {parts[-1].text.upper()}"
        parts = parts[:-2]
    descending = False
    if len(parts) > 1 and parts[-1].says("ASC", "DESC"):
        descending = parts[-1].says("DESC")
        parts = parts[:-1]
    if order == (" NULLS FIRST" if descending else " NULLS LAST"):
        order = ""
    return text[: parts[-1].end], (" DESC" if descending else "") + order


def column_of(text: str, known: tuple[str, ...]) -> str | None:
    """The column that the text names, where it says nothing else."""
    parts = unwrapped(tokens(text))
    if len(parts) != 1 or parts[0].form not in (Form.NAME, Form.WORD):
        return None
    name = parts[0].name
    if name in known:
        return name
    folded = [n for n in known if n.lower() == name.lower()]
    return folded[0] if parts[0].form is Form.WORD and len(folded) == 1 else None
