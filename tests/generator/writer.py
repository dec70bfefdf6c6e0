"""An application at work: one release's commits, legal by both releases' rules, and their log."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy import update as change
from sqlalchemy.exc import IntegrityError

from falsework.declare import FILL, NewUuid
from falsework.model.plan import Release
from tests.cases.model import Case
from tests.generator.declarations import AnyColumn, Declarations
from tests.generator.legal import Legal
from tests.generator.values import value
from tests.generator.window import application, equal
from tests.generator.writes import Delete, Insert, Row, Rows, Update, Write

TRIES = 50


class Writer:
    """One release that inserts, updates and deletes; the same ``seed`` does the same."""

    def __init__(self, release: Release, case: Case, url: str, seed: int) -> None:
        self.release = release
        self.models = case.a if release is Release.A else case.b
        self.legal = Legal(Declarations(case.a, case.b), self.models)
        self.draw = random.Random(f"{release} {seed}")
        self.pool = application(url)
        self._number = 1_000_000 * (1 + (release is Release.B)) + 10_000 * (seed % 50)

    def close(self) -> None:
        """End its sessions."""
        self.pool.dispose()

    def read(self) -> Rows:
        """Everything that the release knows."""
        with self.pool.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in self.models.sorted_tables
            }

    def work(self) -> Iterator[Write]:
        """An insert, an update and a delete in each table, each committed by itself."""
        for table in self.models.sorted_tables:
            for one in (self.insert, self.update, self.delete):
                yield from self.commit(one, table)

    def commit(
        self, one: Callable[[Connection, Table], Write | None], table: Table
    ) -> Iterator[Write]:
        """What was written; nothing where the release's own rules said no."""
        try:
            with self.pool.begin() as connection:
                written = one(connection, table)
        except IntegrityError:
            return
        if written is not None:
            yield written

    def insert(self, connection: Connection, table: Table) -> Write | None:
        """A row like another one, different where it must be; some optional columns left out."""
        row = self._row(connection, table, self._some(connection, table))
        if row is None:
            return None
        named = {n: v for n, v in row.items() if not self._leave_out(table.c[n])}
        made = connection.execute(insert(table).values(named or {})).inserted_primary_key
        key = [c.name for c in table.primary_key.columns]
        given = dict(zip(key, made or (), strict=False))
        return Insert(self.release, table.name, {**named, **given})

    def update(self, connection: Connection, table: Table) -> Write | None:
        """A new value in one column of some row."""
        like = self._some(connection, table)
        where = _key(table, like)
        column = self.draw.choice(list(table.columns))
        if not where or like is None or column.name in where or column.computed is not None:
            return None
        row = self._row(connection, table, like)
        if row is None:
            return None
        choices = [c[0].keys() for c in self.legal.parents(connection, table)]
        linked = [names for names in choices if column.name in names]
        names = {column.name}.union(*linked)
        new = {n: row[n] for n in sorted(names)}
        changed = {**like, **new}
        if not self.legal.checked(table, changed) or self.legal.leaves(
            connection, table, like, changed
        ):
            return None
        if not self.legal.alone(connection, table, changed, where):
            return None
        connection.execute(change(table).where(*equal(table, where)).values(new))
        return Update(self.release, table.name, where, new)

    def delete(self, connection: Connection, table: Table) -> Write | None:
        """Every other time the end of some row that nobody needs."""
        row = self._some(connection, table)
        where = _key(table, row)
        if row is None or not where or self.draw.random() < 0.5:
            return None
        if self.legal.needed(connection, table, row):
            return None
        connection.execute(delete(table).where(*equal(table, where)))
        return Delete(self.release, table.name, where)

    def _some(self, connection: Connection, table: Table) -> Row | None:
        found = connection.execute(select(table)).mappings().all()
        return dict(self.draw.choice(sorted(found, key=repr))) if found else None

    def _row(
        self, connection: Connection, table: Table, like: Row | None
    ) -> dict[str, object] | None:
        """A row that both releases' rules allow; None where none is found."""
        unique = {n for key in self.legal.keys(table.name) for n in key}
        parents = self.legal.parents(connection, table)
        if not all(parents):
            return None
        for _ in range(TRIES):
            row = {
                c.name: self._value(c, like, fresh=self._alone(c, unique)) for c in table.columns
            }
            for choice in parents:
                row.update(self.draw.choice(choice))
            if self.legal.checked(table, row) and self.legal.alone(connection, table, row, {}):
                return row
        return None

    def _alone(self, column: AnyColumn, unique: set[str]) -> bool:
        """Whether the value must occur nowhere else, as a new UUID must."""
        later = self.legal.said.column(self.legal.said.b, column.table.name, column.name)
        filled = later is not None and isinstance(later.info.get(FILL), NewUuid)
        return filled or column.name in unique

    def _value(self, column: AnyColumn, like: Row | None, *, fresh: bool) -> object:
        if self.legal.null(column) and self.draw.random() < 0.3:
            return None
        if like is not None and not fresh and like[column.name] is not None:
            return like[column.name]
        self._number += 1
        return value(self.legal.type(column), self._number)

    def _leave_out(self, column: AnyColumn) -> bool:
        if column is column.table.autoincrement_column or column.computed is not None:
            return True
        unique = any(column.name in key for key in self.legal.keys(column.table.name))
        by_default = column.server_default is not None and not unique
        return (by_default or self.legal.null(column)) and self.draw.random() < 0.5


def _key(table: Table, row: Row | None) -> Row:
    return {} if row is None else {c.name: row[c.name] for c in table.primary_key.columns}
