"""How psql is told what falsework would send by itself."""

from __future__ import annotations

from collections.abc import Sequence

from falsework.engines.filling import filling
from falsework.engines.postgresql.session import READING, SETTINGS
from falsework.engines.postgresql.spelling import Spelling
from falsework.model.plan import Backfill


class PostgreSQLScript:
    """What it can do is said in ``engines.base.Script``."""

    client = "psql --no-psqlrc --file=SCRIPT DATABASE"
    begin = (
        "\\set ON_ERROR_STOP on",
        "SET client_encoding = 'UTF8';",
        f"{READING};",
        f"{SETTINGS.strip()};",
    )

    def wait(self, lock_ms: int | None) -> str:
        """``lock_timeout``, in milliseconds; 0 is the server's word for without bound."""
        return f"SET lock_timeout = {0 if lock_ms is None else max(1, lock_ms):d}"

    def transaction(self, statements: Sequence[str]) -> Sequence[str]:
        return ("BEGIN", *statements, "COMMIT")

    def fill(self, work: Backfill) -> str:
        return filling(Spelling(), work)

    def none(self, query: str) -> Sequence[str]:
        """A value that is to be one and would be two is an error (21000)."""
        return (f"SELECT (SELECT 0 UNION ALL SELECT 1 FROM ({query}) AS q) AS none",)

    def line(self, statement: str) -> str:
        return f"{statement};"
