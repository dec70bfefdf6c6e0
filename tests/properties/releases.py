"""Releases as values, with nearly everything that models say, and the MetaData they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from tests.properties.kinds import day, kinds

# Every naming convention: none, one that says all, and the one that SQLAlchemy's manual shows.
CONVENTIONS: tuple[Mapping[str, str] | None, ...] = (
    None,
    {
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    },
    {
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)

Clause = Callable[[Any, int], ColumnElement[bool]]

# What checks and predicates say of a column of each family, and of a number.
RULES: dict[str, tuple[Clause, ...]] = {
    "number": (
        lambda c, n: c > n,
        lambda c, n: c != -n,
        lambda c, n: c.between(n, 90),
        lambda c, n: c.in_([n, 50, 60]),
        lambda c, n: c % 2 == n,
        lambda c, n: sa.and_(c > n, c < 50, c != 40),
        lambda c, n: sa.or_(c > n, c.is_(None)),
        lambda c, n: sa.not_(sa.or_(c == n, c == 50)),
        lambda c, n: c + n > 0,
        lambda c, n: (c + 1) * 2 > n,
        lambda c, n: sa.func.coalesce(c, 0) >= n,
        lambda c, n: sa.case((c > n, 1), else_=0) == 1,
        lambda c, n: c.not_in([n, 70]),
        lambda c, n: sa.func.abs(c) > n,
    ),
    "text": (
        lambda c, n: c != f"bad {n}",
        lambda c, n: c.in_([f"a{n}", "b"]),
        lambda c, n: c.like(f"a{n}%"),
        lambda c, n: c.not_like(f"%_{n}"),
        lambda c, n: sa.func.length(c) < n,
        lambda c, n: sa.or_(c == f"it's {n}", c.is_(None)),
        lambda c, n: sa.func.lower(c) != f"x{n}",
        lambda c, n: sa.and_(c.is_not(None), c != f"é{n}"),
        lambda c, n: c + "x" != f"y{n}",
        lambda c, n: c.between(f"a{n}", "z"),
        lambda c, n: sa.func.coalesce(c, "") != f"100 % {n}",
    ),
    "truth": (
        lambda c, n: c.is_(True) if n % 2 else c.is_(False),
        lambda c, n: c if n % 2 else sa.not_(c),
    ),
    "date": (
        lambda c, n: c > sa.literal_column(f"'{day(n)}'"),
        lambda c, n: sa.or_(c.is_(None), c != sa.literal_column(f"'{day(n)}'")),
    ),
}
RULES["real"] = RULES["number"][:4]


@dataclass(frozen=True)
class Field:
    """A column. ``kind`` and ``default`` are a key and a place of ``kinds``.

    ``changed``   of the type that is a step away
    ``computed``  the column that it is computed from, what is added, and whether it is stored
    """

    name: str
    kind: str
    changed: bool = False
    nullable: bool = True
    default: int | None = None
    collation: str | None = None
    computed: tuple[str, int, bool] | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Rule:
    """A check: what ``RULES`` have at that place, of a column and a number."""

    name: str | None
    column: str
    form: int
    number: int = 1


@dataclass(frozen=True)
class Entry:
    """An entry of an index: a column as ``form`` says."""

    column: str
    form: str = "plain"  # desc, nulls first, lower, sum


@dataclass(frozen=True)
class Lookup:
    """An index; ``where`` is a rule without a name."""

    name: str
    entries: tuple[Entry, ...]
    unique: bool = False
    where: Rule | None = None
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Key:
    """A unique constraint with its options, or the primary key."""

    name: str | None
    columns: tuple[str, ...]
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Tie:
    """A foreign key to the table at that place."""

    name: str | None
    columns: tuple[str, ...]
    parent: int
    parent_columns: tuple[str, ...]
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: bool | None = None
    initially: str | None = None


@dataclass(frozen=True)
class Relation:
    """A table; ``part`` says which MetaData it is in."""

    name: str
    fields: tuple[Field, ...]
    key: Key = Key(None, ())
    counts: bool | str = "auto"
    uniques: tuple[Key, ...] = ()
    rules: tuple[Rule, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    ties: tuple[Tie, ...] = ()
    schema: str | None = None
    part: int = 0
    options: tuple[tuple[str, Any], ...] = ()
    comment: str | None = None

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    def with_field(self, field: Field) -> Relation:
        """The same table with the column in the place of its namesake."""
        return replace(
            self, fields=tuple(field if f.name == field.name else f for f in self.fields)
        )

    def users(self, column: str) -> tuple[object, ...]:
        """The keys, rules and indexes over the column."""
        return (
            *((self.key,) if column in self.key.columns else ()),
            *(u for u in self.uniques if column in u.columns),
            *(r for r in self.rules if r.column == column),
            *(i for i in self.lookups if column in used_by(i)),
            *(t for t in self.ties if column in t.columns),
            *(f for f in self.fields if f.computed and f.computed[0] == column),
        )


@dataclass(frozen=True)
class Release:
    """All tables, parents before children, as one engine has them."""

    engine: str
    dialect: str
    convention: int
    relations: tuple[Relation, ...]

    def with_relation(self, place: int, relation: Relation) -> Release:
        """The same release with another table at the place."""
        there = (*self.relations[:place], relation, *self.relations[place + 1 :])
        return replace(self, relations=there)


def used_by(lookup: Lookup) -> frozenset[str]:
    """The columns that the index needs."""
    included = dict(lookup.options).get("include", ())
    return frozenset({e.column for e in lookup.entries} | set(included)) | (
        {lookup.where.column} if lookup.where else set()
    )


def models(release: Release) -> list[sa.MetaData]:
    """The MetaData that the release stands for."""
    convention = CONVENTIONS[release.convention]
    parts = [sa.MetaData(naming_convention=convention) for _ in range(2)]
    tables: list[sa.Table] = []
    for relation in release.relations:
        tables.append(_table(release, relation, parts[relation.part], tables))
    return [part for part in parts if part.tables]


def _table(
    release: Release, relation: Relation, metadata: sa.MetaData, before: list[sa.Table]
) -> sa.Table:
    table = sa.Table(
        relation.name,
        metadata,
        *(_column(release, relation, f) for f in relation.fields),
        schema=relation.schema,
        comment=relation.comment,
        **{f"{release.dialect}_{k}": v for k, v in relation.options},
    )
    if relation.key.name is not None:
        table.primary_key.name = relation.key.name
    if len(relation.key.columns) > 1:
        columns = [table.c[n] for n in relation.key.columns]
        table.append_constraint(sa.PrimaryKeyConstraint(*columns, name=relation.key.name))
    for unique in relation.uniques:
        options = dict(unique.options)
        table.append_constraint(sa.UniqueConstraint(*unique.columns, name=unique.name, **options))
    for rule in relation.rules:
        table.append_constraint(sa.CheckConstraint(_says(relation, table, rule), name=rule.name))
    for lookup in relation.lookups:
        _index(release, relation, table, lookup)
    for tie in relation.ties:
        parent = (*before, table)[tie.parent]
        table.append_constraint(
            sa.ForeignKeyConstraint(
                tie.columns,
                [parent.c[n] for n in tie.parent_columns],
                name=tie.name,
                ondelete=tie.on_delete,
                onupdate=tie.on_update,
                deferrable=tie.deferrable,
                initially=tie.initially,
            )
        )
    return table


def _column(release: Release, relation: Relation, field: Field) -> sa.Column[Any]:
    kind = kinds(release.engine)[field.kind]
    type = (kind.other if field.changed and kind.other else kind.make)()
    if field.collation is not None:
        type = type.copy() if hasattr(type, "copy") else type
        type.collation = field.collation  # type: ignore[attr-defined]
    key = field.name in relation.key.columns
    said: dict[str, Any] = {"comment": field.comment}
    if field.default is not None:
        said["server_default"] = kind.defaults[field.default]
    parts: list[Any] = []
    if field.computed is not None:
        source, number, stored = field.computed
        parts.append(sa.Computed(sa.column(source, sa.Integer) + number, persisted=stored))
    if key:
        said["autoincrement"] = relation.counts
    else:
        said["nullable"] = field.nullable
    return sa.Column(field.name, type, *parts, primary_key=key, **said)


def _says(relation: Relation, table: sa.Table, rule: Rule) -> ColumnElement[bool]:
    family = _family(relation, rule.column)
    return RULES[family][rule.form](table.c[rule.column], rule.number)


def _family(relation: Relation, column: str) -> str:
    kind = relation.field(column).kind
    return next(
        k.family for e in ("sqlite", "postgresql", "mysql") if (k := kinds(e).get(kind)) is not None
    )


def _index(release: Release, relation: Relation, table: sa.Table, lookup: Lookup) -> None:
    options = {f"{release.dialect}_{k}": v for k, v in lookup.options}
    if lookup.where is not None:
        options[f"{release.dialect}_where"] = _says(relation, table, lookup.where)
    forms: dict[str, Callable[[Any], Any]] = {
        "plain": lambda c: c,
        "desc": lambda c: c.desc(),
        "nulls first": lambda c: c.nulls_first(),
        "lower": sa.func.lower,
        "sum": lambda c: c + 1,
    }
    entries = [forms[e.form](table.c[e.column]) for e in lookup.entries]
    sa.Index(lookup.name, *entries, unique=lookup.unique, **options)
