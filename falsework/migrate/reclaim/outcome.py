"""What a run of db-reclaim did, or would do: per table with a policy, and over all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from falsework.migrate.keys import Key
from falsework.model.schema import TableName

SAMPLE = 5  # keys that are shown of the rows that stay for one reason


@dataclass(slots=True)
class Held:
    """Trees that stay for one reason."""

    trees: int = 0
    sample: list[Key] = field(default_factory=list)


@dataclass(slots=True)
class Felling:
    """What became of the trees of one table.

    ``before``  rows marked since then (UTC) or longer could go
    ``trees``  rows of the table itself that went, each with what hung on it
    ``rows``   rows that went, by table
    ``freed``  rows that stay and refer to nothing any more, by table
    ``held``   trees that stay, because something in them may not go, by reason
    ``busy``   trees that somebody else had under lock
    """

    table: TableName
    before: datetime
    trees: int = 0
    rows: Counter[TableName] = field(default_factory=Counter)
    freed: Counter[TableName] = field(default_factory=Counter)
    held: dict[str, Held] = field(default_factory=dict)
    busy: int = 0

    def hold(self, key: Key, reason: str) -> None:
        """Note a tree that stays."""
        found = self.held.setdefault(reason, Held())
        found.trees += 1
        if len(found.sample) < SAMPLE:
            found.sample.append(key)


@dataclass(slots=True)
class Reclaimed:
    """A run.

    ``stopped``  why it ended before its end; None: nothing is left that may go
    """

    fellings: list[Felling] = field(default_factory=list)
    stopped: str | None = None
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """All rows that went."""
        return sum(f.rows.total() for f in self.fellings)

    @property
    def more(self) -> bool:
        """Whether another run would find something to do."""
        return self.stopped is not None or any(f.busy for f in self.fellings)
