"""What each edit costs, and what it locks.

Every statement of this package says the algorithm and the lock, so a fact that is wrong for some
table is a refusal of the server (1845, 1846), never a copy under a lock. A type change depends on
both types, and an edit knows only the new one: the fact says what it costs at worst, ``type_move``
what this one does.
"""

from __future__ import annotations

from falsework.engines.innodb.definitions import SPECIAL, has_expressions
from falsework.model import edits as e
from falsework.model.engine import Cost, Fact, Version, Way
from falsework.model.plan import Lock
from falsework.model.schema import Column, DefaultKind, Index

INSTANT = "https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/"
NOCOPY = "https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-nocopy-alter-algorithm/"
INPLACE = "https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/"
ONLINE_COPY = "https://mariadb.com/kb/en/mariadb-11-2-1-release-notes/ (MDEV-16329)"

SEQUENCES = "https://mariadb.com/kb/en/create-sequence/"

OLDEST: Version = (10, 11)
COPIES_ONLINE: Version = (11, 2)

_EXCLUSIVE = "exclusive metadata lock"


def _instant(source: str) -> Fact:
    """In the catalog alone; others wait while it waits for its lock, and for a moment."""
    return Fact(Cost.METADATA, Lock.EVERYTHING, True, source, lock_name=_EXCLUSIVE)


def _online(cost: Cost, source: str) -> Fact:
    """Readers and writers go on; a short exclusive lock at either end."""
    return Fact(cost, Lock.DDL, True, source, lock_name="LOCK=NONE")


def _blocking(cost: Cost, source: str) -> Fact:
    """Writers wait for the whole run, readers go on."""
    return Fact(cost, Lock.WRITES, False, source, lock_name="LOCK=SHARED")


def _copy(source: str, version: Version) -> Fact:
    """The whole table anew; others can write to it meanwhile since 11.2."""
    if version >= COPIES_ONLINE:
        return _online(Cost.REWRITE, ONLINE_COPY)
    return _blocking(Cost.REWRITE, source)


_FACTS: dict[type[e.Edit], Fact] = {
    e.DropTable: _instant("measured on 10.11 and 11.8"),
    e.SetNullable: _online(
        Cost.REWRITE, f"{INPLACE}, measured on 10.11: half a million rows in 2 s"
    ),
    e.SetDefault: _instant(INSTANT),
    e.DropIndex: _instant(NOCOPY),
    e.RenameIndex: _instant(INSTANT),
    e.AddUnique: _online(Cost.BUILD, NOCOPY),
    e.DropUnique: _instant(NOCOPY),
    e.AddForeignKey: _online(
        Cost.SCAN,
        f"{INSTANT} (foreign_key_checks=0), measured on 10.11 and 11.8: 0 s; then a query for "
        "orphans",
    ),
    e.DropForeignKey: _instant(INSTANT),
    e.DropCheck: _instant(f"{INSTANT}, measured on 10.11 and 11.8"),
    e.DropColumn: _instant(INSTANT),
    e.CreateSequence: Fact(Cost.METADATA, Lock.NOTHING, True, SEQUENCES),
    e.DropSequence: _instant(SEQUENCES),
    e.SetSequence: _instant(SEQUENCES),
    e.SetComment: _instant(f"{INSTANT}, measured on 10.11 and 11.8"),
}


def makes_up(column: Column, *, told: bool) -> bool:
    """The first label of an enumeration that is left out; the moment where a timestamp is NULL.

    In strict mode too (measured on 10.11 and 11.8).
    """
    return column.type.name == ("timestamp" if told else "enum")


class Facts:
    """The fact sheet: one way for everything."""

    def cost(self, edit: e.Edit, way: Way, version: Version) -> Fact | None:
        """The fact, or None where there is no such way at that version."""
        return _fact(edit, version) if way is Way.DIRECT else None


def _fact(edit: e.Edit, version: Version) -> Fact | None:
    match edit:
        case e.CreateTable():
            return Fact(Cost.METADATA, Lock.NOTHING, True, "measured on 10.11 and 11.8")
        case e.AddColumn(column=column):
            return _add_column(column, version)
        case e.SetType():
            return _copy(f"{INSTANT}: what is not there takes a copy", version)
        case e.AddCheck():
            return _copy("measured on 10.11: INPLACE is refused (1845)", version)
        case e.AddIndex(index=index):
            # There are no indexes over expressions here.
            return None if has_expressions(index) else _add_index(index)
    return _property(edit, version) or _FACTS.get(type(edit))


def _property(edit: e.Edit, version: Version) -> Fact | None:
    match edit:
        case e.SetCounter(counts=counts):
            said = "measured on 10.11 and 11.8"
            return _blocking(Cost.REWRITE, said) if counts else _instant(said)
        case e.SetRefresh():
            return _instant("measured on 10.11 and 11.8")
        case e.SetCollation(indexed=indexed):
            said = "measured on 10.11 and 11.8"
            return _online(Cost.BUILD, said) if indexed else _instant(said)
        case e.SetExpression(stored=stored):
            said = "measured on 10.11 and 11.8"
            return _copy(said, version) if stored else _instant(said)
    return None


def _add_column(column: Column, version: Version) -> Fact | None:
    if column.autoincrement:
        return None  # it needs a key in the same statement
    if column.stored:
        return _copy(INSTANT, version)
    if column.default is not None and column.default.kind is DefaultKind.VOLATILE:
        return _copy("measured on 10.11 and 11.8: what is not the same in all rows", version)
    return _instant(INSTANT)


def _add_index(index: Index) -> Fact:
    """A text index keeps writers out."""
    if index.method in SPECIAL:
        return _blocking(Cost.BUILD, f"{INPLACE}, measured on 10.11 and 11.8")
    return _online(Cost.BUILD, NOCOPY)
