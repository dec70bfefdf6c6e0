"""The rows that must be there before a statement can do its worst: parents, children, namesakes.

A row is written by the release that the trial wants. Where that release cannot write it in the
present state, it may happen to have the parents that the other release asks for; else the other
one writes it, and where neither can, it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from falsework.datasets.rows import Row, Rows
from falsework.datasets.shapes import Link, Shape
from falsework.model.plan import Release
from falsework.model.schema import TableName

Avoid = frozenset[tuple[TableName, Release, bool]]


@dataclass(frozen=True, slots=True)
class Write:
    """A row that somebody inserts.

    ``helped``  whether it has the parents, too, that only the other release knows of
    """

    shape: Shape
    by: Release
    row: Row
    helped: bool = False

    @property
    def way(self) -> tuple[TableName, Release, bool]:
        """What turned out not to work, when the row could not be written."""
        return (self.shape.name, self.by, self.helped)


class SetUp:
    """Collects the rows of one trial in the order in which they can be inserted.

    ``avoid``  who turned out to be unable to write which table, without or with help
    """

    def __init__(self, rows: Mapping[Release, Rows], avoid: Avoid) -> None:
        self.writes: list[Write] = []
        self._rows = rows
        self._avoid = avoid

    def row(self, by: Release, name: TableName, given: Mapping[str, object]) -> None:
        """A row of the table with these values, written by that release if it can, and its parents.

        Columns that are not given get values that occur nowhere else.
        """
        self._row(by, name, given, ())

    def exactly(self, by: Release, shape: Shape, row: Row) -> None:
        """The row with these columns and no others, and its parents."""
        if (shape.name, by, False) in self._avoid:
            self.row(by, shape.name, row)
            return
        self.parents(by, shape, row)
        self.writes.append(Write(shape, by, row))

    def parents(self, by: Release, shape: Shape, row: Mapping[str, object]) -> None:
        """What the row refers to by the release's own foreign keys."""
        for link in shape.links:
            self._parent(by, link, row, ())

    def children(
        self, by: Release, name: TableName, row: Mapping[str, object], *, update: bool
    ) -> None:
        """Every row that may refer to this one while ``by`` deletes it, or changes its key.

        Children by a foreign key of the release's own are there only where it would not mind them.
        """
        self._children(by, name, row, frozenset(), update=update)

    def _row(
        self,
        by: Release,
        name: TableName,
        given: Mapping[str, object],
        chain: tuple[TableName, ...],
    ) -> Row | None:
        way = self._way(by, name)
        if way is None:
            return None
        writer, helped = way
        rows = self._rows[writer]
        shape = rows.models.shapes[name]
        kept = {key: value for key, value in given.items() if key in shape.names}
        there = next((w for w in self.writes if _says(w, shape, kept)), None)
        if there is not None:
            return there.row
        row = rows.base(shape, given=kept)
        for link in (*shape.links, *(self._foreign(writer, shape) if helped else ())):
            if not (link.parent in (*chain, name) and _closed(shape, link, row, kept)):
                self._parent(writer, link, row, (*chain, name))
        self.writes.append(Write(shape, writer, row, helped))
        return row

    def _way(self, by: Release, name: TableName) -> tuple[Release, bool] | None:
        """Who writes the row, and with whose parents: the wanted release first, alone first."""
        order = sorted(self._rows, key=lambda release: release is not by)
        able = [r for r in order if name in self._rows[r].models.shapes]
        ways = ((r, helped) for r in able for helped in (False, True))
        return next((way for way in ways if (name, *way) not in self._avoid), None)

    def _foreign(self, writer: Release, shape: Shape) -> list[Link]:
        """Foreign keys that only the other release has, over columns that both have."""
        others = [rows.models.shapes for release, rows in self._rows.items() if release != writer]
        return [
            link
            for shapes in others
            if shape.name in shapes
            for link in shapes[shape.name].links
            if set(link.columns) <= set(shape.names) and not any(map(link.ties, shape.links))
        ]

    def _parent(
        self, by: Release, link: Link, row: Mapping[str, object], chain: tuple[TableName, ...]
    ) -> None:
        values = [row.get(name) for name in link.columns]
        if any(value is None for value in values):
            return
        given = dict(zip(link.parent_columns, values, strict=True))
        if len(chain) < _DEEPEST:
            self._row(by, link.parent, given, chain)

    def _children(
        self,
        by: Release,
        name: TableName,
        row: Mapping[str, object],
        seen: frozenset[tuple[TableName, Link]],
        *,
        update: bool,
    ) -> None:
        for writer, shape, link in self._links_to(by, name, update=update):
            values = [row.get(column) for column in link.parent_columns]
            if (shape.name, link) in seen or any(value is None for value in values):
                continue
            given = dict(zip(link.columns, values, strict=True))
            child = self._row(writer, shape.name, given, (name,))
            if child is not None:
                self._children(by, shape.name, child, seen | {(shape.name, link)}, update=update)

    def _links_to(
        self, by: Release, name: TableName, *, update: bool
    ) -> list[tuple[Release, Shape, Link]]:
        """The foreign keys to the table whose children do not stop ``by`` at home."""
        own = [(s, k) for s, k in self._every(by) if k.parent == name]
        found = [
            (by, s, k) for s, k in own if not s.stops(k, k.on_update if update else k.on_delete)
        ]
        for release in self._rows:
            if release is not by:
                found += [
                    (release, shape, link)
                    for shape, link in self._every(release)
                    if link.parent == name
                    and not any(s.name == shape.name and k.ties(link) for s, k in own)
                ]
        return found

    def _every(self, release: Release) -> list[tuple[Shape, Link]]:
        shapes = self._rows[release].models.shapes.values()
        return [(shape, link) for shape in shapes for link in shape.links]


_DEEPEST = 12  # rows above each other, each the parent of the one before


def _says(write: Write, shape: Shape, given: Mapping[str, object]) -> bool:
    """Whether the row is there already, and is of the table, with these values."""
    return (
        bool(given)
        and write.shape.name == shape.name
        and all(n in write.row and write.row[n] == v for n, v in given.items())
    )


def _closed(shape: Shape, link: Link, row: Row, kept: Mapping[str, object]) -> bool:
    """Close a circle of foreign keys, if it can be: by NULL, or by a row that refers to itself."""
    free = [name for name in link.columns if name not in kept]
    optional = [n for n in free if (f := shape.field(n)) is not None and f.nullable]
    if optional:
        row.update(dict.fromkeys(optional))
    elif free and link.parent == shape.name:
        pairs = zip(link.columns, link.parent_columns, strict=True)
        row.update({mine: row[theirs] for mine, theirs in pairs if mine in free})
    return bool(free) and (bool(optional) or link.parent == shape.name)
