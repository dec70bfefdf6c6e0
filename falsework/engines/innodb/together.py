"""Several changes in one ALTER: what each writes the table anew, and what takes another's place.

It is done or not done as a whole: both servers have atomic DDL in the versions known here.
Source: https://dev.mysql.com/doc/refman/9.7/en/atomic-ddl.html,
https://mariadb.com/kb/en/atomic-ddl/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from falsework.engines.innodb.actions import Altering, keeping, orphans
from falsework.engines.innodb.names import qualified
from falsework.engines.innodb.refusals import table_of
from falsework.model import edits as e
from falsework.model.engine import Cost, Fact
from falsework.model.plan import Statement
from falsework.model.schema import ForeignKey, Schema, TableName

Clause = tuple[str, str]  # what follows ALTER TABLE, and the algorithm
Spell = Callable[[Altering | e.DropCheck, Schema], Clause]


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


def swapped(
    edits: Sequence[e.Edit], before: Schema, *, spell: Spell, order: Sequence[str]
) -> Statement:
    """One ALTER in which something goes and what has its name comes: there is no moment between.

    What goes may be needed as long as nothing has come, so the new one counts as there already.
    Raises whatever ``spell`` raises.
    """
    drop, add = edits
    if not isinstance(drop, Altering | e.DropCheck) or not isinstance(add, Altering):
        raise ValueError(f"{type(drop).__name__} and {type(add).__name__} are two statements")
    clauses = (spell(drop, _beside(add).apply(before)), spell(add, drop.apply(before)))
    texts, algorithms = zip(*clauses, strict=True)
    algorithm = next(a for a in order if a in algorithms)
    action = ", ".join(texts)
    if not isinstance(add, e.AddForeignKey):
        return alone(alter(add.table, action, algorithm))
    action += keeping(table_of(add.table, before), add.foreign_key)
    return unchecked(alone(alter(add.table, action, algorithm)), add.table, add.foreign_key)


def unchecked(statement: Statement, table: TableName, key: ForeignKey) -> Statement:
    """A foreign key added without a look at the rows: a query finds what it keeps out now."""
    return replace(
        statement,
        setup=("SET SESSION foreign_key_checks = 0",),
        teardown=("SET SESSION foreign_key_checks = 1",),
        must_be_empty=(orphans(table, key),),
    )


def _beside(edit: Altering) -> Altering:
    """The same under a name that nothing has: there is room for both then."""
    match edit:
        case e.AddUnique(unique=unique):
            return replace(edit, unique=replace(unique, name=_NOBODYS))
        case e.AddIndex(index=index):
            return replace(edit, index=replace(index, name=_NOBODYS))
        case e.AddForeignKey(foreign_key=key):
            return replace(edit, foreign_key=replace(key, name=_NOBODYS))
        case e.AddCheck(check=check):
            return replace(edit, check=replace(check, name=_NOBODYS))
    raise ValueError(f"{type(edit).__name__} takes nothing's place")


_NOBODYS = " "  # no name ends in a blank here


def swaps(edits: Sequence[e.Edit]) -> bool:
    """Whether one thing goes and another one of its kind comes."""
    kinds = tuple(type(edit) for edit in edits)
    return len(kinds) == 2 and kinds[0] in _DROPS and kinds[1] in _ADDS


_DROPS = (e.DropUnique, e.DropIndex, e.DropForeignKey, e.DropCheck)
_ADDS = (e.AddUnique, e.AddIndex, e.AddForeignKey, e.AddCheck)


_MODIFIES = e.SetType | e.SetNullable | e.SetExpression | e.SetCollation


def _place(edit: e.Edit) -> object:
    """A MODIFY says the whole column: of two the last one stands."""
    return edit.column if isinstance(edit, _MODIFIES) else edit
