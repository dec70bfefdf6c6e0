"""Hypothesis strategies: small schemas of release A."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.properties.specs import Field, Layout, Relation, Tie

TABLES = ("t", "u", "Parts list", 'w"x', "per%cent")
COLUMNS = ("a", "b", "c", "d", "Mixed", "select", "two words", 'quo"te', "50%", "x:y", "naïve")
LITERALS = {
    "int": ("0", "7"),
    "bigint": ("0", "7"),
    "bool": ("true", "false"),
    "short": ("''", "'it''s'"),
    "long": ("'x'", "'100%'"),
    "uuid": ("'00000000-0000-4000-8000-000000000000'",),
    "text": ("('')", "('%(a)s ?')"),  # MySQL takes no other default for a text
}
ORDINARY = ("int", "bigint", "bool", "short", "long", "text", "uuid")


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    """A column of release A."""
    kind = draw(st.sampled_from(ORDINARY))
    nullable = draw(st.booleans())
    default = draw(st.sampled_from((None, *LITERALS[kind])))
    return Field(name, kind, nullable, default)


@st.composite
def relations(draw: st.DrawFn, name: str, before: Layout) -> Relation:
    """A table that may refer to those before it."""
    shape = draw(st.sampled_from(("int", "int", "text", "pair")))
    keys = {
        "int": (Field("id", "int", nullable=False),),
        "text": (Field("code", "short", nullable=False),),
        "pair": (Field("k1", "int", nullable=False), Field("k2", "short", nullable=False)),
    }[shape]
    names = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True))
    relation = Relation(
        name, tuple(k.name for k in keys), (*keys, *(draw(fields(n)) for n in names))
    )
    parents = [r for r in before if len(r.key) == 1]
    refers = draw(st.booleans())
    if parents and refers:
        relation = draw(tied(relation, parents, "up"))
    if draw(st.booleans()):
        relation = draw(unique(relation, f"uq_{len(before)}"))
    if draw(st.booleans()):
        relation = draw(checked(relation, f"ck_{len(before)}"))
    if draw(st.booleans()):
        relation = draw(indexed(relation, f"ix_{len(before)}"))
    return relation


@st.composite
def tied(draw: st.DrawFn, relation: Relation, parents: list[Relation], column: str) -> Relation:
    """The table with a new column that refers to one of the parents."""
    parent = draw(st.sampled_from(parents))
    field = Field(column, parent.field(parent.key[0]).type, nullable=draw(st.booleans()))
    action = draw(st.sampled_from((None, None, "CASCADE", "SET NULL")))
    if action == "SET NULL":
        field = replace(field, nullable=True)
    tie = Tie(f"fk_{relation.name}_{column}", column, parent.name, action)
    return replace(relation, fields=(*relation.fields, field), ties=(*relation.ties, tie))


@st.composite
def unique(draw: st.DrawFn, relation: Relation, name: str) -> Relation:
    """The table with a unique constraint over one or two of its columns."""
    free = [f.name for f in relation.fields if f.name not in relation.key and f.type != "bool"]
    if not free:
        return relation
    columns = draw(st.lists(st.sampled_from(free), min_size=1, max_size=2, unique=True))
    if frozenset(columns) in {frozenset(c) for _, c in relation.uniques}:
        return relation
    return replace(relation, uniques=(*relation.uniques, (name, tuple(columns))))


@st.composite
def checked(draw: st.DrawFn, relation: Relation, name: str) -> Relation:
    """The table with a check over one of its columns, which its defaults obey."""
    rules = {
        "int": "unlike 13",
        "bigint": "from -50",
        "short": "unlike bad",
        "long": "below 40",
        "text": "unlike %(bad)s",
    }
    free = [f for f in relation.fields if f.type in rules and f.name not in relation.key]
    if not free:
        return relation
    field = draw(st.sampled_from(free))
    rule = rules[field.type]
    if any((column, said) == (field.name, rule) for _, column, said in relation.checks):
        return relation  # the same rule twice is one rule
    return replace(relation, checks=(*relation.checks, (name, field.name, rule)))


@st.composite
def indexed(draw: st.DrawFn, relation: Relation, name: str) -> Relation:
    """The table with an index."""
    names = [f.name for f in relation.fields]
    columns = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    return replace(relation, indexes=(*relation.indexes, (name, tuple(columns))))


def everywhere(layout: Layout) -> bool:
    """Whether every engine can make the tables: some have no keys over whole texts.

    And MySQL has no check of a column that an action of its foreign key may change.
    """
    return not any(
        relation.field(column).type == "text"
        for relation in layout
        for _, columns in (*relation.uniques, *relation.indexes)
        for column in columns
    ) and not any(
        tie.on_delete and tie.column == checked
        for relation in layout
        for tie in relation.ties
        for _, checked, _ in relation.checks
    )


@st.composite
def layouts(draw: st.DrawFn, most: int = 3) -> Layout:
    """The tables of release A, parents first."""
    found: Layout = ()
    for name in draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=most, unique=True)):
        found = (*found, draw(relations(name, found)))
    return found
