"""One table of a release beside the same table of the moment, and the closed list of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from falsework.expand_contract.matching import same_default
from falsework.model.engine import Server
from falsework.model.frozen import Frozen
from falsework.model.plan import Kind, Release, Verdict
from falsework.model.schema import CheckConstraint, Default, DefaultKind, Schema, Table

INSERTS = (Kind.INSERT_ALL, Kind.INSERT_REQUIRED, Kind.INSERT_NULL, Kind.UPSERT)
"""The kinds that write a new row; an upsert names all columns, as INSERT_ALL does."""


_NEW_ROWS = [(kind, "") for kind in INSERTS if kind is not Kind.UPSERT]


class Home(Frozen, frozen=True):
    """What a release knows and counts on.

    ``tables``  its own tables and columns, from which its statements are made
    ``rules``   the constraints its rows obey anyway, and the keys its deletes run into anyway
    """

    release: Release
    tables: Schema
    rules: Schema


class Value(Enum):
    """What a new row holds in a column."""

    FREE = "any value of the release's own choice, NULL aside"
    NULL = "NULL"
    FIXED = "the column's default, the same one each time"
    DISTINCT = "what the server makes up, another one each time"


class Look(Frozen, frozen=True):
    """One table of a release and of the moment, with everything a rule asks about."""

    server: Server
    home: Home
    ours: Table
    now: Table
    rules: Table
    schema: Schema

    def fails(self, kind: Kind, subject: str, reason: str, *, certain: bool = True) -> Verdict:
        """A statement of this table that would fail."""
        return Verdict(self.home.release, self.ours.name, kind, subject, reason, certain=certain)

    def new_row(self, kind: Kind, reason: str, *, certain: bool = True) -> Iterator[Verdict]:
        """The statements of that kind, one of ``INSERTS``, would fail."""
        subjects = upsert_subjects(self.ours) if kind is Kind.UPSERT else ("",)
        for subject in subjects:
            yield self.fails(kind, subject, reason, certain=certain)

    def names(self, kind: Kind, name: str) -> bool:
        """Whether an INSERT of that kind names the column."""
        column = self.ours.column(name)
        if column is None or not column.written:
            return False
        return kind is not Kind.INSERT_REQUIRED or not column.optional

    def value(self, kind: Kind, name: str) -> Value:
        """What a row that is inserted by a statement of that kind holds in the column."""
        return self._value(kind, name, self.now)

    def value_at_home(self, kind: Kind, name: str) -> Value:
        """What the same statement puts there at home."""
        return self._value(kind, name, self.ours)

    def moved(self, kind: Kind, names: Iterable[str]) -> bool:
        """Whether the statement puts something else there than at home: its defaults differ."""
        same = self.server.engine.same_text
        return any(
            self.value(kind, name) is not self.value_at_home(kind, name)
            or same_default(self._default(name, self.ours), self._default(name, self.now), same)
            is False
            for name in names
            if not self.names(kind, name)
        )

    @staticmethod
    def _default(name: str, table: Table) -> Default | None:
        column = table.column(name)
        return column.default if column else None

    def _value(self, kind: Kind, name: str, table: Table) -> Value:
        ours, there = self.ours.column(name), table.column(name)
        if self.names(kind, name):
            explicit = kind is Kind.INSERT_NULL and ours is not None and ours.nullable
            return Value.NULL if explicit else Value.FREE
        if there is None:
            return Value.NULL
        if there.autoincrement:
            return Value.DISTINCT
        if there.generated is not None:
            return Value.FIXED
        if there.default is None:
            return Value.NULL
        random = there.default.kind in (DefaultKind.VOLATILE, DefaultKind.SEQUENCE)
        return Value.DISTINCT if random else Value.FIXED


def upsert_subjects(table: Table) -> tuple[str, ...]:
    """The upserts of a table, one for each set of columns that it keeps unique."""
    return tuple(dict.fromkeys(", ".join(key) for key in table.keys))


def statements_of(table: Table) -> list[tuple[Kind, str]]:
    """The closed list: every statement that a release with this table says."""
    return [
        (Kind.SELECT, ""),
        *_NEW_ROWS,
        *[(Kind.UPDATE, c.name) for c in table.columns if c.written],
        (Kind.DELETE, ""),
        *[(Kind.UPSERT, subject) for subject in upsert_subjects(table)],
        (Kind.LOCKING_READ, ""),
    ]


def not_null_column(server: Server, check: CheckConstraint) -> str | None:
    """The column, where the check says of one column that it is not NULL and nothing else."""
    spelled = server.engine.spelling.not_null
    return next((name for name in check.uses if spelled(name) == check.text), None)
