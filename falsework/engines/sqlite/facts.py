"""What an edit costs on SQLite, by whom, and since when.

Every change holds the one writer's lock. In write-ahead mode readers go on throughout; in
rollback-journal mode they wait once changed pages spill to the file, and at the commit
(https://www.sqlite.org/lockingv3.html). The journal mode is not known when a plan is made, so a
change that writes many pages counts as stopping everybody.

Dropping a table or an index is no matter of the catalog alone: builds with ``SECURE_DELETE``
(Debian's) overwrite every page of it, which took 1.3 s for a million rows of 210 bytes, and
0.1 s in a build without.
"""

from __future__ import annotations

from falsework.engines.sqlite.types import is_literal
from falsework.model.edits import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    CreateTable,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    Edit,
    RenameIndex,
    SetComment,
    SetCounter,
    SetIdentity,
    SetNullable,
    SetRefresh,
    ValidateCheck,
    ValidateForeignKey,
)
from falsework.model.edits_of_objects import OfObject
from falsework.model.engine import Cost, Fact, Version, Way
from falsework.model.excluding import OfExclusion
from falsework.model.forecast import Labour, Pace, Rates
from falsework.model.plan import Lock
from falsework.model.schema import Column

OLDEST = (3, 35)
_ALTER_CONSTRAINTS = (3, 53)  # ALTER COLUMN SET NOT NULL, ADD CHECK, DROP CONSTRAINT

_ALTER_TABLE = "https://www.sqlite.org/lang_altertable.html"
_RESERVED = "RESERVED (one writer)"
_EXCLUSIVE = "EXCLUSIVE (readers go on in write-ahead mode)"


def _fact(cost: Cost, source: str, since: Version = OLDEST, *, spills: bool = True) -> Fact:
    """A fact: what takes longer than a look into the catalog makes other writers wait.

    ``spills``  whether it changes many pages, so that readers may have to wait as well
    """
    everybody = spills and cost is not Cost.METADATA
    return Fact(
        cost,
        Lock.EVERYTHING if everybody else Lock.WRITES,
        online=cost is Cost.METADATA,
        source=source,
        since=since,
        lock_name=_EXCLUSIVE if everybody else _RESERVED,
    )


_REBUILD = _fact(Cost.REWRITE, f"{_ALTER_TABLE}#otheralter")
_ADD_COLUMN = _fact(Cost.METADATA, f"{_ALTER_TABLE}#alter_table_add_column")
_DROP_COLUMN = _fact(Cost.REWRITE, f"{_ALTER_TABLE}#alter_table_drop_column")
_CREATE_INDEX = _fact(Cost.BUILD, "https://www.sqlite.org/lang_createindex.html")
_DROP_INDEX = _fact(Cost.SCAN, "https://www.sqlite.org/lang_dropindex.html")
_CREATE_TABLE = _fact(Cost.METADATA, "https://www.sqlite.org/lang_createtable.html")
_DROP_TABLE = _fact(Cost.SCAN, "https://www.sqlite.org/lang_droptable.html")
_OWN_STATEMENT: dict[type[Edit], Fact] = {
    DropColumn: _DROP_COLUMN,
    AddIndex: _CREATE_INDEX,
    DropIndex: _DROP_INDEX,
    CreateTable: _CREATE_TABLE,
    DropTable: _DROP_TABLE,
}
_LOOSEN = _fact(Cost.METADATA, _ALTER_TABLE, _ALTER_CONSTRAINTS)
_TIGHTEN = _fact(Cost.SCAN, _ALTER_TABLE, _ALTER_CONSTRAINTS, spills=False)
_NO_SUCH_COLUMN = Fact(Cost.UNSUPPORTED, Lock.NOTHING, False, "https://www.sqlite.org/autoinc.html")


class SQLiteFacts:
    """The fact sheet. There is one way, ``DIRECT``; nothing can be validated later."""

    def cost(self, edit: Edit, way: Way, version: Version) -> Fact | None:
        """The fact; None for another way, an older server, or an edit SQLite has no notion of."""
        if way is not Way.DIRECT or version < OLDEST or _unknown(edit) or _foreign(edit):
            return None
        if alters_in_place(edit, version):
            return _TIGHTEN if _tightens(edit) else _LOOSEN
        if isinstance(edit, AddColumn):
            return _added(edit.column)
        return _OWN_STATEMENT.get(type(edit), _REBUILD)


def _unknown(edit: Edit) -> bool:
    """Whether it speaks of what is not here: comments, constraints that old rows need not obey."""
    match edit:
        case ValidateForeignKey() | ValidateCheck() | SetComment() | RenameIndex():
            return True
        case AddForeignKey(foreign_key=key):
            return not key.valid
        case AddCheck(check=check):
            return not check.valid
        case AddIndex(index=index):
            return not index.valid or index.method is not None
    return False


def _foreign(edit: Edit) -> bool:
    """Whether the edit is about a type or a sequence: there are none here."""
    return isinstance(edit, OfObject | OfExclusion | SetCounter | SetIdentity | SetRefresh)


def _added(column: Column) -> Fact:
    if column.autoincrement:
        return _NO_SUCH_COLUMN
    return _ADD_COLUMN if adds_in_place(column) else _REBUILD


def adds_in_place(column: Column) -> bool:
    """Whether ADD COLUMN takes the column on a table with rows: the default must be a literal."""
    if column.generated is not None:
        return column.nullable and not column.stored
    if column.default is None:
        return column.nullable
    return is_literal(column.default.text)


def alters_in_place(edit: Edit, version: Version) -> bool:
    """Whether ALTER TABLE changes the constraint by itself, on this version."""
    if version < _ALTER_CONSTRAINTS:
        return False
    match edit:
        case SetNullable() | AddCheck():
            return True
        case DropCheck(check=check):
            return check.name is not None
    return False


def _tightens(edit: Edit) -> bool:
    return isinstance(edit, AddCheck) or (isinstance(edit, SetNullable) and not edit.nullable)


# Measured with SQLite 3.40 on two shared cores: a million rows of ten columns and two indexes (264
# bytes in all), rollback journal, on a disk with the file in the cache. Slowest of three runs: 6.7
# million rows a second read, 0.84 put into an index, 0.19 rebuilt, 0.49 rewritten by DROP COLUMN,
# 0.79 dropped. Slow is a quarter of these, and less for reading, which a cold disk slows down most.
RATES = Rates(
    paces=(
        Pace(Labour.SCAN, slow=500_000, fast=10_000_000, width=264),
        Pace(Labour.WALK, slow=100_000, fast=3_000_000, width=264),
        Pace(Labour.FILL, slow=45_000, fast=900_000, width=264),
        Pace(Labour.BUILD, slow=200_000, fast=1_200_000, width=264),
        Pace(Labour.REWRITE, slow=45_000, fast=500_000, width=264),
    ),
    disk=((Labour.FILL, 1.0), (Labour.BUILD, 1.0), (Labour.REWRITE, 2.0)),
    source=(
        "measured: a million rows of 264 bytes with two indexes, a quarter of the slowest run; "
        "disk: a rebuild writes the table beside itself and into the journal"
    ),
)
