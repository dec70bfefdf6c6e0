"""Several changes that each write a table anew, in one ALTER that does it once.

It is done or not done as a whole: both servers have atomic DDL in the versions known here.
Source: https://dev.mysql.com/doc/refman/9.7/en/atomic-ddl.html,
https://mariadb.com/kb/en/atomic-ddl/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from falsework.engines.innodb.actions import Altering
from falsework.engines.innodb.names import qualified
from falsework.model import edits as e
from falsework.model.engine import Cost, Fact
from falsework.model.plan import Statement
from falsework.model.schema import Schema, TableName

Clause = tuple[str, str]  # what follows ALTER TABLE, and the algorithm
Spell = Callable[[Altering, Schema], Clause]


def alone(sql: str) -> Statement:
    """A statement that no transaction takes back."""
    return Statement((sql,), transaction=False)


def alter(table: TableName, action: str, algorithm: str) -> str:
    """The ALTER, which says how it is to be done."""
    return f"ALTER TABLE {qualified(table)} {action}, {algorithm}"


def together(
    edits: Sequence[e.Edit],
    before: Schema,
    *,
    cost: Callable[[e.Edit], Fact | None],
    spell: Spell,
    order: Sequence[str],
) -> Statement:
    """One ALTER with all the clauses, each column in its last state alone.

    ``cost``   the fact of each edit by itself
    ``order``  the algorithms: what one of them can do, those before it can do as well

    Raises ValueError for changes of several tables, for one that does not write the table anew,
    and whatever ``spell`` raises.
    """
    if len({edit.table for edit in edits}) != 1:
        raise ValueError("one statement is for one table")
    clauses: dict[object, Clause] = {}
    now = before
    for edit in edits:
        fact = cost(edit)
        if fact is None or fact.cost is not Cost.REWRITE or not isinstance(edit, Altering):
            raise ValueError(f"{type(edit).__name__} has a statement of its own")
        clauses[_place(edit)] = spell(edit, now)
        now = e.apply((edit,), now)
    added = {edit.column.name for edit in edits if isinstance(edit, e.AddColumn)}
    if changed := sorted(added & clauses.keys()):
        raise ValueError(f"{changed[0]} is added and changed at once")
    texts, algorithms = zip(*clauses.values(), strict=True)
    algorithm = next(a for a in order if a in algorithms)
    return alone(alter(edits[0].table, ", ".join(texts), algorithm))


_MODIFIES = e.SetType | e.SetNullable | e.SetExpression


def _place(edit: e.Edit) -> object:
    """A MODIFY says the whole column: of two the last one stands."""
    return edit.column if isinstance(edit, _MODIFIES) else edit
