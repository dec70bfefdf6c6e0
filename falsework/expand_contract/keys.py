"""Foreign keys seen from the parent: whom they stop, and when."""

from __future__ import annotations

from collections.abc import Mapping

from falsework.model.schema import Action, ForeignKey, Schema, Table, TableName


def stops(child: Table, key: ForeignKey, action: Action) -> bool:
    """Whether a child row makes the parent's statement fail.

    ``action``  the key's ``on_delete`` for DELETE, its ``on_update`` for a key change

    SET NULL stops the parent as well where a child's column takes no NULL.
    """
    if action is Action.SET_NULL:
        return any((c := child.column(n)) is not None and not c.nullable for n in key.columns)
    return action.stops_parent


def same_key(one: ForeignKey, other: ForeignKey) -> bool:
    """Whether two foreign keys tie the same columns to the same parent; actions aside."""
    return (one.columns, one.parent, one.parent_columns) == (
        other.columns,
        other.parent,
        other.parent_columns,
    )


def same_rule(one: ForeignKey, other: ForeignKey) -> bool:
    """Whether two foreign keys do the same; RESTRICT and NO ACTION are one here."""
    return same_key(one, other) and all(
        a == b or (a.stops_parent and b.stops_parent and Action.SET_DEFAULT not in (a, b))
        for a, b in ((one.on_delete, other.on_delete), (one.on_update, other.on_update))
    )


def beside(schema: Schema, other: Schema) -> Schema:
    """The tables that the other schema does not have."""
    return Schema(tuple(t for t in schema.tables if other.table(t.name) is None))


def parents_of(schema: Schema) -> dict[TableName, list[TableName]]:
    """For each table the other tables of the schema that its foreign keys refer to, sorted."""
    return {
        t.name: sorted({f.parent for f in t.foreign_keys if schema.table(f.parent)} - {t.name})
        for t in schema.tables
    }


def leads(above: Mapping[TableName, list[TableName]], start: TableName, goal: TableName) -> bool:
    """Whether foreign keys lead from one table up to another."""
    todo, seen = [start], {start}
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        fresh = [p for p in above.get(here, ()) if p not in seen]
        seen.update(fresh)
        todo += fresh
    return False
