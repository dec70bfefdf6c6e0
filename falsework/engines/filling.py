"""A fill in one statement, for whoever cannot go chunk by chunk."""

from __future__ import annotations

from falsework.model.engine import Spelling
from falsework.model.plan import Backfill


def filling(spelling: Spelling, work: Backfill) -> str:
    """Give every row that needs one its value, as ``migrate.chunks`` does for some of them."""
    kept = [(spelling.identifier(name), spelling.identifier(name)) for name in work.pinned]
    pairs = [(spelling.identifier(work.column), f"({work.value})"), *kept]
    listed = ", ".join(f"{name} = {value}" for name, value in pairs)
    return f"UPDATE {spelling.table(work.table)} SET {listed} WHERE {work.need}"
