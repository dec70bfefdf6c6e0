"""The rebuild: a table made anew under another name, filled, and put in the place of the old one.

The procedure is that of https://www.sqlite.org/lang_altertable.html#otheralter with these
differences, each for a reason that is tested:

- foreign keys are off before the transaction begins, since the pragma does nothing inside one,
  and the last query of the transaction proves that they were: with foreign keys on, dropping the
  old table would delete the rows of its children;
- ``legacy_alter_table`` is on, so that the renaming at the end changes no text but the table's
  own: triggers of other tables and views keep naming the table, and one that has been broken for
  years stops nothing. Nothing needs to be dropped and made again but what stands on the table;
- rows keep their rowid where the table has one, and AUTOINCREMENT its counter;
- only foreign keys that the rebuild itself adds or touches are checked. Orphans that were there
  before are no business of another edit.

What SQLite's planner knew of the table from ANALYZE goes with the old table.
"""

from __future__ import annotations

from collections.abc import Iterator

from falsework.engines.sqlite import create
from falsework.engines.sqlite.ddl import AUTOINCREMENT
from falsework.engines.sqlite.text import fold, literal, quote
from falsework.model.plan import Statement
from falsework.model.schema import ForeignKey, Schema, Table

SETUP = ("PRAGMA foreign_keys=OFF", "PRAGMA legacy_alter_table=ON")
# Every connection of falsework starts with foreign keys on and the ordinary ALTER TABLE.
TEARDOWN = ("PRAGMA legacy_alter_table=OFF", "PRAGMA foreign_keys=ON")
FOREIGN_KEYS_WERE_OFF = (
    "SELECT 'foreign keys were enforced: children would have lost their rows' "
    "FROM pragma_foreign_keys WHERE foreign_keys"
)
NEW = "falsework_new_"  # the reader leaves out every table that starts with falsework_
_ROWIDS = ("rowid", "_rowid_", "oid")


def rebuild(before: Schema, old: Table, new: Table, added: frozenset[str]) -> Statement:
    """The statement that makes ``new`` of ``old``; ValueError where something would be lost.

    ``added`` are new columns, also where ``old`` had one of that name that went.
    """
    if old.opaque:
        raise ValueError(f"{old.name} cannot be rebuilt without losing {'; '.join(old.opaque)}")
    _keep_rowid(old, new)
    name = old.name.name
    return Statement(
        sql=(
            create.create_table(new, NEW + name),
            _copy(old, new, added),
            *_keep_counter(old, new),
            f"DROP TABLE {quote(name)}",
            f"ALTER TABLE {quote(NEW + name)} RENAME TO {quote(name)}",
            *(create.create_index(new, i) for i in new.indexes),
            *(t.text for t in new.triggers),
        ),
        setup=SETUP,
        teardown=TEARDOWN,
        must_be_empty=(*_orphans(before, old, new), FOREIGN_KEYS_WERE_OFF),
    )


def _copy(old: Table, new: Table, added: frozenset[str]) -> str:
    """Every row with its rowid. A new column is not named: its default is computed row by row."""
    kept = [
        quote(c.name)
        for c in new.columns
        if c.generated is None
        and c.name not in added
        and (before := old.column(c.name)) is not None
        and before.generated is None
    ]
    if rowid := _rowid(old, new):
        kept.insert(0, rowid)
    order = f" ORDER BY {rowid}" if rowid else ""
    columns = ", ".join(kept)
    target, source = quote(NEW + old.name.name), quote(old.name.name)
    return f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}{order}"


def _rowid(old: Table, new: Table) -> str | None:
    """The name of the rowid where it is a value of its own, and no column has taken its names."""
    if "WITHOUT ROWID" in old.options or any(c.autoincrement for c in old.columns):
        return None
    taken = {fold(c.name) for t in (old, new) for c in t.columns}
    return next((n for n in _ROWIDS if n not in taken), None)


def _keep_counter(old: Table, new: Table) -> Iterator[str]:
    """AUTOINCREMENT promises never to give a key twice, those of deleted rows included."""
    if AUTOINCREMENT in old.options and AUTOINCREMENT in new.options:
        name, target = literal(old.name.name), literal(NEW + old.name.name)
        yield f"DELETE FROM sqlite_sequence WHERE name = {target}"
        yield (
            f"INSERT INTO sqlite_sequence (name, seq) "
            f"SELECT {target}, seq FROM sqlite_sequence WHERE name = {name}"
        )


def _keep_rowid(old: Table, new: Table) -> None:
    """Another type would make a column of the rowid that nobody fills in, or the reverse."""
    if any(c.autoincrement for c in old.columns) != any(_counts(new, c.name) for c in new.columns):
        raise ValueError(f"{old.name}: INTEGER PRIMARY KEY is the rowid, and no other type is")


def _counts(table: Table, column: str) -> bool:
    """Whether SQLite will make the column the rowid."""
    found = table.column(column)
    key = table.primary_key
    return (
        found is not None
        and key is not None
        and key.columns == (column,)
        and str(found.type) == "integer"
        and "WITHOUT ROWID" not in table.options
    )


def _children(before: Schema, parent: Table) -> Iterator[tuple[Table, ForeignKey]]:
    for child in before.tables:
        for key in child.foreign_keys:
            if key.parent == parent.name:
                yield child, key


def _orphans(before: Schema, old: Table, new: Table) -> Iterator[str]:
    """Queries for rows whose parent is missing, of the foreign keys that this rebuild touches."""
    changed = {
        c.name for c in new.columns if (o := old.column(c.name)) is not None and o.type != c.type
    }
    for key in new.foreign_keys:
        if key not in old.foreign_keys or changed & {*key.columns}:
            yield orphans(new, key)
    for child, key in _children(before, old):
        if child.name != old.name and changed & {*key.parent_columns}:
            yield orphans(child, key)


def orphans(child: Table, key: ForeignKey) -> str:
    """The rows of the child that the foreign key forbids, by SQLite's own rule for comparing.

    A foreign key is known by its parent and its first column: SQLite gives it no name.
    """
    table = literal(child.name.name)
    return (
        f"SELECT k.\"table\", k.rowid, k.parent FROM pragma_foreign_key_check({table}, 'main') k "
        f"JOIN pragma_foreign_key_list({table}, 'main') f ON f.id = k.fkid AND f.seq = 0 "
        f'WHERE f."from" = {literal(key.columns[0])} COLLATE NOCASE '
        f'AND f."table" = {literal(key.parent.name)} COLLATE NOCASE'
    )
