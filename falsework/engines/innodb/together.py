"""Several changes that each write a table anew, in one ALTER that does it once.

It is done or not done as a whole: both servers have atomic DDL in the versions known here.
Source: https://dev.mysql.com/doc/refman/9.7/en/atomic-ddl.html,
https://mariadb.com/kb/en/atomic-ddl/
"""

from __future__ import annotations

from collections.abc import Callable

from falsework.model import edits as e
from falsework.model.schema import Schema

Clause = tuple[str, str]  # what follows ALTER TABLE, and the algorithm
Spell = Callable[[e.Edit, Schema], Clause]


def together(edits: tuple[e.Edit, ...], before: Schema, spell: Spell) -> tuple[str, frozenset[str]]:
    """The clauses, each column in the last state alone, and the algorithms that they ask for.

    Raises ValueError for changes of several tables, and whatever ``spell`` raises.
    """
    if len({edit.table for edit in edits}) != 1:
        raise ValueError("one statement is for one table")
    clauses: dict[object, Clause] = {}
    now = before
    for edit in edits:
        clauses[_place(edit)] = spell(edit, now)
        now = e.apply((edit,), now)
    added = {edit.column.name for edit in edits if isinstance(edit, e.AddColumn)}
    if changed := sorted(added & clauses.keys()):
        raise ValueError(f"{changed[0]} is added and changed at once")
    texts, algorithms = zip(*clauses.values(), strict=True)
    return ", ".join(texts), frozenset(algorithms)


def _place(edit: e.Edit) -> object:
    """A MODIFY says the whole column: of two the last one stands."""
    return edit.column if isinstance(edit, e.SetType | e.SetNullable) else edit
