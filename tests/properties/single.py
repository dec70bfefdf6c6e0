"""Single changes: one property of a release is another, and what must be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql.base import PGDialect

from tests.properties.drawn import MYSQL_FAMILY
from tests.properties.kinds import Kind, kinds
from tests.properties.releases import (
    Entry,
    Field,
    Key,
    Lookup,
    Relation,
    Release,
    Tie,
    used_by,
)

T = TypeVar("T")
NEW = "new one"
# Since SQLAlchemy 2.1.
KEYS_INCLUDE = any(
    kind is UniqueConstraint and "include" in options
    for kind, options in PGDialect.construct_arguments or ()
)


@dataclass(frozen=True)
class Single:
    """A release with one change, and the kinds of change that say so.

    ``may``    kinds that come along: the server's own index of a foreign key
    ``note``   what a note of the plan must say
    ``vague``  whether only the server could tell that the texts differ
    """

    what: str
    release: Release
    expected: tuple[str, ...]
    may: tuple[str, ...] = ()
    note: str = ""
    vague: bool = False


def singles(release: Release) -> Iterator[Single]:
    """Every change of one property that the release has."""
    for place, relation in enumerate(release.relations):
        one = _Changes(release, place, relation)
        yield from one.table()
        yield from one.columns()
        yield from one.keys()
        yield from one.rules()
        yield from one.lookups()
        yield from one.ties()


def _without(parts: tuple[T, ...], gone: T) -> tuple[T, ...]:
    return tuple(p for p in parts if p is not gone)


def _other(parts: tuple[T, ...], old: T, new: T) -> tuple[T, ...]:
    return tuple(new if p is old else p for p in parts)


class _Changes:
    """Changes of one table."""

    def __init__(self, release: Release, place: int, relation: Relation) -> None:
        self.release = release
        self.place = place
        self.relation = relation
        self.known = kinds(release.engine)
        self.family = release.engine in MYSQL_FAMILY
        self.postgresql = release.engine == "postgresql"
        self.children = [r for r in release.relations if any(t.parent == place for t in r.ties)]

    def _now(
        self, what: str, relation: Relation, *expected: str, may: tuple[str, ...] = ()
    ) -> Single:
        release = self.release.with_relation(self.place, relation)
        return Single(f"{self.relation.name}: {what}", release, expected, may)

    def _kind(self, field: Field) -> Kind:
        return self.known[field.kind]

    def table(self) -> Iterator[Single]:
        relations = self.release.relations
        if self.release.engine != "sqlite":
            said = replace(self.relation, comment="why")
            yield self._now("comment", said, "CommentChanged")
        added = Relation(NEW, (Field("id", "integer", nullable=False),), Key(None, ("id",)))
        yield Single(
            "new table", replace(self.release, relations=(*relations, added)), ("TableAdded",)
        )
        if not self.children and self.place == len(relations) - 1 and self.place:
            gone = replace(self.release, relations=relations[:-1])
            yield Single(
                f"drop {self.relation.name}",
                gone,
                ("TableDropped",),
                ("EnumerationDropped", "DomainDropped"),
            )
            yield self._now(
                "rename",
                replace(self.relation, name=NEW),
                "TableAdded",
                "TableDropped",
                may=("RenameSuspected",),
            )

    def columns(self) -> Iterator[Single]:
        relation = self.relation
        fields = relation.fields
        yield self._now(
            "new column", replace(relation, fields=(*fields, Field(NEW, "integer"))), "ColumnAdded"
        )
        for field in fields:
            yield from self._column(field)
            yield from self._comment(field) if self.release.engine != "sqlite" else ()
            if not relation.users(field.name) and len(fields) > 1:
                gone = replace(relation, fields=_without(fields, field))
                may = ("EnumerationDropped", "DomainDropped")
                yield self._now(f"drop {field.name}", gone, "ColumnDropped", may=may)
                renamed = replace(field, name=NEW)
                now = replace(relation, fields=_other(fields, field, renamed))
                kinds_ = ("ColumnAdded", "ColumnDropped")
                yield self._now(f"rename {field.name}", now, *kinds_, may=("RenameSuspected",))

    def _comment(self, field: Field) -> Iterator[Single]:
        for text in ("why", *((None,) if field.comment else ())):
            now = self.relation.with_field(replace(field, comment=text))
            yield self._now(f"comment {text} of {field.name}", now, "CommentChanged")

    def _column(self, field: Field) -> Iterator[Single]:
        relation = self.relation
        kind = self._kind(field)

        def now(what: str, changed: Field, *expected: str) -> Single:
            return self._now(f"{what} of {field.name}", relation.with_field(changed), *expected)

        if field.computed is not None:
            yield from self._computed(field, field.computed)
            return
        used = relation.users(field.name)
        if not used and kind.other and self._movable(field, kind):
            yield now("type", replace(field, changed=True), kind.says)
        if field.name not in relation.key.columns:
            kinds_ = ("NotNullAdded" if field.nullable else "NotNullRemoved",)
            yield now("null", replace(field, nullable=not field.nullable), *kinds_)
        if field.name in relation.key.columns:
            return
        for place in (None, *range(len(kind.defaults))):
            if place != field.default:
                one = now(f"default {place}", replace(field, default=place), "DefaultChanged")
                # One of these has ON UPDATE, which is another property.
                one = replace(one, may=("RefreshChanged",) if field.kind == "touched" else ())
                yield replace(one, vague=not kind.family)  # JSON, arrays
        if kind.collated and not used:
            own = {"sqlite": "RTRIM", "postgresql": "POSIX"}.get(
                self.release.engine, "utf8mb4_icelandic_ci"
            )
            yield now("collation", replace(field, collation=own), "CollationChanged")

    def _movable(self, field: Field, kind: Kind) -> bool:
        """Whether the type alone may be another: nothing is said in it, and nobody shares it."""
        sharing = [f for r in self.release.relations for f in r.fields if f.kind == field.kind]
        plain = field.default is None and field.collation is None
        return plain and (kind.says == "TypeChanged" or sharing == [field])

    def _computed(self, field: Field, computed: tuple[str, int, bool]) -> Iterator[Single]:
        source, number, stored = computed
        others = {
            "expression": (source, number + 1, stored),
            "no expression": None,
            "storage": (source, number, not stored),
        }
        if self.postgresql:
            del others["storage"]  # the older one has a single kind
        for what, other in others.items():
            now = self.relation.with_field(replace(field, computed=other))
            yield self._now(f"{what} of {field.name}", now, "ComputedChanged")

    def keys(self) -> Iterator[Single]:
        relation = self.relation
        key = relation.key
        plain = [
            f
            for f in relation.fields
            if not relation.users(f.name) and self._kind(f).keyed and f.collation is None
        ]
        if len(key.columns) > 1 and not self.children:
            turned = replace(key, columns=key.columns[::-1])
            yield self._now("order of the key", replace(relation, key=turned), "NotPlanned")
        if key.columns and not self.family:
            named = replace(key, name="another name")
            yield self._now("name of the key", replace(relation, key=named), "NotPlanned")
        for unique in relation.uniques:
            others = _without(relation.uniques, unique)
            may = ("IndexAdded",) if self.family else ()
            yield self._now(
                f"drop {unique}", replace(relation, uniques=others), "UniqueDropped", may=may
            )
            named = replace(unique, name="another name")
            now = replace(relation, uniques=_other(relation.uniques, unique, named))
            yield self._now(f"name of {unique}", now, "NotPlanned")
            yield from self._forms(unique)
            for field in plain[:1]:
                longer = replace(unique, columns=(*unique.columns, field.name), name="longer")
                now = replace(relation, uniques=_other(relation.uniques, unique, longer))
                yield self._now(
                    f"columns of {unique}", now, "UniqueAdded", "UniqueDropped", may=may
                )
                if unique.name is not None:
                    same = replace(longer, name=unique.name)
                    now = replace(relation, uniques=_other(relation.uniques, unique, same))
                    yield self._now(f"more in {unique}", now, "UniqueChanged", may=may)
        for field in plain[:1]:
            now = replace(relation, uniques=(*relation.uniques, Key("uq new", (field.name,))))
            yield self._now(f"unique {field.name}", now, "UniqueAdded")

    def _forms(self, unique: Key) -> Iterator[Single]:
        """The same columns, kept unique in another way."""
        others = [
            f.name for f in self.relation.fields if f.name not in unique.columns and not f.computed
        ]
        forms: tuple[tuple[str, Any], ...] = (
            ("deferrable", True),
            ("postgresql_nulls_not_distinct", True),
            *((("postgresql_include", others[:1]),) if others and KEYS_INCLUDE else ()),
        )
        for option in forms if self.postgresql else ():
            form = replace(unique, options=(option,))
            uniques = _other(self.relation.uniques, unique, form)
            now = replace(self.relation, uniques=uniques)
            yield self._now(f"{option[0]} of {unique}", now, "UniqueChanged")

    def rules(self) -> Iterator[Single]:
        relation = self.relation
        for rule in relation.rules:
            gone = replace(relation, rules=_without(relation.rules, rule))
            yield self._now(f"drop {rule}", gone, "CheckDropped")
            number = replace(rule, number=rule.number + 1)
            now = replace(relation, rules=_other(relation.rules, rule, number))
            yield self._now(f"number of {rule}", now, "CheckChanged")
            form = replace(rule, form=(rule.form + 1) % 2)
            now = replace(relation, rules=_other(relation.rules, rule, form))
            yield replace(self._now(f"form of {rule}", now, "CheckChanged"), vague=True)
            if self._kind(relation.field(rule.column)).family != "date":  # not known by its text
                named = replace(rule, name="another name")
                now = replace(relation, rules=_other(relation.rules, rule, named))
                yield self._now(f"name of {rule}", now, "NotPlanned")
            more = replace(rule, name="one more", number=rule.number + 1)
            now = replace(relation, rules=(*relation.rules, more))
            yield self._now(f"beside {rule}", now, "CheckAdded")

    def lookups(self) -> Iterator[Single]:
        relation = self.relation
        for lookup in relation.lookups:
            tied = self.family and any(
                {e.column for e in lookup.entries} & set(t.columns) for t in relation.ties
            )
            if tied:
                continue  # the server makes an index of its own where this one is gone
            yield from self._lookup(lookup)
        keyed = [f for f in relation.fields if self._kind(f).keyed]
        for field in keyed[:1]:
            made = Lookup("ix new", (Entry(field.name),))
            now = replace(relation, lookups=(*relation.lookups, made))
            may = ("IndexDropped",) if self.family else ()
            yield self._now("new index", now, "IndexAdded", may=may)

    def _lookup(self, lookup: Lookup) -> Iterator[Single]:
        relation = self.relation
        whole = (
            self.family
            and lookup.unique
            and not lookup.options
            and all(e.form == "plain" for e in lookup.entries)
        )  # it is a unique constraint there

        def now(what: str, other: Lookup | None, *expected: str) -> Single:
            others = () if other is None else (other,)
            there = (*_without(relation.lookups, lookup), *others)
            return self._now(f"{what} of {lookup}", replace(relation, lookups=there), *expected)

        yield now("drop", None, "UniqueDropped" if whole else "IndexDropped")
        named = replace(lookup, name="another name")
        yield now("name", named, *(("NotPlanned",) if whole else ("IndexAdded", "IndexDropped")))
        if whole:
            return
        other = replace(lookup, unique=not lookup.unique)
        becomes = (
            self.family
            and other.unique
            and not lookup.options
            and all(e.form == "plain" for e in lookup.entries)
        )
        there = [set(u.columns) for u in relation.uniques]
        there += [set(used_by(i)) for i in relation.lookups if i is not lookup]
        if (
            dict(lookup.options).get("using") is None
            and {e.column for e in lookup.entries} not in there
        ):
            yield now(
                "uniqueness",
                other,
                "UniqueChanged" if becomes else "IndexChanged",
            )
        if lookup.unique and self.family:
            return
        if len(lookup.entries) > 1:
            yield now("order", replace(lookup, entries=lookup.entries[::-1]), "IndexChanged")
            yield now("one less", replace(lookup, entries=lookup.entries[:1]), "IndexChanged")
        first = lookup.entries[0]
        if (
            first.form in ("plain", "desc")
            and "length" not in dict(lookup.options)
            and "using" not in dict(lookup.options)
        ):
            turned = replace(first, form="desc" if first.form == "plain" else "plain")
            yield now(
                "direction", replace(lookup, entries=(turned, *lookup.entries[1:])), "IndexChanged"
            )
        if lookup.where is not None:
            number = replace(lookup.where, number=lookup.where.number + 1)
            yield now("predicate", replace(lookup, where=number), "IndexChanged")
            yield now("no predicate", replace(lookup, where=None), "IndexChanged")
        yield from self._options(lookup)

    def _options(self, lookup: Lookup) -> Iterator[Single]:
        others = _without(self.relation.lookups, lookup)

        def now(what: str, *options: tuple[str, Any]) -> Single:
            there = (*others, replace(lookup, options=options))
            other = replace(self.relation, lookups=there)
            return self._now(f"{what} of {lookup}", other, "IndexChanged")

        for name, value in lookup.options:
            if name == "include":
                yield now("include")
            if name == "using":
                yield now("method")
            if name == "length":
                yield now("length", ("length", {c: n + 1 for c, n in value.items()}))

    def _acts(self, before: str | None, after: str | None) -> str | None:
        """What says that one action has become another; None where nothing does."""
        plain = (None, "NO ACTION", *(("RESTRICT",) if self.family else ()))
        if before == after or (before in plain and after in plain):
            return None
        refusing = (*plain, "RESTRICT")
        return "NotPlanned" if before in refusing and after in refusing else "ForeignKeyChanged"

    def ties(self) -> Iterator[Single]:
        relation = self.relation
        may = ("IndexDropped", "IndexAdded") if self.family else ()
        for tie in relation.ties:
            gone = replace(relation, ties=_without(relation.ties, tie))
            yield self._now(f"drop {tie}", gone, "ForeignKeyDropped", may=may)

            def now(
                what: str, other: Tie, kind: str = "ForeignKeyChanged", tie: Tie = tie
            ) -> Single:
                there = replace(relation, ties=_other(relation.ties, tie, other))
                return self._now(f"{what} of {tie}", there, kind, may=may)

            yield now("name", replace(tie, name="another name"), "NotPlanned")
            for action in ("CASCADE", "SET NULL", "RESTRICT", None):
                if kind := self._acts(tie.on_delete, action):
                    yield now(f"delete {action}", replace(tie, on_delete=action), kind)
                if kind := self._acts(tie.on_update, action):
                    yield now(f"update {action}", replace(tie, on_update=action), kind)
            if not self.family:
                deferred = replace(tie, deferrable=True, initially="DEFERRED")
                if tie.initially:
                    deferred = replace(tie, deferrable=None, initially=None)
                yield now("deferred", deferred)


def wrong(single: Single, seen: Sequence[str]) -> bool:
    """Whether other kinds of change were seen than those that say what changed."""
    left = list(seen)
    for kind in single.expected:
        if kind not in left:
            return True
        left.remove(kind)
    return any(kind not in single.may for kind in left)
