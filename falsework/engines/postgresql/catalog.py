"""The live schema: nine queries for any number of tables, and the model of their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from falsework.engines.counting import Said
from falsework.engines.postgresql import queries
from falsework.engines.postgresql.limits import PARTITIONED
from falsework.engines.postgresql.names import quoted
from falsework.engines.postgresql.reader import READER
from falsework.engines.postgresql.types import COUNTERS, is_serial
from falsework.model.grant import Grant, Grants
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
    PrimaryKey,
    Schema,
    SqlType,
    Table,
    TableName,
    Trigger,
    UniqueConstraint,
    View,
)
from falsework.model.schema import Sequence as Counter

Row = Sequence[Any]
Rows = Mapping[int, list[Row]]

_ACTIONS = {
    "a": Action.NO_ACTION,
    "r": Action.RESTRICT,
    "c": Action.CASCADE,
    "n": Action.SET_NULL,
    "d": Action.SET_DEFAULT,
}
_DESC, _NULLS_FIRST = 1, 2


def read(
    connection: Connection, schemas: Sequence[str], tables: Sequence[str] | None = None
) -> Schema:
    """The tables of the schemas, or those of the given names, and the views over them."""
    version = tuple(n for n in connection.dialect.server_version_info or () if isinstance(n, int))
    given = {"schemas": list(schemas), "names": None if tables is None else list(tables)}

    def ask(sql: str) -> Sequence[Row]:
        return connection.execute(text(sql), given).all()

    catalog = _Catalog(
        columns=_by_table(ask(queries.columns())),
        constraints=_by_table(ask(queries.constraints(version))),
        indexes=_by_table(ask(queries.indexes(version))),
        triggers=_by_table(ask(queries.triggers())),
        words={row[0]: row[2] for row in connection.execute(text(queries.WORDS))},
    )
    types = ask(queries.types())
    return Schema(
        tuple(catalog.table(row) for row in ask(queries.tables())),
        tuple(_views(ask(queries.views()))),
        tuple(_enumerations(types)),
        tuple(_sequences(ask(queries.sequences()))),
        tuple(_domains(types)),
    )


def rows(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Rows by statistics and file size; for a table never analyzed, by file size and width."""
    if not tables:
        return {}
    given = {"schemas": [t.schema for t in tables], "names": [t.name for t in tables]}
    found = connection.execute(text(queries.ROWS), given)
    return {TableName(row[0], row[1]): int(row[2]) for row in found}


def sizes(connection: Connection, tables: Collection[TableName]) -> Mapping[TableName, int]:
    """Heap, TOAST and indexes, as their files are; a table dropped at this moment has none."""
    if not tables:
        return {}
    given = {"schemas": [t.schema for t in tables], "names": [t.name for t in tables]}
    found = connection.execute(text(queries.SIZES), given)
    return {TableName(row[0], row[1]): int(row[2]) for row in found if row[2] is not None}


def grants(connection: Connection, schemas: Sequence[str]) -> Grants:
    """Privileges on the tables of the schemas, of all roles but the session's own."""
    given = {"schemas": list(schemas), "names": None}
    found: dict[TableName, list[Grant]] = defaultdict(list)
    for schema, name, grantee, privileges in connection.execute(text(queries.grants()), given):
        found[TableName(schema, name)].append(Grant(grantee, tuple(privileges)))
    return found


def _by_table(found: Iterable[Row]) -> Rows:
    """Rows under the oid of their table, which comes first in each."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[0]].append(row)
    return grouped


class _Catalog:
    """Rows of all tables; ``words`` are names of operator classes and collations by oid."""

    def __init__(
        self,
        columns: Rows,
        constraints: Rows,
        indexes: Rows,
        triggers: Rows,
        words: Mapping[int, str],
    ) -> None:
        self._columns = columns
        self._constraints = constraints
        self._indexes = indexes
        self._triggers = triggers
        self._words = words

    def table(self, row: Row) -> Table:
        """The table that the row begins."""
        oid, schema, name, comment, *kinds = row
        attributes = self._columns.get(oid, ())
        names = {a[1]: a[2] for a in attributes}
        types = {a[2]: READER.type(a[3]) for a in attributes}
        constraints = self._constraints.get(oid, ())
        indexes = self._indexes.get(oid, ())
        backing = {c[14] for c in constraints if c[2] in "pux"}
        under = {i[1]: i for i in indexes}
        keys = [c for c in constraints if c[2] == "p"]
        in_key = {number for c in keys for number in c[6]}
        return Table(
            name=TableName(schema, name),
            columns=tuple(_column(a, types, a[1] in in_key) for a in attributes),
            primary_key=next((PrimaryKey(_named(c[6], names), c[1]) for c in keys), None),
            uniques=tuple(_unique(c, under[c[14]], names) for c in constraints if c[2] == "u"),
            foreign_keys=tuple(_foreign_key(c, names) for c in constraints if c[2] == "f"),
            checks=tuple(_check(c, names, types) for c in constraints if c[2] == "c"),
            indexes=tuple(
                self._index(i, names, types, attributes) for i in indexes if i[1] not in backing
            ),
            exclusions=tuple(
                _exclusion(c, self._index(under[c[14]], names, types, attributes))
                for c in constraints
                if c[2] == "x"
            ),
            triggers=tuple(Trigger(t[1], f"{t[2]}\n{t[3]}") for t in self._triggers.get(oid, ())),
            opaque=tuple(sorted(_opaque(kinds, constraints, indexes))),
            comment=comment,
        ).sorted()

    def _index(
        self,
        row: Row,
        names: Mapping[int, str],
        types: Mapping[str, SqlType],
        attributes: Sequence[Row],
    ) -> Index:
        """An index with its entries as the models have them."""
        keys = row[6][: row[7]]
        collations = {a[1]: a[8] for a in attributes}
        entries = []
        for place, number in enumerate(keys):
            entry = names.get(number) or READER.expression(row[11][place], types)
            if number and row[9][place] != collations[number] and row[9][place]:
                entry += f" COLLATE {quoted(self._words[row[9][place]])}"
            if row[13][place] in self._words:
                entry += f" {self._words[row[13][place]]}"
            entries.append(entry + _order(row[8][place]))
        used = {*row[6], *(row[12] or ())}
        return Index(
            name=row[2],
            columns=tuple(entries),
            unique=row[4],
            where=None if row[10] is None else READER.expression(row[10], types),
            uses=tuple(sorted(names[n] for n in used if n in names)),
            method=None if row[3] == "btree" else row[3],
            valid=row[5],
            include=_named(row[6][row[7] :], names),
            nulls_equal=row[14],
            storage=tuple(sorted(row[15] or ())),
        )


def _unique(row: Row, index: Row, names: Mapping[int, str]) -> UniqueConstraint:
    return UniqueConstraint(
        row[1],
        _named(row[6], names),
        include=_named(index[6][index[7] :], names),
        nulls_equal=index[14],
        deferrable=_deferrable(row),
    )


def _exclusion(row: Row, index: Index) -> Exclusion:
    return Exclusion(
        row[1],
        index.columns,
        tuple(row[18]),
        index.uses,
        index.where,
        index.method,
        _deferrable(row),
    )


def _named(numbers: Iterable[int], names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(names[n] for n in numbers)


def _order(option: int) -> str:
    """Descending puts NULLs first and ascending last, unless it says otherwise."""
    descending, first = bool(option & _DESC), bool(option & _NULLS_FIRST)
    nulls = "" if descending == first else f" NULLS {'FIRST' if first else 'LAST'}"
    return (" DESC" if descending else "") + nulls


def _column(row: Row, types: Mapping[str, SqlType], in_key: bool) -> Column:
    """A column. A counter of its own, or a key's counter, is the engine's to supply."""
    type = types[row[2]]
    default = None if row[5] is None or row[7] else READER.default(row[5], type)
    counts = bool(row[6])
    if default is not None and default.text.startswith("nextval(") and is_serial(type):
        counts = counts or row[10] or in_key
    return Column(
        name=row[2],
        type=type,
        nullable=not row[4],
        default=None if counts else default,
        autoincrement=counts,
        generated=READER.expression(row[5], types) if row[7] else None,
        collation=row[9],
        stored=row[7] == "s",
        comment=row[11],
        identity=_identity(row, type),
    )


def _identity(row: Row, type: SqlType) -> Identity | None:
    if not row[6]:
        return None
    return Identity(row[6] == "a", COUNTERS.counting(Said(*row[12]), type.name))


def _foreign_key(row: Row, names: Mapping[int, str]) -> ForeignKey:
    return ForeignKey(
        name=row[1],
        columns=_named(row[6], names),
        parent=TableName(row[10], row[11]),
        parent_columns=tuple(row[12]),
        on_delete=_ACTIONS[row[8]],
        on_update=_ACTIONS[row[7]],
        valid=row[3],
        deferrable=_deferrable(row),
    )


def _deferrable(row: Row) -> str | None:
    if not row[4]:
        return None
    return "DEFERRABLE INITIALLY DEFERRED" if row[5] else "DEFERRABLE"


def _check(row: Row, names: Mapping[int, str], types: Mapping[str, SqlType]) -> CheckConstraint:
    uses = tuple(sorted(_named(row[6] or (), names)))
    return CheckConstraint(row[1], READER.expression(row[13], types), uses, valid=row[3])


def _opaque(
    kinds: Sequence[bool],
    constraints: Sequence[Row],
    indexes: Sequence[Row],
) -> Iterator[str]:
    """What the model cannot hold, by name."""
    texts = (PARTITIONED, "unlogged", "row-level security", "inheritance")
    yield from (what for what, there in zip(texts, kinds, strict=True) if there)
    for row in constraints:
        yield from (f"{what} {row[1]}" for what in _opaque_constraint(row))
    primary = {row[14] for row in constraints if row[2] == "p"}
    for row in indexes:
        if row[1] in primary and len(row[6]) > row[7]:
            yield f"included columns of {row[2]}"


def _opaque_constraint(row: Row) -> Iterator[str]:
    kind = row[2]
    if kind == "p" and row[4]:
        yield "deferrable constraint"
    if kind == "n" and not row[3]:
        yield "unvalidated NOT NULL"
    if kind == "f" and row[9] == "f":
        yield "MATCH FULL of"
    if row[15]:
        yield "SET column list of"
    if not row[16]:
        yield "NOT ENFORCED"
    if row[17]:
        yield "period of"


def _enumerations(found: Iterable[Row]) -> Iterator[Enumeration]:
    for kind, schema, name, type, labels, *_ in found:
        if kind == "e":
            yield Enumeration(TableName(schema, name), tuple(labels), READER.type(type).name)


def _domains(found: Iterable[Row]) -> Iterator[Domain]:
    for kind, schema, name, type, _, made_of, not_null, default, collation, *checks in found:
        if kind != "d":
            continue
        base = READER.type(made_of)
        yield Domain(
            TableName(schema, name),
            base,
            READER.type(type).name,
            not not_null,
            None if default is None else READER.default(default, base),
            tuple(
                CheckConstraint(check, READER.expression(text, {"value": base}))
                for check, text in zip(*checks, strict=True)
            ),
            collation,
        )


def _sequences(found: Iterable[Row]) -> Iterator[Counter]:
    for schema, name, type, *options in found:
        numbers = READER.type(type).name
        counting = COUNTERS.counting(Said(*options), numbers)
        yield Counter(TableName(schema, name), counting, numbers)


def _views(found: Iterable[Row]) -> Iterator[View]:
    """One view for the rows of all tables it reads."""
    uses: dict[tuple[str, str, str], list[tuple[TableName, str]]] = defaultdict(list)
    for schema, name, stored, definition, table_schema, table, columns in found:
        kind = "MATERIALIZED VIEW" if stored else "VIEW"
        words = f"CREATE {kind} {quoted(schema)}.{quoted(name)} AS\n{definition}"
        here = TableName(table_schema, table)
        uses[schema, name, words] += [(here, column) for column in sorted(columns) or ("",)]
    for (schema, name, words), columns_used in sorted(uses.items()):
        yield View(schema, name, words, tuple(columns_used))
