"""The rows of both releases as they are while both write, followed write by write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from falsework.model.plan import Release
from tests.generator.cells import either, known
from tests.generator.declarations import AnyColumn, Declarations, Link, late
from tests.generator.writes import Delete, Insert, Log, Row, Rows, Stage, Update, Upsert


@dataclass
class Followed:
    """One row through time.

    ``cells``   what each column holds now, of A's and of B's; None is NULL
    ``since``   the stage in which each column was last written
    ``states``  what the row was like in each stage, at its end and at every change
    """

    cells: dict[str, object]
    since: dict[str, Stage]
    states: list[tuple[Stage, Row]] = field(default_factory=list)

    def holds(self, where: Row) -> bool:
        """Whether the row is one of those meant."""
        return all(self.cells.get(n) == v for n, v in where.items())


class World:
    """Applies a log of committed writes; it never asks whether a write is allowed."""

    def __init__(self, declarations: Declarations, rows: Rows) -> None:
        self.declarations = declarations
        self.stage = Stage.EXPANDING
        self.tables: dict[str, list[Followed]] = {name: [] for name in declarations.names}
        for name, found in rows.items():
            for row in found:
                self._begin(name, row)

    def follow(self, log: Log) -> None:
        """Apply the log."""
        for entry in log:
            match entry:
                case Stage():
                    self.stage = entry
                    self._remember()
                case Insert():
                    self._insert(entry.release, entry.table, entry.values)
                case Update():
                    for row in self._meant(entry.table, entry.where):
                        self._update(entry.table, row, entry.values)
                case Delete():
                    for row in self._meant(entry.table, entry.where):
                        self._delete(entry.table, row)
                case Upsert():
                    self._upsert(entry)

    def _begin(self, table: str, row: Row) -> None:
        """A row from before: it has nothing yet in the columns that only B knows."""
        new = {
            n: self._added(c, row)
            for n, c in self.declarations.columns(table).items()
            if self._only_b(table, n)
        }
        cells = {**new, **row}
        followed = Followed(cells, dict.fromkeys(cells, Stage.EXPANDING))
        followed.states.append((Stage.EXPANDING, dict(cells)))
        self.tables[table].append(followed)

    def _remember(self) -> None:
        for rows in self.tables.values():
            for row in rows:
                row.states.append((self.stage, dict(row.cells)))

    def _meant(self, table: str, where: Row) -> list[Followed]:
        return [row for row in self.tables[table] if row.holds(where)]

    def _only_b(self, table: str, column: str) -> bool:
        return self.declarations.column(self.declarations.a, table, column) is None

    def _added(self, column: AnyColumn, row: Row) -> object:
        """What ADD COLUMN leaves in the rows that are there."""
        if column.server_default is not None:
            return None if late(column) else self.declarations.default(column, row)
        return None if column.nullable else self._constant(column, row)

    def _constant(self, column: AnyColumn, row: Row) -> object:
        """The fill that serves as default until contract: it is the same for every row."""
        value = self.declarations.fill(column, row)
        return value if known(value) and not self.declarations.fill_reads(column) else None

    def _omitted(self, table: str, name: str, column: AnyColumn, row: Row) -> object:
        """What an INSERT without the column leaves in it at this stage."""
        before = self.declarations.column(self.declarations.a, table, name)
        if before is not None and before.server_default is not None:
            old = self.declarations.default(before, row)
            over = self.stage is Stage.CONTRACTING  # the new one comes with one of its steps
            return either((old, self.declarations.default(column, row))) if over else old
        if column.server_default is not None:
            new = self.declarations.default(column, row)
            unsure = self.stage is Stage.EXPANDING and (before is not None or late(column))
            return either((None, new)) if unsure else new
        return self._added(column, row) if before is None else self.declarations.down(column, row)

    def _insert(self, release: Release, table: str, values: Row) -> None:
        del release  # what an omitted column gets is the server's business, whoever omits it
        columns = self.declarations.columns(table)
        omitted = {
            n: self._omitted(table, n, c, values) for n, c in columns.items() if n not in values
        }
        cells = {**omitted, **values}
        row = Followed(cells, dict.fromkeys(cells, self.stage))
        row.states.append((self.stage, dict(cells)))
        self.tables[table].append(row)

    def _upsert(self, entry: Upsert) -> None:
        there = self._meant(entry.table, {n: entry.values[n] for n in entry.key})
        for row in there:
            rest = {n: v for n, v in entry.values.items() if n not in entry.key}
            self._update(entry.table, row, rest)
        if not there:
            self._insert(entry.release, entry.table, entry.values)

    def _update(self, table: str, row: Followed, values: Row) -> None:
        before = dict(row.cells)
        row.cells.update(values)
        row.since.update(dict.fromkeys(values, self.stage))
        row.states.append((self.stage, dict(row.cells)))
        for link, child in self._children(table, before):
            old = [before[n] for n in link.parent_columns]
            new = [row.cells[n] for n in link.parent_columns]
            if old == new:
                continue
            if link.on_update == "CASCADE":
                self._update(link.child, child, dict(zip(link.columns, new, strict=True)))
            elif link.on_update == "SET NULL":
                self._update(link.child, child, dict.fromkeys(link.columns))

    def _delete(self, table: str, row: Followed) -> None:
        if row not in self.tables[table]:
            return  # a cascade was here already
        self.tables[table].remove(row)
        for link, child in self._children(table, row.cells):
            if link.on_delete == "CASCADE":
                self._delete(link.child, child)
            elif link.on_delete == "SET NULL":
                self._update(link.child, child, dict.fromkeys(link.columns))

    def _children(self, parent: str, cells: Row) -> Iterator[tuple[Link, Followed]]:
        for link in self.declarations.links:
            if link.parent != parent:
                continue
            key = [cells.get(n) for n in link.parent_columns]
            if None not in key:
                meant = dict(zip(link.columns, key, strict=True))
                yield from ((link, child) for child in self._meant(link.child, meant))
