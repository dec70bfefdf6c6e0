"""What both releases' rules together allow: rows that break none of them now or after contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Enum, ForeignKeyConstraint, MetaData, Table, select
from sqlalchemy.types import TypeEngine

from falsework.declare import FILL
from tests.generator.declarations import AnyColumn, Declarations, Link, checks_of, keys_of
from tests.generator.window import equal
from tests.generator.writes import Row

Choice = list[dict[str, object]]


class Legal:
    """The rules of both releases, asked by one of them, which sees only its own tables."""

    def __init__(self, said: Declarations, models: MetaData) -> None:
        self.said = said
        self.models = models

    def null(self, column: AnyColumn) -> bool:
        """Whether NULL may stand there: by both, or because B declares what takes its place."""
        later = self.said.column(self.said.b, column.table.name, column.name)
        return bool(column.nullable and (later is None or later.nullable or FILL in later.info))

    def type(self, column: AnyColumn) -> TypeEngine[Any]:
        """The column's type, without the listed values that one release alone can read."""
        both = [self.said.column(m, column.table.name, column.name) for m in self.models_of_both]
        lists = [c.type.enums for c in both if c is not None and isinstance(c.type, Enum)]
        if not isinstance(column.type, Enum) or len(lists) < len(self.models_of_both):
            return column.type
        return Enum(*(label for label in lists[0] if label in lists[1]))

    @property
    def models_of_both(self) -> tuple[MetaData, MetaData]:
        """A's, and B's."""
        return (self.said.a, self.said.b)

    def keys(self, table: str) -> frozenset[tuple[str, ...]]:
        """The column sets that either release keeps unique."""
        return frozenset(key for found in self._both(table) for key in keys_of(found, partial=True))

    def checked(self, table: Table, row: Row) -> bool:
        """Whether no check says no; a check that reads what the row has not is not asked."""
        evaluator = self.said.evaluators[table.name]
        return all(
            evaluator.holds(text, row)
            for found in self._both(table.name)
            for text in checks_of(found)
            if set(evaluator.reads(text)) <= set(row)
        )

    def alone(self, connection: Connection, table: Table, row: Row, but: Row) -> bool:
        """Whether no other row has the same key; ``but`` is the row's own primary key."""
        for key in self.keys(table.name):
            if set(key) <= set(row) and None not in [row[n] for n in key]:
                meant = {n: row[n] for n in key}
                for found in connection.execute(
                    select(table).where(*equal(table, meant))
                ).mappings():
                    if not but or any(found[n] != v for n, v in but.items()):
                        return False
        return True

    def parents(self, connection: Connection, table: Table) -> list[Choice]:
        """For each foreign key of either release, the values that its columns may take together."""
        return [
            self._targets(connection, table, key)
            for found in self._both(table.name)
            for key in _in_order(found)
            if set(key.column_keys) <= set(table.c.keys())
        ]

    def _targets(self, connection: Connection, table: Table, key: ForeignKeyConstraint) -> Choice:
        parent = self.said.table(self.models, key.referred_table.name)
        choice: Choice = []
        if all(self.null(table.c[n]) for n in key.column_keys):
            choice.append(dict.fromkeys(key.column_keys))
        if parent is not None:
            columns = [parent.c[e.column.name] for e in key.elements]
            found = connection.execute(select(*columns).order_by(*columns))
            choice += [dict(zip(key.column_keys, row, strict=True)) for row in found]
        return choice

    def needed(self, connection: Connection, table: Table, row: Row) -> bool:
        """Whether a child would be left behind, or stop the row's end, or take no NULL."""
        return any(
            self._holds(connection, key, row)
            for models in (self.said.a, self.said.b)
            for child in models.tables.values()
            for key in _in_order(child)
            if key.referred_table.name == table.name
        )

    def leaves(self, connection: Connection, table: Table, row: Row, new: Row) -> bool:
        """Whether children would keep what the row held: a key to come follows no new value."""
        return any(
            self._children(connection, key, row) != []
            for models in (self.said.a, self.said.b)
            for child in models.tables.values()
            for key in _in_order(child)
            if key.referred_table.name == table.name
            and any(row.get(e.column.name) != new.get(e.column.name) for e in key.elements)
            and self._link(key) is None
        )

    def _link(self, key: ForeignKeyConstraint) -> Link | None:
        """The key as it is in force; None for B, at work through contract, if it changes there."""
        found = [k for k in self.said.links if (k.child, k.columns) == _place(key)]
        return next((k for k in found if self.models is self.said.a or self.said.stays(k)), None)

    def _children(
        self, connection: Connection, key: ForeignKeyConstraint, row: Row
    ) -> list[Row] | None:
        """The rows that refer to this one by the key; None where the release cannot see them."""
        child = self.said.table(self.models, key.table.name)
        meant = {e.parent.name: row.get(e.column.name) for e in key.elements}
        if child is None or not set(meant) <= set(child.c.keys()):
            return None
        found = connection.execute(select(child).where(*equal(child, meant))).mappings()
        return [dict(one) for one in found]

    def _holds(self, connection: Connection, key: ForeignKeyConstraint, row: Row) -> bool:
        """Whether a child by this key says no to its parent's end."""
        child = self.said.table(self.models, key.table.name)
        children = self._children(connection, key, row)
        if child is None or children is None:
            return True  # who cannot see the children had better leave the parent alone
        link = self._link(key)
        match link.on_delete if link is not None else "NO ACTION":
            case "CASCADE":
                return any(self.needed(connection, child, one) for one in children)
            case "SET NULL" if all(self.null(child.c[name]) for name in key.column_keys):
                return False
        return bool(children)

    def _both(self, name: str) -> Iterator[Table]:
        for models in (self.said.a, self.said.b):
            found = self.said.table(models, name)
            if found is not None:
                yield found


def _place(key: ForeignKeyConstraint) -> tuple[str, tuple[str, ...]]:
    return key.table.name, tuple(key.column_keys)


def _in_order(table: Table) -> list[ForeignKeyConstraint]:
    """The same in each run: SQLAlchemy keeps them in a set."""
    return sorted(table.foreign_key_constraints, key=lambda key: list(key.column_keys))
