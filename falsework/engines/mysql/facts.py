"""What each edit costs, and what it locks.

Every statement of this package says the algorithm, so a fact that is wrong for some table is a
refusal of the server (1845, 1846), never a copy under a lock. A type change depends on both types,
and an edit knows only the new one: the fact says what it costs at worst, ``type_move`` what this
one does.
"""

from __future__ import annotations

from falsework.engines.innodb.defaults import plain
from falsework.engines.innodb.definitions import SPECIAL, has_expressions
from falsework.model import edits as e
from falsework.model.engine import Cost, Fact, Version, Way
from falsework.model.plan import Lock
from falsework.model.schema import Column, DefaultKind, Index

DDL = "https://dev.mysql.com/doc/refman/9.7/en/innodb-online-ddl-operations.html"
RELEASE_8_0_29 = "https://dev.mysql.com/doc/relnotes/mysql/8.0/en/news-8-0-29.html"
METADATA_LOCKS = "https://dev.mysql.com/doc/refman/9.7/en/metadata-locking.html"

OLDEST: Version = (8, 0, 16)  # the first that enforces checks

# Rows that were written around an instant ADD or DROP could be read wrongly after a crash:
# https://docs.percona.com/percona-xtrabackup/8.0/em/instant.html
INSTANT_IS_UNSAFE = ((8, 0, 29), (8, 0, 32))

_EXCLUSIVE = "exclusive metadata lock"


def adds_instantly(version: Version) -> bool:
    """Whether a last column can be added in the catalog alone."""
    return not INSTANT_IS_UNSAFE[0] <= version < INSTANT_IS_UNSAFE[1]


def drops_instantly(version: Version) -> bool:
    """Whether a column can be dropped in the catalog alone."""
    return version >= INSTANT_IS_UNSAFE[1]


def _instant(source: str, *, since: Version = ()) -> Fact:
    """In the catalog alone; others wait while it waits for its lock, and for a moment."""
    return Fact(Cost.METADATA, Lock.EVERYTHING, True, source, since, _EXCLUSIVE)


def _online(cost: Cost, source: str) -> Fact:
    """Readers and writers go on; a short exclusive lock at either end."""
    return Fact(cost, Lock.DDL, True, source, lock_name="LOCK=NONE")


def _blocking(cost: Cost, source: str) -> Fact:
    """Writers wait for the whole run, readers go on."""
    return Fact(cost, Lock.WRITES, False, source, lock_name="LOCK=SHARED")


_FACTS: dict[type[e.Edit], Fact] = {
    e.DropTable: _instant(METADATA_LOCKS),
    e.SetNullable: _online(Cost.REWRITE, f"{DDL}, measured on 9.7: half a million rows in 3 s"),
    e.SetDefault: _instant(DDL),
    e.SetType: _blocking(Cost.REWRITE, DDL),
    e.DropIndex: _instant(DDL),
    e.RenameIndex: _instant(DDL),
    e.AddUnique: _online(Cost.BUILD, DDL),
    e.DropUnique: _instant(DDL),
    e.AddForeignKey: _online(
        Cost.SCAN,
        f"{DDL} (foreign_key_checks=0), measured on 9.7: 0 s and an exclusive metadata lock on "
        "the parent; then a query for orphans",
    ),
    e.DropForeignKey: _instant(f"{DDL}, measured on 9.7: the parent is locked as well"),
    e.AddCheck: _blocking(Cost.REWRITE, "measured on 9.7: INPLACE is refused (1846)"),
    e.DropCheck: _instant("measured on 9.7"),
    e.SetComment: _instant(f"{DDL}, measured on 9.7"),
}


def makes_up(column: Column, *, told: bool) -> bool:
    """The first label of an enumeration that is left out, in strict mode too (measured on 9.7)."""
    return column.type.name == "enum" and not told


class Facts:
    """The fact sheet: one way for everything."""

    def cost(self, edit: e.Edit, way: Way, version: Version) -> Fact | None:
        """The fact, or None where there is no such way at that version."""
        fact = _fact(edit, version) if way is Way.DIRECT else None
        return None if fact is None or version < fact.since else fact


def _fact(edit: e.Edit, version: Version) -> Fact | None:
    match edit:
        case e.CreateTable(definition=table):
            if any(f.parent != table.name for f in table.foreign_keys):
                return _instant("measured on 9.7: an exclusive metadata lock on each parent")
            return Fact(Cost.METADATA, Lock.NOTHING, True, METADATA_LOCKS)
        case e.AddColumn(column=column):
            return _add_column(column, version)
        case e.DropColumn():
            if drops_instantly(version):
                return _instant(RELEASE_8_0_29)
            return _online(Cost.REWRITE, DDL)
        case e.AddIndex(index=index):
            return _add_index(index)
    return _property(edit) or _FACTS.get(type(edit))


def _property(edit: e.Edit) -> Fact | None:
    match edit:
        case e.SetCounter():
            return _blocking(Cost.REWRITE, "measured on 9.7: INPLACE is refused (1846)")
        case e.SetRefresh():
            return _instant("measured on 9.7")
        case e.SetCollation(indexed=indexed):
            said = f"{DDL}, measured on 9.7"
            return _blocking(Cost.REWRITE, said) if indexed else _online(Cost.METADATA, said)
        case e.SetExpression(stored=stored):
            said = "measured on 9.7"
            return _blocking(Cost.REWRITE, f"{DDL}, {said}") if stored else _instant(said)
    return None


def _add_column(column: Column, version: Version) -> Fact | None:
    if column.autoincrement:
        return None  # it needs a key in the same statement
    if column.generated is not None:
        return _blocking(Cost.REWRITE, DDL) if column.stored else _instant(DDL)
    if column.default is not None and not plain(column.default, column.type):
        if column.default.kind is DefaultKind.VOLATILE:
            return None  # refused where the binary log is on (1674)
        return _blocking(Cost.REWRITE, "measured on 9.7: a default in parentheses takes a copy")
    if adds_instantly(version):
        return _instant(RELEASE_8_0_29)
    return _online(Cost.REWRITE, RELEASE_8_0_29)


def _add_index(index: Index) -> Fact:
    """A text index and one over an expression keep writers out."""
    if index.method in SPECIAL:
        return _blocking(Cost.BUILD, DDL)
    if has_expressions(index):
        return _blocking(Cost.BUILD, "measured on 9.7: LOCK=NONE is refused for expressions")
    return _online(Cost.BUILD, DDL)
