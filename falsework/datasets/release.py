"""What one release knows of its database: its models, reduced to what its statements are made of.

Nothing here looks at the live schema: a release cannot either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    Dialect,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    column,
    table,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause, quoted_name
from sqlalchemy.types import JSON, TypeDecorator

from falsework.datasets.literals import default_of, literals_in
from falsework.datasets.shapes import AnyType, Check, Field, Link, Models, Shape
from falsework.declare import AT_EXPAND, UNTIL_CONTRACT
from falsework.engines.normalize import names_in
from falsework.model.plan import Release
from falsework.model.schema import Action, TableName


def models(
    release: Release,
    metadata: Sequence[MetaData],
    dialect: Dialect,
    schema: str,
    other: Sequence[MetaData] = (),
    *,
    cascades_to_itself: bool = True,
) -> Models:
    """The release's models; ``schema`` is where tables lie that name none.

    ``other``  the other release's models: there stands what a promise to keep a constraint names
    ``cascades_to_itself``  the engine's; where it does not, rows of the same table stop an update
    """
    theirs = {_name(t, schema): t for one in other for t in one.sorted_tables}
    tables = [t for one in metadata for t in one.sorted_tables]
    shapes = [_shape(t, dialect, schema, theirs.get(_name(t, schema))) for t in tables]
    if not cascades_to_itself:
        shapes = [replace(s, links=tuple(_stopping(s.name, k) for k in s.links)) for s in shapes]
    return Models(release, {shape.name: shape for shape in shapes})


def _stopping(child: TableName, link: Link) -> Link:
    return replace(link, on_update=Action.RESTRICT) if link.parent == child else link


def _name(one: Table, schema: str) -> TableName:
    return TableName(one.schema or schema, str(one.name))


def _shape(one: Table, dialect: Dialect, schema: str, before: Table | None) -> Shape:
    name = _name(one, schema)
    fields = tuple(_field(c, dialect) for c in one.columns if _writable(c))
    own = _rules(one)
    rules = (*own, *_promised(one, before))
    clause = table(
        quoted_name(name.name, quote=True),
        *(
            column(quoted_name(str(c.name), quote=True), bare(c.type, dialect))
            for c in one.columns
            if not c.system
        ),
        schema=quoted_name(name.schema, quote=True),
    )
    primary = tuple(str(c.name) for c in one.primary_key.columns)
    return Shape(
        name,
        clause,
        fields,
        _once((primary, *(k for rule in rules for k in _keys(rule)))),
        _once((primary, *(k for rule in own for k in _upserts(rule, dialect)))),
        _links(rules, schema),
        tuple(
            _check(rule, one, dialect)
            for rule in sorted(rules, key=_sorted_by)
            if isinstance(rule, CheckConstraint)
        ),
    )


def _sorted_by(rule: object) -> str:
    return str(getattr(rule, "sqltext", ""))


def _writable(one: Column[Any]) -> bool:
    """Whether INSERT and UPDATE may name it."""
    always = one.identity is not None and one.identity.always
    return not one.system and one.computed is None and not always


def _field(one: Column[Any], dialect: Dialect) -> Field:
    counted = one is one.table.autoincrement_column or one.identity is not None
    kind = bare(one.type, dialect)
    nullable = bool(one.nullable) and not one.primary_key
    return Field(
        name=str(one.name),
        type=kind,
        nullable=nullable,
        optional=nullable or counted or one.server_default is not None,
        counted=counted,
        default=default_of(one.server_default, kind),
    )


def bare(kind: AnyType, dialect: Dialect) -> AnyType:
    """The type as the database has it: variants chosen, wrappers and domains off."""
    found = kind.dialect_impl(dialect)
    while isinstance(found, TypeDecorator) or hasattr(found, "data_type"):
        inner = found.impl_instance if isinstance(found, TypeDecorator) else found.data_type
        found = inner.dialect_impl(dialect)
    if isinstance(found, JSON):
        json = copy(found)
        json.none_as_null = True  # None is SQL's NULL, as in every other column
        return json
    return found


def _rules(one: Table) -> tuple[Constraint | Index, ...]:
    """Constraints of the table and of its columns, and indexes; always in the same order."""
    found = [*one.constraints, *(c for column in one.columns for c in column.constraints)]
    return (
        *sorted(dict.fromkeys(found), key=lambda c: (str(c.name or ""), *_columns(c))),
        *sorted(one.indexes, key=lambda i: str(i.name)),
    )


def _columns(rule: Constraint) -> tuple[str, ...]:
    return tuple(str(c.name) for c in getattr(rule, "columns", ()))


def _promised(one: Table, before: Table | None) -> Iterator[Constraint | Index]:
    """The constraints and indexes of the other release that this one promises to obey.

    Or that the other one says of it (the releases are told apart by nothing else). A name that none
    of them has is the server's own name of an unnamed one: then all unnamed ones are obeyed.
    """
    if before is None:
        return
    said = (one.info.get(UNTIL_CONTRACT, ()), before.info.get(AT_EXPAND, ()))
    promises = tuple(name for names in said for name in names)
    if not promises:
        return
    rules = _rules(before)
    unknown = set(promises) - {rule.name for rule in rules}
    yield from (r for r in rules if r.name in promises or (r.name is None and unknown))


def _keys(rule: object) -> Iterator[tuple[str, ...]]:
    """Columns in which rows differ: a partial or computed index counts by all it looks at."""
    if compared := getattr(rule, "operators", None):  # of an exclusion constraint
        yield tuple(str(name) for name, operator in compared.items() if operator == "=")
    unique = isinstance(rule, UniqueConstraint) or (isinstance(rule, Index) and rule.unique)
    if isinstance(rule, UniqueConstraint | Index) and unique:
        yield tuple(str(c.name) for c in rule.columns)


def _upserts(rule: object, dialect: Dialect) -> Iterator[tuple[str, ...]]:
    """What an upsert may name: never a constraint that can be deferred."""
    if isinstance(rule, UniqueConstraint) and not rule.deferrable:
        yield tuple(str(c.name) for c in rule.columns)
    if isinstance(rule, Index) and rule.unique and _plain(rule, dialect):
        yield tuple(str(c.name) for c in rule.columns)


def _plain(index: Index, dialect: Dialect) -> bool:
    """Whether the index is over whole columns and all rows, as the dialect makes it."""
    options: Mapping[str, Any] = dict(index.dialect_options).get(dialect.name, {})
    partial = options.get("where") is not None or bool(options.get("length"))
    return not partial and all(isinstance(e, Column) for e in index.expressions)


def _once(keys: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(key for key in keys if key))


def _links(rules: Iterable[object], schema: str) -> tuple[Link, ...]:
    found = [
        Link(
            tuple(str(e.parent.name) for e in rule.elements),
            _name(rule.referred_table, schema),
            tuple(str(e.column.name) for e in rule.elements),
            _action(rule.ondelete),
            _action(rule.onupdate),
            bool(rule.deferrable or rule.initially),
        )
        for rule in rules
        if isinstance(rule, ForeignKeyConstraint)
    ]
    return tuple(sorted(found, key=lambda link: (link.columns, link.parent)))


def _action(text: str | None) -> Action:
    return Action(" ".join((text or "NO ACTION").upper().split()))


def _check(rule: CheckConstraint, one: Table, dialect: Dialect) -> Check:
    """The condition with every column as a bare name, for rows that are no table's yet."""
    condition = visitors.replacement_traverse(rule.sqltext, {}, _without_table)
    text = str(condition.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    uses = names_in(text, (str(c.name) for c in one.columns))
    return Check(condition, uses, literals_in(text))


def _without_table(element: object, **_: object) -> ColumnClause[Any] | None:
    if isinstance(element, Column):
        return column(quoted_name(element.name, quote=True), element.type)
    return None
