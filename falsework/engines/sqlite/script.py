"""How ``sqlite3`` is told what falsework would do by itself: the program, or Python's module."""

from __future__ import annotations

from collections.abc import Sequence

from falsework.engines.filling import filling
from falsework.engines.sqlite.spelling import SQLiteSpelling
from falsework.model.plan import Backfill

# SQLite's busy handler counts in an int of milliseconds; an hour stands for "without bound",
# since nothing can interrupt the wait.
_LONGEST_WAIT_MS = 3_600_000

SETTINGS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA legacy_alter_table=OFF",
    "PRAGMA ignore_check_constraints=OFF",
)
"""A session before any step: what a library may have set on every connection is undone."""


def waiting(lock_ms: int | None) -> str:
    """The busy timeout; without bound means an hour here."""
    longest = _LONGEST_WAIT_MS if lock_ms is None else min(lock_ms, _LONGEST_WAIT_MS)
    return f"PRAGMA busy_timeout={int(longest)}"


class SQLiteScript:
    """What it can do is said in ``engines.base.Script``."""

    client = "sqlite3 -bail FILE < SCRIPT"
    # No dot-command stands in it, so that whoever takes SQL can run it.
    begin = tuple(f"{sql};" for sql in SETTINGS)

    def wait(self, lock_ms: int | None) -> str:
        return waiting(lock_ms)

    def transaction(self, statements: Sequence[str]) -> Sequence[str]:
        return ("BEGIN IMMEDIATE", *statements, "COMMIT")

    def fill(self, work: Backfill) -> str:
        return filling(SQLiteSpelling(), work)

    def none(self, query: str) -> Sequence[str]:
        """A row breaks the check of a table that is there for nothing else."""
        checked = "found CONSTRAINT rows_stand_in_the_way CHECK (found IS NULL)"
        return (
            f"CREATE TEMP TABLE IF NOT EXISTS falsework_none ({checked})",
            f"INSERT INTO temp.falsework_none SELECT 1 FROM ({query}) LIMIT 1",
        )

    def line(self, statement: str) -> str:
        """On a line of its own: a trigger is repeated as it was typed, comments included."""
        return f"{statement}\n;" if "--" in statement else f"{statement};"
