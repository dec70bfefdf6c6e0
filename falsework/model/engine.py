"""What an engine is to the planner: facts with sources, spelling, type moves. A value, no I/O.

A change asks ``facts`` what something costs on this server and writes with ``spelling``; it never
asks which engine it is. Reading catalogs and running statements is the business of
``engines.live`` and ``migrate``; their side of an engine is ``engines.base.Driver``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol

from falsework.model.edits import Edit
from falsework.model.forecast import Rates
from falsework.model.frozen import Frozen
from falsework.model.grant import Grant
from falsework.model.plan import Lock, Statement
from falsework.model.schema import Column, Schema, SqlType, Table, TableName
from falsework.model.schema import Sequence as Counter

Version = tuple[int, ...]


class Cost(IntEnum):
    """What the server must do, cheapest first. Unknown counts as the costliest."""

    METADATA = 0  # the catalog alone
    SCAN = 1  # reads every row
    BUILD = 2  # builds an index
    REWRITE = 3  # writes every row
    UNSUPPORTED = 4  # the engine cannot do it


class Fact(Frozen, frozen=True):
    """What one kind of edit costs on this engine, since which version, and who says so.

    ``lock``    the lock while it runs
    ``online``  whether readers and writers go on for the whole run (a short lock at its edges
                aside); False: they wait, so the run must fit the lock budget
    ``source``  a documentation page, or a measured case
    ``lock_name``  the lock as this engine's own documentation calls it; "" where it has no name
    """

    cost: Cost
    lock: Lock
    online: bool
    source: str
    since: Version = ()
    lock_name: str = ""


class Way(StrEnum):
    """The ways to reach an effect that the planner can choose from; engines have some of them."""

    DIRECT = "direct"  # one statement does it all
    UNVALIDATED = "unvalidated"  # enforced for new rows only, to be validated later
    VALIDATE = "validate"  # old rows checked afterwards
    CHECKED = "checked"  # direct, while a validated check already proves it
    ONLINE = "online"  # the engine's own long online build
    ADOPT = "adopt"  # a constraint takes over an index that is there


class Facts(Protocol):
    """The fact sheet: the cost of an edit by one way on one server version."""

    def cost(self, edit: Edit, way: Way, version: Version) -> Fact | None:
        """The fact, or None where the engine has no such way at that version."""
        ...


class Move(StrEnum):
    """How a client of the old type fares with the new one (design section 6)."""

    IDENTICAL = "identical"
    TRANSPARENT = "transparent"
    NARROWING = "narrowing"
    CONVERSION = "conversion"


class Spelling(Protocol):
    """How this engine spells SQL. Every identifier in it is quoted by the engine's own rule."""

    def statement(
        self, edits: tuple[Edit, ...], way: Way, before: Schema, version: Version
    ) -> Statement:
        """The statement that has exactly the effect ``edits`` on the schema ``before``.

        Raises ValueError where ``Facts.cost`` knows no such way.
        """
        ...

    def undo_partial(self, edits: tuple[Edit, ...], before: Schema) -> Statement | None:
        """What removes the remains of a broken-off statement (an invalid index), or None."""
        ...

    def identifier(self, name: str) -> str:
        """The name, quoted."""
        ...

    def table(self, name: TableName) -> str:
        """The qualified, quoted table name."""
        ...

    def not_null(self, column: str) -> str:
        """The check text ``column IS NOT NULL`` as the catalog will show it."""
        ...

    def length(self, column: str) -> str:
        """The number of characters in the (unquoted) column's value, as SQL."""
        ...

    def grants(self, made: Table | Counter, grants: Sequence[Grant]) -> tuple[str, ...]:
        """The statements that give these privileges on a table, and what INSERTs need besides.

        On a sequence, what a role needs that may INSERT.
        Each may run twice. Raises ValueError where there are no roles, or none of that name can be.
        """
        ...

    def limit(self, rows: int) -> str:
        """The clause that ends a SELECT after so many rows."""
        ...


class Labels(Protocol):
    """Types that list their values in the column itself, where an engine has such."""

    def of(self, type: SqlType) -> tuple[str, ...]:
        """The values, which are the type's arguments; () for a type that lists none."""
        ...

    def held(self, column: str, type: SqlType, labels: tuple[str, ...]) -> str:
        """The predicate of rows that hold one of these values in the (unquoted) column."""
        ...


class Marks(Protocol):
    """How this engine tells rows that are marked deleted, and since when they are.

    Each answer is a predicate over the (unqualified) column; None: its type cannot hold such.
    """

    def set(self, column: Column) -> str | None:
        """It holds anything but 0, false, '' and NULL."""
        ...

    def among(self, column: Column, values: Sequence[str | int]) -> str:
        """It holds one of the values."""
        ...

    def dated(self, column: Column) -> str | None:
        """It holds a time: not NULL, and nothing that only stands for none."""
        ...

    def until(self, column: Column, moment: datetime, *, local: bool) -> str | None:
        """It holds a time that is over at ``moment`` (UTC, naive): a day is over at its end.

        ``local``  whether a time without a zone is in the session's; else it is UTC
        """
        ...

    @property
    def clock(self) -> str:
        """The query for the database's time: UTC, as ISO 8601 text with six digits, no zone."""
        ...


class TypeMove(Protocol):
    """What changing a column from one type to another means, and what it costs in place."""

    def __call__(self, old: SqlType, new: SqlType, version: Version) -> tuple[Move, Cost]:
        """A pure function of the engine and its version."""
        ...


def same_or_unknown(one: str, other: str) -> bool | None:
    """The most cautious comparison of SQL texts: the same, or it cannot be decided."""
    return True if one == other else None


def nothing_made_up(column: Column, *, told: bool) -> bool:  # noqa: ARG001
    """For ``Engine.makes_up`` of a server that refuses instead."""
    return False


class MakesUp(Protocol):
    """Whether a NOT NULL column without a default may get a value of the server's choice."""

    def __call__(self, column: Column, *, told: bool) -> bool:
        """Where a row is told NULL there (``told``), or leaves the column out; counters aside."""
        ...


class Engine(Frozen, frozen=True):
    """One database engine as the planner sees it.

    ``rates``      shipped ones, low on purpose: a forecast should err on the long side
    ``same_text``  whether two normalised expressions say the same; None: cannot be decided
    ``enforces_types``  whether the server refuses a value longer or wider than the column's type
    ``converts_quietly``  whether it rounds, pads or cuts what another type cannot hold as it is
    ``batches_rewrites``  whether several edits of a table that each rewrite it cost one rewrite
    ``views_stop_types``  whether a view over a column stops a change of the column's type
    ``makes_up``  where a missing value is no error, though the column is NOT NULL
    ``cascades_to_itself``  whether ON UPDATE CASCADE and SET NULL reach rows of the table that is
                            updated; where they do not, such a row stops the update
    ``upserts_name_keys``  whether an upsert meets only the key that it names; else every one
    ``renews_foreign_keys``  whether one statement can drop a foreign key and add one by its name
    ``reprepares``  whether a prepared SELECT fails once after a column's type has changed
    ``labels``  what it knows of types that list their values in the column; None: it has none
    """

    name: str
    facts: Facts
    spelling: Spelling
    marks: Marks
    type_move: TypeMove
    rates: Rates
    lock_budget: float  # seconds; the default of design section 2
    identifier_limit: int  # bytes
    oldest: Version  # the oldest version the facts were checked for
    same_text: Callable[[str, str], bool | None] = same_or_unknown
    enforces_types: bool = True
    converts_quietly: bool = False
    batches_rewrites: bool = False
    views_stop_types: bool = False
    reprepares: bool = False
    makes_up: MakesUp = nothing_made_up
    cascades_to_itself: bool = True
    upserts_name_keys: bool = True
    labels: Labels | None = None
    renews_foreign_keys: bool = True


class Server(Frozen, frozen=True):
    """An engine at a version."""

    engine: Engine
    version: Version

    def cost(self, edit: Edit, way: Way = Way.DIRECT) -> Fact | None:
        """What the edit costs here by that way; None where there is no such way."""
        return self.engine.facts.cost(edit, way, self.version)
