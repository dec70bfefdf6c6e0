"""Hypothesis strategies: rows that release A may have."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.generator.declarations import Declarations, checks_of
from tests.generator.writes import Rows
from tests.properties.specs import Field, Layout, Relation, models

TEXTS = ("", "x", "it's", "100%", "%(a)s", "a:b", "naïve", "bad?", "Ω")


@st.composite
def values(draw: st.DrawFn, field: Field, number: int, *, alone: bool) -> object:
    """A value for the column in the row of that number."""
    if field.nullable and draw(st.booleans()):
        return None
    if field.type in ("int", "bigint"):
        return number if alone else draw(st.integers(-2, 2))
    if field.type == "bool":
        return draw(st.booleans())
    if field.type == "uuid":
        return f"00000000-0000-4000-8000-{number:012}"
    text = draw(st.sampled_from(TEXTS))
    return f"{text}{number}" if alone else text


@st.composite
def rows(draw: st.DrawFn, layout: Layout, most: int = 6) -> Rows:
    """Rows for each table; children refer to rows that are there."""
    metadata = models(layout)
    said = Declarations(metadata, metadata)
    found: dict[str, list[dict[str, object]]] = {}
    for relation in layout:
        checks = checks_of(metadata.tables[relation.name])
        evaluator = said.evaluators[relation.name]
        found[relation.name] = []
        for number in range(draw(st.sampled_from((0, 1, most // 2, most)))):
            row = draw(_row(relation, found, number + 1))
            if row is not None and all(evaluator.holds(check, row) for check in checks):
                found[relation.name].append(row)
    return found


@st.composite
def _row(
    draw: st.DrawFn, relation: Relation, found: dict[str, list[dict[str, object]]], number: int
) -> dict[str, object] | None:
    unique = {n for _, columns in relation.uniques for n in columns} | set(relation.key)
    row = {f.name: draw(values(f, number, alone=f.name in unique)) for f in relation.fields}
    for tie in relation.ties:
        parents = [next(iter(parent.values())) for parent in found[tie.parent]]
        nullable = relation.field(tie.column).nullable
        if not parents and not nullable:
            return None
        row[tie.column] = draw(st.sampled_from([*parents, *([None] if nullable else [])]))
        if tie.column in unique and row[tie.column] is not None:
            taken = {r[tie.column] for r in found[relation.name]}
            if row[tie.column] in taken:
                return None
    return row
