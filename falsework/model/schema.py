"""A normalised picture of a database: equal when equal, the same bytes for the same picture.

Everything an engine reads, live or from models, has passed that engine's normaliser, so that
comparing two pictures is comparing values. Objects are kept sorted by name where their order says
nothing (tables, constraints, indexes) and in their own order where it does (columns of a key).
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable
from enum import StrEnum
from functools import cached_property

from msgspec.structs import replace

from falsework.model.frozen import Frozen, encode
from falsework.model.keys import Exclusion, Index, PrimaryKey, UniqueConstraint
from falsework.model.objects import Enumeration, Identity, Sequence, TableName, Trigger, View


class DefaultKind(StrEnum):
    """How a default's value behaves; the engine decides when it reads it. Unknown is volatile."""

    CONSTANT = "constant"
    STABLE = "stable"  # one value a statement: now()
    VOLATILE = "volatile"  # one value a row: a random uuid
    SEQUENCE = "sequence"  # the table's own counter


class Action(StrEnum):
    """What a foreign key does to the child. RESTRICT and NO ACTION differ only when deferred."""

    NO_ACTION = "NO ACTION"
    RESTRICT = "RESTRICT"
    CASCADE = "CASCADE"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"

    @property
    def stops_parent(self) -> bool:
        """Whether a child row makes the parent's DELETE or key change fail."""
        return self in (Action.NO_ACTION, Action.RESTRICT, Action.SET_DEFAULT)


class SqlType(Frozen, frozen=True):
    """A column type in the engine's normal form."""

    name: str
    args: tuple[int | str, ...] = ()
    flags: tuple[str, ...] = ()  # "unsigned", "time zone", "[]": whatever the engine's types need

    def __str__(self) -> str:
        """As a person reads it: ``varchar(50)``; the engine spells the SQL."""
        args = f"({','.join(map(str, self.args))})" if self.args else ""
        return " ".join((self.name + args, *self.flags))


class Default(Frozen, frozen=True):
    """A server default: its normalised SQL text and how its value behaves."""

    text: str
    kind: DefaultKind = DefaultKind.VOLATILE


REFRESHED = "ON UPDATE "
"""What an attribute begins with that says what each UPDATE gives to the column."""


class Column(Frozen, frozen=True):
    """One column. ``generated`` and ``collation`` are None where the table's own rule holds.

    ``stored`` tells a computed column that is kept on disk from one computed when it is read; an
    engine that has only one kind leaves it False. ``attributes`` are further words of the engine
    that a statement which spells the column anew has to repeat, or they are lost.
    """

    name: str
    type: SqlType
    nullable: bool = True
    default: Default | None = None
    autoincrement: bool = False  # the engine supplies the value where an INSERT omits it
    generated: str | None = None  # the expression of a computed column
    collation: str | None = None
    stored: bool = False
    attributes: tuple[str, ...] = ()
    comment: str | None = None
    identity: Identity | None = None  # of one that counts; None: by whatever the engine has

    @property
    def written(self) -> bool:
        """Whether a statement may give it a value."""
        always = self.identity is not None and self.identity.always
        return self.generated is None and not always

    @property
    def refresh(self) -> str | None:
        """What the engine gives it at each UPDATE that does not name it; None: nothing."""
        said = (w.removeprefix(REFRESHED) for w in self.attributes if w.startswith(REFRESHED))
        return next(said, None)

    @property
    def refreshed(self) -> bool:
        """Whether the engine gives it a new value at each UPDATE that does not name it."""
        return self.refresh is not None

    @property
    def optional(self) -> bool:
        """Whether an INSERT may leave this column out."""
        return (
            self.nullable
            or self.default is not None
            or self.autoincrement
            or self.generated is not None
        )


class ForeignKey(Frozen, frozen=True):
    """A foreign key; ``valid`` is False while old rows have not been checked by the server."""

    name: str | None
    columns: tuple[str, ...]
    parent: TableName
    parent_columns: tuple[str, ...]
    on_delete: Action = Action.NO_ACTION
    on_update: Action = Action.NO_ACTION
    valid: bool = True
    deferrable: str | None = None  # "DEFERRABLE INITIALLY DEFERRED" and the like

    @property
    def label(self) -> str:
        """For people."""
        return f"foreign key to {self.parent}"


class CheckConstraint(Frozen, frozen=True):
    """A check; ``uses`` are the columns its text mentions, sorted."""

    name: str | None
    text: str
    uses: tuple[str, ...] = ()
    valid: bool = True

    @property
    def label(self) -> str:
        """For people."""
        return f"check {self.name or self.text}"


class Domain(Frozen, frozen=True):
    """A type made of another one, with rules of its own, which hold wherever it is used.

    ``type``  what ``SqlType.name`` says of a column that is of it
    """

    name: TableName
    base: SqlType
    type: str
    nullable: bool = True
    default: Default | None = None
    checks: tuple[CheckConstraint, ...] = ()
    collation: str | None = None


Rule = Index | UniqueConstraint | ForeignKey | CheckConstraint | Exclusion


def goes_by(rule: Rule, names: Container[str]) -> bool:
    """Whether it is among the names: by its own, or by its columns, as models may leave it none."""
    own = rule.name is not None and rule.name in names
    return own or (not isinstance(rule, CheckConstraint) and ", ".join(rule.columns) in names)


class Table(Frozen, frozen=True):
    """One table with everything on it. ``options`` are engine words such as ``STRICT``.

    ``opaque`` names what the reader saw and this model cannot hold; a table with any of it is
    never rebuilt, because the rebuild would lose it.
    """

    name: TableName
    columns: tuple[Column, ...]
    primary_key: PrimaryKey | None = None
    uniques: tuple[UniqueConstraint, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    options: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    comment: str | None = None
    exclusions: tuple[Exclusion, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    def of_type(self, name: str) -> tuple[str, ...]:
        """The columns whose type is called so, or is a list of such."""
        return tuple(c.name for c in self.columns if c.type.name == name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """All column names in table order."""
        return tuple(c.name for c in self.columns)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Every column set the table keeps unique over whole rows, primary key first.

        No upsert can name partial and expression indexes by columns alone, nor a deferrable
        constraint at all: they are left out.
        """
        first = (self.primary_key.columns,) if self.primary_key else ()
        indexed = tuple(
            i.columns
            for i in self.indexes
            if i.unique and i.valid and i.where is None and set(i.columns) <= set(i.uses)
        )
        named = tuple(u.columns for u in self.uniques if u.deferrable is None)
        return first + named + indexed

    def nullable(self, columns: Iterable[str]) -> bool:
        """Whether one of the columns may hold NULL, or is not there."""
        return any((c := self.column(n)) is None or c.nullable for n in columns)

    @property
    def walk_key(self) -> tuple[str, ...] | None:
        """The key a fill walks along: the primary key, or a unique key without NULLs."""
        for key in self.keys:
            if not self.nullable(key):
                return key
        return None

    def sorted(self) -> Table:
        """The same table with everything whose order says nothing in one order."""
        return replace(
            self,
            uniques=tuple(sorted(self.uniques, key=lambda u: (u.columns, u.name or ""))),
            foreign_keys=tuple(
                sorted(self.foreign_keys, key=lambda f: (f.columns, f.parent, f.name or ""))
            ),
            checks=tuple(sorted(self.checks, key=lambda c: (c.name or "", c.text))),
            indexes=tuple(sorted(self.indexes, key=lambda i: i.name)),
            exclusions=tuple(sorted(self.exclusions, key=lambda x: (x.name or "", x.columns))),
            triggers=tuple(sorted(self.triggers, key=lambda t: t.name)),
        )


class Schema(Frozen, frozen=True, dict=True, gc=True):
    """A picture of all tables and views of the schemas it was read from, and of what they use."""

    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    enumerations: tuple[Enumeration, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    domains: tuple[Domain, ...] = ()

    @cached_property
    def _by_name(self) -> dict[TableName, Table]:
        """The tables by name: 1 000 tables are looked up many thousand times."""
        return {t.name: t for t in self.tables}

    @cached_property
    def children(self) -> dict[TableName, frozenset[TableName]]:
        """For each parent the tables whose foreign keys refer to it."""
        found: dict[TableName, set[TableName]] = {}
        for table in self.tables:
            for key in table.foreign_keys:
                found.setdefault(key.parent, set()).add(table.name)
        return {parent: frozenset(names) for parent, names in found.items()}

    @cached_property
    def users(self) -> dict[TableName, frozenset[TableName]]:
        """For each enumeration and domain the tables with a column of it."""
        types = {e.name: e.type for e in self.enumerations} | {d.name: d.type for d in self.domains}
        return {
            name: frozenset(t.name for t in self.tables if t.of_type(type))
            for name, type in types.items()
        }

    def table(self, name: TableName) -> Table | None:
        """The table of that name, or None."""
        return self._by_name.get(name)

    def enumeration(self, name: TableName) -> Enumeration | None:
        """The enumeration of that name, or None."""
        return next((e for e in self.enumerations if e.name == name), None)

    def sequence(self, name: TableName) -> Sequence | None:
        """The sequence of that name, or None."""
        return next((s for s in self.sequences if s.name == name), None)

    def domain(self, name: TableName) -> Domain | None:
        """The domain of that name, or None."""
        return next((d for d in self.domains if d.name == name), None)

    def labels(self, type: SqlType) -> tuple[str, ...] | None:
        """The values that a type lists as an object by itself; None for any other type."""
        return next((e.labels for e in self.enumerations if e.type == type.name), None)

    def ruled(self, type: SqlType) -> bool:
        """Whether the type is a domain that looks at each row, or gives it something of its own."""
        made = next((d for d in self.domains if d.type == type.name), None)
        plain = made is None or (made.nullable and made.default is None and not made.checks)
        return not plain

    def with_table(self, table: Table) -> Schema:
        """This schema with ``table`` added, or put in the place of its namesake."""
        others = (t for t in self.tables if t.name != table.name)
        return replace(self, tables=tuple(sorted((*others, table.sorted()), key=lambda t: t.name)))

    def without_table(self, name: TableName) -> Schema:
        """This schema without the table of that name."""
        return replace(self, tables=tuple(t for t in self.tables if t.name != name))

    def with_enumeration(self, enumeration: Enumeration) -> Schema:
        """This schema with it added, or put in the place of its namesake."""
        others = (e for e in self.enumerations if e.name != enumeration.name)
        found = tuple(sorted((*others, enumeration), key=lambda e: e.name))
        return replace(self, enumerations=found)

    def without_enumeration(self, name: TableName) -> Schema:
        """This schema without the enumeration of that name."""
        return replace(self, enumerations=tuple(e for e in self.enumerations if e.name != name))

    def with_sequence(self, sequence: Sequence) -> Schema:
        """This schema with it added, or put in the place of its namesake."""
        others = (s for s in self.sequences if s.name != sequence.name)
        return replace(self, sequences=tuple(sorted((*others, sequence), key=lambda s: s.name)))

    def without_sequence(self, name: TableName) -> Schema:
        """This schema without the sequence of that name."""
        return replace(self, sequences=tuple(s for s in self.sequences if s.name != name))

    def with_domain(self, domain: Domain) -> Schema:
        """This schema with it added, or put in the place of its namesake."""
        others = (d for d in self.domains if d.name != domain.name)
        return replace(self, domains=tuple(sorted((*others, domain), key=lambda d: d.name)))

    def without_domain(self, name: TableName) -> Schema:
        """This schema without the domain of that name."""
        return replace(self, domains=tuple(d for d in self.domains if d.name != name))

    def only(self, names: Iterable[TableName]) -> Schema:
        """The named objects of this schema, the views over them and the types that they use."""
        wanted = frozenset(names)
        return Schema(
            tuple(t for t in self.tables if t.name in wanted),
            tuple(v for v in self.views if any(table in wanted for table, _ in v.uses)),
            tuple(e for e in self.enumerations if e.name in wanted or self.users[e.name] & wanted),
            tuple(s for s in self.sequences if s.name in wanted),
            tuple(d for d in self.domains if d.name in wanted or self.users[d.name] & wanted),
        )

    def neighbours(self, names: Iterable[TableName]) -> frozenset[TableName]:
        """The named objects, what foreign keys tie to them, and the tables that use them."""
        wanted = frozenset(names)
        parents = {f.parent for name in wanted if (t := self.table(name)) for f in t.foreign_keys}
        below = (self.children.get(name, frozenset()) for name in wanted)
        using = (self.users.get(name, frozenset()) for name in wanted)
        return wanted.union(parents, *below, *using)

    @property
    def digest(self) -> str:
        """The picture's fingerprint: sha256 over its canonical JSON, the first 32 hex digits."""
        more = [self.enumerations, self.sequences, *((self.domains,) if self.domains else ())]
        return digest((self.tables, self.views, *more) if any(more) else (self.tables, self.views))


def digest(value: object) -> str:
    """The fingerprint of frozen data: sha256 over its JSON in declaration order, 32 hex digits."""
    return hashlib.sha256(encode(value)).hexdigest()[:32]
