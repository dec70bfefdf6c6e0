"""Hypothesis strategies: releases that ``create_all`` can make on an engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.properties.kinds import Kind, kinds
from tests.properties.releases import (
    CONVENTIONS,
    RULES,
    Entry,
    Field,
    Key,
    Lookup,
    Relation,
    Release,
    Rule,
    Tie,
)

LONG = "a_table_with_a_name_that_is_as_long_as_names_may_be_at_all"
LONG_COLUMN = "a_column_with_a_name_that_is_as_long_as_names_may_be_in_sql"
TABLES = ("t", "Order", "user", 'quo"te', "per%cent", "näme", "Mixed Case", LONG, "x_y", "dot.ted")
COLUMNS = (
    *("a", "b", "c", "x_1", "order", "Mixed", "two words", 'quo"te', "50%", "x:y", "naïve", "key"),
    *("value", "index", "check", LONG_COLUMN, "back`tick", "a'b"),
)
COLLATIONS = {"sqlite": "NOCASE", "postgresql": "C"}
MYSQL_FAMILY = ("mysql", "mariadb")
COMMENTS = (
    "",
    'it\'s "so"',
    "100 % %(a)s",
    "a\\b \\n \\",
    "one\n two ",
    "ENGINE=MyISAM ON UPDATE x",
)
ACTIONS = (None, None, "CASCADE", "SET NULL", "RESTRICT", "NO ACTION")


@st.composite
def releases(draw: st.DrawFn, engine: str, dialect: str, schemas: tuple[str, ...] = ()) -> Release:
    """A few tables; ``schemas`` are those there are besides the default one."""
    convention = draw(st.integers(0, len(CONVENTIONS) - 1))
    release = Release(engine, dialect, convention, ())
    names = draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True))
    for number, name in enumerate(names):
        schema = draw(st.sampled_from((None, None, *schemas)))
        relation = Drawing(draw, release, number).relation(name, schema)
        release = replace(release, relations=(*release.relations, relation))
    return release


class Drawing:
    """Draws one table, which may refer to those before it."""

    def __init__(self, draw: st.DrawFn, release: Release, number: int) -> None:
        self.draw = draw
        self.release = release
        self.number = number
        self.engine = release.engine
        self.family = release.engine in MYSQL_FAMILY

    def relation(self, name: str, schema: str | None) -> Relation:
        relation = self._keyed(name, schema)
        for field in self._fields({f.name for f in relation.fields}):
            relation = replace(relation, fields=(*relation.fields, field))
        relation = self._tied(relation)
        if self._either():
            relation = self._unique(relation)
        for _ in range(self.draw(st.integers(0, 2))):
            relation = self._ruled(relation)
        for _ in range(self.draw(st.integers(0, 3))):
            relation = self._indexed(relation)
        return replace(
            relation,
            options=self._options(),
            part=self._part(relation),
            comment=self._comment(),
        )

    def _either(self) -> bool:
        return self.draw(st.booleans())

    def _name(self, prefix: str, name: str = "") -> str | None:
        """A name of its own, or none where one is made up, unless it would be too long."""
        if self.family and name == LONG:
            return f"{prefix}_{self.number}"
        given = f"{prefix}_{self.number}"
        return self.draw(st.sampled_from((given, f"{prefix} {LONG[:40]} {self.number}", None)))

    def _kind(self, field: Field) -> Kind:
        return kinds(self.engine)[field.kind]

    def _keyed(self, name: str, schema: str | None) -> Relation:
        """The table with its primary key alone."""
        shape = self.draw(st.sampled_from(("int", "int", "big", "word", "uuid", "pair", "none")))
        fields = {
            "int": (Field("id", "integer"),),
            "big": (Field("id", "big"),),
            "word": (Field("Code", "string"),),
            "uuid": (Field("id", "uuid"),),
            "pair": (Field("k1", "integer"), Field("k2", "char")),
            "none": (),
        }[shape]
        columns = tuple(f.name for f in fields)
        key = Key(f"pk of {self.number}" if columns and self._either() else None, columns)
        counts: bool | str = False if self._either() else "auto"
        return Relation(
            name, tuple(replace(f, nullable=False) for f in fields), key, counts, schema=schema
        )

    def _fields(self, taken: set[str]) -> list[Field]:
        names = self.draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique=True))
        fields = [self._field(n) for n in names if n not in taken]
        if not fields:
            return []
        numbers = [f.name for f in fields if f.kind == "integer" and f.default is None]
        if numbers and self.draw(st.integers(0, 3)) == 0:
            stored = self._either() if self.engine != "postgresql" else True
            computed = (numbers[0], 1, stored)
            fields.append(Field("computed", "integer", computed=computed))
        return fields

    def _field(self, name: str) -> Field:
        common = ("integer", "string", "boolean", "datetime")
        kind = self.draw(st.sampled_from((*common, *kinds(self.engine))))
        known = kinds(self.engine)[kind]
        default = None
        if known.defaults and self._either():
            default = self.draw(st.integers(0, len(known.defaults) - 1))
        collation = None
        if known.collated and self.draw(st.integers(0, 4)) == 0:
            collation = COLLATIONS.get(self.engine, "utf8mb4_bin")
        return Field(
            name,
            kind,
            nullable=self._either(),
            default=default,
            collation=collation,
            comment=self._comment(),
        )

    def _comment(self) -> str | None:
        return self.draw(st.sampled_from((None, None, None, *COMMENTS)))

    def _free(self, relation: Relation) -> list[Field]:
        """Columns that may be in a key."""
        return [
            f
            for f in relation.fields
            if self._kind(f).keyed and f.name not in relation.key.columns and f.collation is None
        ]

    def _unique(self, relation: Relation) -> Relation:
        free = [f.name for f in self._free(relation)]
        if not free:
            return relation
        columns = self.draw(st.lists(st.sampled_from(free), min_size=1, max_size=2, unique=True))
        unique = Key(self._name("uq"), tuple(columns))
        if self.release.convention == 2 and len(columns) > 1:
            unique = replace(unique, name=f"uq_{self.number}")
        return replace(relation, uniques=(*relation.uniques, unique))

    def _ruled(self, relation: Relation) -> Relation:
        acted = {c for t in relation.ties if t.on_delete or t.on_update for c in t.columns}
        free = [
            f
            for f in relation.fields
            if self._kind(f).family
            and f.computed is None
            and not (self.family and (f.name in acted or f.name == "id"))
        ]
        if not free:
            return relation
        field = self.draw(st.sampled_from(free))
        rule = self._rule(field)
        said = (rule.column, rule.form)
        if said in {(r.column, r.form) for r in relation.rules}:
            return relation
        name = f"ck {self.number} {len(relation.rules)}"
        return replace(relation, rules=(*relation.rules, replace(rule, name=name)))

    def _rule(self, field: Field) -> Rule:
        forms = RULES[self._kind(field).family]
        form = self.draw(st.integers(0, len(forms) - 1))
        return Rule(None, field.name, form, self.draw(st.integers(1, 9)))

    def _indexed(self, relation: Relation) -> Relation:
        name = self.draw(st.sampled_from(("ix", "Ix mixed", f"ix_{LONG[:45]}")))
        lookup = Lookup(f"{name} {self.number} {len(relation.lookups)}", ())
        free = [f for f in relation.fields if self._kind(f).keyed]
        if not free:
            return relation
        count = min(len(free), self.draw(st.integers(1, 2)))
        chosen = self.draw(st.permutations(free))[:count]
        entries = tuple(self._entry(f) for f in chosen)
        columns = {e.column for e in entries}
        keys = [set(k.columns) for k in (relation.key, *relation.uniques)]
        keys += [{e.column for e in other.entries} for other in relation.lookups]
        unique = columns not in keys and self.draw(st.integers(0, 3)) == 0
        lookup = replace(lookup, entries=entries, unique=unique)
        if self.engine in ("sqlite", "postgresql") and self._either():
            ruled = [f for f in relation.fields if self._kind(f).family]
            if ruled:
                lookup = replace(lookup, where=self._rule(self.draw(st.sampled_from(ruled))))
        return replace(
            relation,
            lookups=(
                *relation.lookups,
                replace(lookup, options=self._index_options(relation, lookup)),
            ),
        )

    def _entry(self, field: Field) -> Entry:
        forms = ["plain", "plain", "desc"]
        if self.engine == "postgresql":
            forms.append("nulls first")
        if self.engine != "mariadb" and field.name != "id":
            family = self._kind(field).family
            forms += {"text": ["lower"], "number": ["sum"]}.get(family, [])
        return Entry(field.name, self.draw(st.sampled_from(forms)))

    def _index_options(self, relation: Relation, lookup: Lookup) -> tuple[tuple[str, Any], ...]:
        """What the dialect has besides."""
        plain = all(e.form == "plain" for e in lookup.entries)
        if self.engine == "postgresql" and self.draw(st.integers(0, 3)) == 0:
            others = [
                f.name for f in relation.fields if f.name not in {e.column for e in lookup.entries}
            ]
            if others and self._either():
                return (("include", [others[0]]),)
            if len(lookup.entries) == 1 and plain and not lookup.unique:
                return (("using", "hash"),)
        if self.family and plain and self.draw(st.integers(0, 2)) == 0:
            texts = {
                e.column: 5
                for e in lookup.entries
                if relation.field(e.column).kind in ("string", "unicode", "char", "decorated")
            }
            return (("length", texts),) if texts else ()
        return ()

    def _tied(self, relation: Relation) -> Relation:
        """With up to two foreign keys, each over columns of its own."""
        for number in range(self.draw(st.integers(0, 2))):
            parents = [
                i
                for i, r in enumerate((*self.release.relations, relation))
                if r.key.columns and self._reachable(relation, r)
            ]
            if not parents:
                return relation
            place = self.draw(st.sampled_from(parents))
            parent = (*self.release.relations, relation)[place]
            relation = self._tie(relation, place, parent, number)
        return relation

    def _reachable(self, relation: Relation, parent: Relation) -> bool:
        """Tables of two MetaData do not refer to each other here."""
        if self.family and relation.schema and not parent.schema:
            return False  # the name alone would mean a table beside it
        return parent.part == 0 and relation.part == 0

    def _tie(self, relation: Relation, place: int, parent: Relation, number: int) -> Relation:
        delete, update = (self.draw(st.sampled_from(ACTIONS)) for _ in range(2))
        null = "SET NULL" in (delete, update)
        fields = tuple(
            Field(f"up{number}_{f.name}", f.kind, nullable=null or self._either())
            for f in map(parent.field, parent.key.columns)
        )
        deferrable, initially = None, None
        if not self.family:
            deferrable, initially = self.draw(
                st.sampled_from(((None, None), (None, None), (True, None), (True, "DEFERRED")))
            )
        name = self._name(f"fk{number}", relation.name)
        if self.release.convention and len(parent.key.columns) > 1:
            name = f"fk{number}_{self.number}"
        tie = Tie(
            name,
            tuple(f.name for f in fields),
            place,
            parent.key.columns,
            delete,
            update,
            deferrable,
            initially,
        )
        return replace(relation, fields=(*relation.fields, *fields), ties=(*relation.ties, tie))

    def _part(self, relation: Relation) -> int:
        """The other MetaData for some of the tables that refer to none."""
        return 1 if not relation.ties and self.draw(st.integers(0, 4)) == 0 else 0

    def _options(self) -> tuple[tuple[str, Any], ...]:
        own: dict[str, tuple[tuple[str, Any], ...]] = {
            "sqlite": (("autoincrement", True),),
            "postgresql": (),
        }
        family = (("charset", "utf8mb4"), ("engine", "InnoDB"))
        if self.draw(st.integers(0, 3)):
            return ()
        if self.engine == "sqlite":
            return ()
        return own.get(self.engine, family)
