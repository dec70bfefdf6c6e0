"""Hypothesis strategies: release B, made of release A by the kinds of change there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.properties.layouts import COLUMNS, LITERALS, checked, indexed, relations, tied, unique
from tests.properties.specs import UUID_FILL, Field, Gone, Layout, Reading, Relation

Alter = Callable[[st.DrawFn, Relation, Layout, int], Relation]


def add_column(draw: st.DrawFn, table: Relation, _before: Layout, _number: int) -> Relation:
    """Nullable, with a default, or NOT NULL with a fill of one of the kinds."""
    taken = {f.name for f in table.fields} | {g.column for g in table.gone}
    free = [n for n in COLUMNS if n not in taken]
    name = draw(st.sampled_from(free))
    kind = draw(st.sampled_from(("int", "short", "bool", "uuid", "long")))
    literal = draw(st.sampled_from(LITERALS[kind]))
    form = draw(st.sampled_from(("nullable", "default", "filled", "uuid", "computed", "bare")))
    made = {
        "nullable": Field(name, kind),
        "default": Field(name, kind, nullable=draw(st.booleans()), default=literal),
        "filled": Field(name, kind, nullable=draw(st.booleans()), fill=literal),
        "uuid": Field(name, "uuid", nullable=False, fill=UUID_FILL),
        "computed": Field(name, "long", nullable=False, fill=_reading(draw, table)),
        "bare": Field(name, kind, nullable=False),
    }[form]
    return replace(table, fields=(*table.fields, made))


def _reading(draw: st.DrawFn, table: Relation) -> Reading:
    """A fill that reads the row."""
    other = draw(st.sampled_from(table.fields))
    return Reading(other.name, text=other.type in ("short", "long", "text", "uuid"))


def drop_column(draw: st.DrawFn, table: Relation, before: Layout, _number: int) -> Relation:
    """A column that is in no key of another table."""
    parents = {t.parent for r in before for t in r.ties}
    free = [f for f in table.fields if f.name not in table.key and not table.used(f.name)]
    if not free or table.name in parents:
        return table
    field = draw(st.sampled_from(free))
    down = draw(st.sampled_from((None, *LITERALS[field.type])))
    return replace(
        table,
        fields=tuple(f for f in table.fields if f is not field),
        gone=(*table.gone, Gone(field.name, down)),
    )


def not_null(draw: st.DrawFn, table: Relation, _before: Layout, _number: int) -> Relation:
    """A column that takes no NULL any more, with or without a fill."""
    free = [f for f in table.fields if f.nullable and f.name not in table.key]
    free = [f for f in free if f.name not in {t.column for t in table.ties}]
    if not free:
        return table
    field = draw(st.sampled_from(free))
    fills = (*LITERALS[field.type], UUID_FILL if field.type == "uuid" else None, None)
    fill = draw(st.sampled_from(fills))
    return table.with_field(replace(field, nullable=False, fill=fill))


def nullable(draw: st.DrawFn, table: Relation, _before: Layout, _number: int) -> Relation:
    """A column that takes NULL from now on."""
    free = [f for f in table.fields if not f.nullable and f.name not in table.key]
    if not free:
        return table
    return table.with_field(replace(draw(st.sampled_from(free)), nullable=True))


def widen(draw: st.DrawFn, table: Relation, _before: Layout, _number: int) -> Relation:
    """A longer string."""
    free = [f for f in table.fields if f.type == "short" and f.name not in table.key]
    free = [f for f in free if f.name not in {t.column for t in table.ties}]
    if not free:
        return table
    return table.with_field(replace(draw(st.sampled_from(free)), type="long"))


def new_default(draw: st.DrawFn, table: Relation, _before: Layout, _number: int) -> Relation:
    """Another default, or none."""
    free = [f for f in table.fields if f.name not in table.key]
    field = draw(st.sampled_from(free))
    default = draw(st.sampled_from((None, *LITERALS[field.type])))
    return table.with_field(replace(field, default=default))


def add_rule(draw: st.DrawFn, table: Relation, before: Layout, number: int) -> Relation:
    """A unique constraint, a check, an index, or a column that refers to another table."""
    kind = draw(st.sampled_from(("unique", "check", "index", "tie")))
    if kind == "unique":
        return draw(unique(table, f"uq_new_{number}"))
    if kind == "check":
        return draw(checked(table, f"ck_new_{number}"))
    if kind == "index":
        return draw(indexed(table, f"ix_new_{number}"))
    parents = [r for r in before if len(r.key) == 1]
    names = {f.name for f in table.fields}
    if not parents or f"up{number}" in names:
        return table
    return draw(tied(table, parents, f"up{number}"))


def drop_rule(draw: st.DrawFn, table: Relation, _before: Layout, _number: int) -> Relation:
    """One constraint or index less; a constraint may be promised until contract."""
    kinds = [k for k in ("uniques", "checks", "indexes", "ties") if getattr(table, k)]
    if not kinds:
        return table
    kind = draw(st.sampled_from(kinds))
    parts = getattr(table, kind)
    gone = draw(st.sampled_from(parts))
    name = gone.name if kind == "ties" else gone[0]
    promised = kind != "indexes" and draw(st.booleans())
    left: dict[str, Any] = {kind: tuple(p for p in parts if p is not gone)}
    return replace(table, promised=(*table.promised, *((name,) if promised else ())), **left)


ALTERS: tuple[Alter, ...] = (
    add_column,
    add_column,
    drop_column,
    not_null,
    nullable,
    widen,
    new_default,
    add_rule,
    drop_rule,
)


@st.composite
def later(draw: st.DrawFn, layout: Layout, most: int = 3) -> Layout:
    """Release B: up to ``most`` changes, some of them tables that come or go."""
    for number in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(("alter", "alter", "alter", "alter", "new", "gone")))
        if kind == "new" and f"new{number}" not in {r.name for r in layout}:
            layout = (*layout, draw(relations(f"new{number}", layout)))
        elif kind == "gone":
            layout = _without_one(draw, layout)
        else:
            place = draw(st.integers(0, len(layout) - 1))
            alter = draw(st.sampled_from(ALTERS))
            altered = alter(draw, layout[place], layout[:place], number)
            layout = (*layout[:place], altered, *layout[place + 1 :])
    return layout


def _without_one(draw: st.DrawFn, layout: Layout) -> Layout:
    parents = {t.parent for r in layout for t in r.ties}
    free = [r for r in layout if r.name not in parents]
    if len(layout) < 2 or not free:
        return layout
    gone = draw(st.sampled_from(free))
    return tuple(r for r in layout if r is not gone)
