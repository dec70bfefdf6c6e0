"""What each edit costs, and what it locks.

A type change depends on both types, and an edit knows only the new one: the fact says what it
costs at worst, and ``type_move`` what this one does. The same holds for everything that a domain's
own check adds: a name alone does not say whether it is one.
"""

from __future__ import annotations

from falsework.model import edits as e
from falsework.model.engine import Cost, Fact, Version, Way
from falsework.model.plan import Lock
from falsework.model.schema import DefaultKind

ALTER = "https://www.postgresql.org/docs/current/sql-altertable.html"
NOTES = "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"
CREATE = "https://www.postgresql.org/docs/current/sql-createtable.html"
INDEX = "https://www.postgresql.org/docs/current/sql-createindex.html"
CONCURRENTLY = (
    "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"
)
DROP_INDEX = "https://www.postgresql.org/docs/current/sql-dropindex.html"
COMMENT = "https://www.postgresql.org/docs/current/sql-comment.html"
RELEASE_12 = "https://www.postgresql.org/docs/release/12.0/"
RELEASE_17 = "https://www.postgresql.org/docs/release/17.0/"
RELEASE_18 = "https://www.postgresql.org/docs/release/18.0/"
TYPE = "https://www.postgresql.org/docs/current/sql-altertype.html"
RELEASE_11 = "https://www.postgresql.org/docs/release/11.0/"


def _exclusive(cost: Cost, source: str, *, since: Version = ()) -> Fact:
    """Under the strongest lock: at work in the catalog alone, it is held for a moment."""
    return Fact(cost, Lock.EVERYTHING, cost is Cost.METADATA, source, since, "ACCESS EXCLUSIVE")


def _writers(cost: Cost, source: str, name: str = "SHARE ROW EXCLUSIVE") -> Fact:
    """Writers wait, readers go on."""
    return Fact(cost, Lock.WRITES, cost is Cost.METADATA, source, lock_name=name)


def _online(cost: Cost, source: str) -> Fact:
    """Nobody waits but other schema changes and vacuum."""
    return Fact(cost, Lock.DDL, online=True, source=source, lock_name="SHARE UPDATE EXCLUSIVE")


_METADATA = _exclusive(Cost.METADATA, ALTER)
_NOBODY = Fact(Cost.METADATA, Lock.NOTHING, online=True, source=TYPE)
_DROP_FOREIGN_KEY = _exclusive(Cost.METADATA, "measured on 15 and 18: the parent is locked as well")

_FACTS: dict[tuple[type[e.Edit], Way], Fact] = {
    (e.DropTable, Way.DIRECT): _exclusive(
        Cost.METADATA, "measured on 15 and 18: the parents of its foreign keys are locked as well"
    ),
    (e.DropColumn, Way.DIRECT): _exclusive(Cost.METADATA, NOTES),
    (e.SetDefault, Way.DIRECT): _METADATA,
    (e.SetIdentity, Way.DIRECT): _METADATA,
    (e.SetType, Way.DIRECT): _exclusive(Cost.REWRITE, NOTES),
    (e.AddIndex, Way.DIRECT): _writers(Cost.BUILD, INDEX, "SHARE"),
    (e.AddIndex, Way.ONLINE): _online(Cost.BUILD, CONCURRENTLY),
    (e.DropIndex, Way.DIRECT): _exclusive(Cost.METADATA, DROP_INDEX),
    (e.DropIndex, Way.ONLINE): _online(Cost.METADATA, DROP_INDEX),
    (e.DropIndex, Way.ADOPT): _METADATA,
    (e.RenameIndex, Way.DIRECT): Fact(
        Cost.METADATA,
        Lock.DDL,
        online=True,
        source=f"{RELEASE_12}, measured on 16 and 18: the index alone is locked",
        since=(12,),
    ),
    (e.AddUnique, Way.DIRECT): _exclusive(Cost.BUILD, ALTER),
    (e.AddUnique, Way.ADOPT): _METADATA,
    (e.DropUnique, Way.DIRECT): _METADATA,
    (e.DropUnique, Way.ADOPT): _METADATA,
    (e.AddForeignKey, Way.DIRECT): _writers(Cost.SCAN, NOTES),
    (e.AddForeignKey, Way.UNVALIDATED): _writers(Cost.METADATA, NOTES),
    (e.DropForeignKey, Way.UNVALIDATED): _DROP_FOREIGN_KEY,
    (e.ValidateForeignKey, Way.VALIDATE): _online(Cost.SCAN, NOTES),
    (e.DropForeignKey, Way.DIRECT): _DROP_FOREIGN_KEY,
    (e.AddCheck, Way.DIRECT): _exclusive(Cost.SCAN, NOTES),
    (e.AddCheck, Way.UNVALIDATED): _exclusive(Cost.METADATA, NOTES),
    (e.ValidateCheck, Way.VALIDATE): _online(Cost.SCAN, NOTES),
    (e.DropCheck, Way.DIRECT): _METADATA,
    (e.AddExclusion, Way.DIRECT): _exclusive(Cost.BUILD, ALTER),
    (e.DropExclusion, Way.DIRECT): _METADATA,
    (e.CreateEnumeration, Way.DIRECT): _NOBODY,
    (e.DropEnumeration, Way.DIRECT): _NOBODY,
    # In a transaction since 12; sessions that use the type see it at their next statement.
    (e.AddLabel, Way.DIRECT): _NOBODY,
    (e.CreateDomain, Way.DIRECT): _NOBODY,
    (e.DropDomain, Way.DIRECT): _NOBODY,
    (e.CreateSequence, Way.DIRECT): _NOBODY,
    (e.DropSequence, Way.DIRECT): _NOBODY,
    (e.SetSequence, Way.DIRECT): _NOBODY,
    (e.DropCheck, Way.UNVALIDATED): _METADATA,
    (e.SetComment, Way.DIRECT): _online(Cost.METADATA, COMMENT),
}


def _create_table(edit: e.CreateTable) -> Fact:
    """A new table locks nobody; its foreign keys lock writers of the parents for a moment."""
    if any(f.parent != edit.table for f in edit.definition.foreign_keys):
        return _writers(Cost.METADATA, "measured on 15 and 18: SHARE ROW EXCLUSIVE on each parent")
    return Fact(Cost.METADATA, Lock.NOTHING, online=True, source=CREATE)


def _add_column(edit: e.AddColumn) -> Fact:
    """Only a default that is the same for every row can be kept beside the rows (since 11)."""
    column = edit.column
    default = column.default.kind if column.default else DefaultKind.CONSTANT
    per_row = default in (DefaultKind.VOLATILE, DefaultKind.SEQUENCE)
    if per_row or column.autoincrement or column.stored:
        return _exclusive(Cost.REWRITE, NOTES)
    if column.generated is not None:
        return _exclusive(Cost.METADATA, RELEASE_18, since=(18,))
    if column.default is not None:
        return _exclusive(Cost.METADATA, RELEASE_11, since=(11,))
    return _exclusive(Cost.METADATA, NOTES)


def _set_collation(edit: e.SetCollation) -> Fact:
    """Rows stay as they are; indexes over the column are built anew."""
    said = "measured on 15, 16 and 18"
    return _exclusive(Cost.BUILD if edit.indexed else Cost.METADATA, said)


def _set_expression(edit: e.SetExpression) -> Fact | None:
    """What is stored is computed anew, in every row (since 17).

    One that is not stored stays as it is where the table has a check (0A000, measured on 18).
    """
    if edit.stored:
        return _exclusive(Cost.REWRITE, RELEASE_17, since=(17,))
    if edit.checked:
        return None
    return _exclusive(Cost.METADATA, RELEASE_18, since=(18,))


def _set_nullable(edit: e.SetNullable, way: Way) -> Fact | None:
    """A valid check that the column holds no NULL spares the scan (since 12)."""
    if edit.nullable:
        return _METADATA if way is Way.DIRECT else None
    if way is Way.CHECKED:
        return _exclusive(Cost.METADATA, RELEASE_12, since=(12,))
    return _exclusive(Cost.SCAN, NOTES) if way is Way.DIRECT else None


class Facts:
    """The fact sheet."""

    def cost(self, edit: e.Edit, way: Way, version: Version) -> Fact | None:
        """The fact, or None where there is no such way at that version."""
        fact = _fact(edit, way)
        return None if fact is None or version < fact.since else fact


def _fact(edit: e.Edit, way: Way) -> Fact | None:
    if isinstance(edit, e.SetNullable):
        return _set_nullable(edit, way)
    if isinstance(edit, e.CreateTable):
        return _create_table(edit) if way is Way.DIRECT else None
    if isinstance(edit, e.AddColumn):
        return _add_column(edit) if way is Way.DIRECT else None
    if isinstance(edit, e.SetCollation):
        return _set_collation(edit) if way is Way.DIRECT else None
    if isinstance(edit, e.SetExpression):
        return _set_expression(edit) if way is Way.DIRECT else None
    return _FACTS.get((type(edit), way))
