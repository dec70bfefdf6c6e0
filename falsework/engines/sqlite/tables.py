"""Table values put together from pragma rows and the text of CREATE TABLE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from falsework.engines.normalize import Form
from falsework.engines.sqlite.ddl import TableText, parse_table
from falsework.engines.sqlite.indexes import ambiguous, read_index
from falsework.engines.sqlite.pragmas import Catalog, ColumnRow, Key, Object, Reference
from falsework.engines.sqlite.text import fold, tokens, uses
from falsework.engines.sqlite.types import parse_default, parse_type, plain
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    TableName,
    Trigger,
    UniqueConstraint,
)

MAIN = "main"
BINARY = "BINARY"
_VIRTUAL = 2
_STORED = 3
VIRTUAL_TABLE = "a virtual table"


class Builder:
    """Builds tables. ``names`` are the tables there are, by folded name."""

    def __init__(self, catalog: Catalog, names: Mapping[str, str]) -> None:
        self.catalog = catalog
        self.names = names
        self.index_sql = {o.name: o.sql for o in catalog.objects if o.type == "index"}
        self.triggers: defaultdict[str, list[Trigger]] = defaultdict(list)
        for trigger in catalog.objects:
            if trigger.type == "trigger":
                self.triggers[fold(trigger.table)].append(Trigger(trigger.name, trigger.sql))

    def table(self, made: Object) -> Table:
        """The table that ``made`` is the catalog row of."""
        name = TableName(MAIN, made.name)
        if made.rootpage == 0:
            return Table(name, (), opaque=(VIRTUAL_TABLE,))
        text = parse_table(made.sql)
        rows = self.catalog.columns[made.name]
        keys = self.catalog.keys.get(made.name, [])
        references = self.catalog.references.get(made.name, [])
        collations = {r.name: text.collations.get(r.key, BINARY) for r in rows}
        made_indexes = [k for k in keys if k.origin == "c"]
        indexes = [read_index(k, self.index_sql[k.name], collations) for k in made_indexes]
        opaque = (*text.opaque, *_doubts(made.name, text, rows, keys, references))
        return Table(
            name,
            tuple(_Columns(text, rows, keys)),
            _primary_key(text, rows),
            tuple(UniqueConstraint(n, _as_in(rows, c)) for n, c in text.uniques),
            tuple(self._foreign_keys(text, references)),
            tuple(_checks(text, rows)),
            tuple(indexes),
            tuple(self.triggers.get(fold(made.name), ())),
            tuple(sorted(text.options)),
            (*opaque, *_unclear(indexes, made_indexes, collations)),
        ).sorted()

    def _foreign_keys(
        self, text: TableText, references: Sequence[Reference]
    ) -> Iterator[ForeignKey]:
        for written, found in zip(text.references, references, strict=False):
            parent = self.names.get(fold(found.parent), found.parent)
            yield ForeignKey(
                written.name,
                tuple(found.columns),
                TableName(MAIN, parent),
                tuple(c for c in found.parent_columns if c is not None),
                Action(found.on_delete),
                Action(found.on_update),
                deferrable=written.deferrable,
            )


def _as_in(rows: Sequence[ColumnRow], names: Sequence[str]) -> tuple[str, ...]:
    """The names in the spelling of the table's own columns: any case may be written elsewhere."""
    known = {r.key: r.name for r in rows}
    return tuple(known.get(fold(n), n) for n in names)


class _Columns:
    """The columns of one table."""

    def __init__(self, text: TableText, rows: Sequence[ColumnRow], keys: Sequence[Key]) -> None:
        self.text = text
        self.rows = rows
        self.counter = _counter(rows, keys)

    def __iter__(self) -> Iterator[Column]:
        for key, name, written, notnull, default, _, hidden in self.rows:
            type_ = parse_type(written)
            counts = name == self.counter
            computed = hidden in (_VIRTUAL, _STORED)
            collation = self.text.collations.get(key)
            yield Column(
                name,
                type_,
                nullable=not (notnull or counts),
                default=None if default is None else parse_default(default, type_),
                autoincrement=counts,
                generated=self.text.generated.get(key, "") if computed else None,
                collation=None if collation == BINARY else collation,
                stored=hidden == _STORED,
            )


def _counter(rows: Sequence[ColumnRow], keys: Sequence[Key]) -> str | None:
    """The column that is the rowid, so that SQLite supplies it: a primary key without an index.

    https://www.sqlite.org/lang_createtable.html#rowid names the exceptions (DESC, WITHOUT ROWID);
    all of them have an index.
    """
    key = [r for r in rows if r.pk]
    if len(key) != 1 or any(k.origin == "pk" for k in keys):
        return None
    return key[0].name if fold(key[0].type) == "integer" else None


def _primary_key(text: TableText, rows: Sequence[ColumnRow]) -> PrimaryKey | None:
    key = sorted((r.pk, r.name) for r in rows if r.pk)
    return PrimaryKey(tuple(n for _, n in key), text.key_name) if key else None


def _checks(text: TableText, rows: Sequence[ColumnRow]) -> Iterator[CheckConstraint]:
    names = [r.name for r in rows] if text.checks else []
    for name, check in text.checks:
        yield CheckConstraint(name, check, uses(check, names))


def _doubts(
    table: str,
    text: TableText,
    rows: Sequence[ColumnRow],
    keys: Sequence[Key],
    references: Sequence[Reference],
) -> Iterator[str]:
    """Where the text, as understood, and the pragmas disagree, or the model has no place."""
    if list(map(fold, text.columns)) != [r.key for r in rows]:
        yield "its columns are not those of its CREATE TABLE"
    uniques = {tuple(map(fold, columns)) for _, columns in text.uniques}
    if any(
        tuple(fold(p.name or "") for p in k.parts) not in uniques for k in keys if k.origin == "u"
    ):
        yield "a unique key is not in its CREATE TABLE"
    if [tuple(map(fold, r.columns)) for r in references] != [
        tuple(map(fold, r.columns)) for r in text.references
    ]:
        yield "its foreign keys are not those of its CREATE TABLE"
    for row in rows:
        if not plain(row.type):
            yield f"the type {row.type} of column {row.name}"
        if row.hidden in (_VIRTUAL, _STORED) and row.key not in text.generated:
            yield f"the expression of column {row.name}"
    for expression in (*(c for _, c in text.checks), *text.generated.values()):
        if _qualified(expression, table):
            yield f"an expression that names its own table: {expression}"


def _qualified(expression: str, table: str) -> bool:
    """While it is rebuilt a table has another name, so ``t.column`` in its text names nothing."""
    parts = tokens(expression)
    return fold(table) in fold(expression) and any(
        a.form in (Form.WORD, Form.NAME) and fold(a.name) == fold(table) and b.text == "."
        for a, b in pairwise(parts)
    )


def _unclear(
    indexes: Sequence[Index], keys: Sequence[Key], collations: Mapping[str, str]
) -> Iterator[str]:
    for index, key in zip(indexes, keys, strict=True):
        if ambiguous(index, key, collations):
            yield f"the index {index.name}: a column is named like one of its expressions"
