"""One table that a release speaks of, and who else writes rows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from falsework.datasets.rows import Row, Rows, apart_sets, known
from falsework.datasets.shapes import Shape
from falsework.datasets.values import Style
from falsework.engines.dml import Dml
from falsework.model.plan import Release

SETS = 8
"""Ways in which two rows may differ that are tried: a table with more has several large keys."""


@dataclass(frozen=True)
class Spoken:
    """A table of the release; ``theirs`` are the other release's rows, where there is one."""

    ours: Rows
    theirs: Rows | None
    shape: Shape
    dml: Dml

    @property
    def by(self) -> Release:
        """Who says the statements."""
        return self.ours.models.release

    @cached_property
    def other(self) -> Shape | None:
        """The same table as the other release knows it, where that is something else."""
        shapes = self.theirs.models.shapes if self.theirs else {}
        other = shapes.get(self.shape.name)
        return None if other is None or other.like(self.shape) else other

    @cached_property
    def styles(self) -> tuple[Style, ...]:
        """The styles that make a difference here."""
        default = any(known(f.default) for f in self.shape.fields)
        return tuple(s for s in Style if default or s is not Style.DEFAULT)

    @cached_property
    def apart(self) -> tuple[frozenset[str], ...]:
        """In what two rows may differ."""
        return apart_sets(self.shape.keys)[:SETS]

    def writers(self) -> Iterator[tuple[Release, Rows, Shape]]:
        """Who may have written the row that is updated or deleted."""
        yield self.by, self.ours, self.shape
        if self.theirs is not None and self.other is not None:
            yield self.theirs.models.release, self.theirs, self.other

    def pairs(self) -> Iterator[tuple[Row, Row]]:
        """A row that is there, and one that is as equal to it as the release's keys allow."""
        for style in self.styles:
            for apart in self.apart if style is Style.PLAIN else self.apart[:1]:
                there = self.ours.base(self.shape, style)
                yield there, self.ours.unlike(self.shape, there, apart)
