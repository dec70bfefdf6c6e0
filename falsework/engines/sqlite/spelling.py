"""How SQLite spells an edit: by a statement of its own where it has one, else by a rebuild."""

from __future__ import annotations

from collections.abc import Sequence

from falsework.engines.sqlite import create
from falsework.engines.sqlite.facts import adds_in_place, alters_in_place
from falsework.engines.sqlite.rebuild import rebuild
from falsework.engines.sqlite.tables import VIRTUAL_TABLE
from falsework.engines.sqlite.text import expression, quote
from falsework.model.edits import (
    AddCheck,
    AddColumn,
    AddIndex,
    CreateTable,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    Edit,
    SetNullable,
)
from falsework.model.engine import Version, Way
from falsework.model.grant import Grant
from falsework.model.plan import Statement
from falsework.model.schema import Schema, Table, TableName
from falsework.model.schema import Sequence as Counter


class SQLiteSpelling:
    """The one way SQLite has: everything in one transaction, several edits of a table at once."""

    def statement(
        self, edits: tuple[Edit, ...], way: Way, before: Schema, version: Version
    ) -> Statement:
        """The statement. All edits are of one table; a rebuild does all of them in one pass."""
        if way is not Way.DIRECT:
            raise ValueError(f"SQLite has no way {way.value!r}")
        names = {e.table for e in edits}
        if len(names) != 1:
            raise ValueError(f"one statement is for one table, not for {len(names)}")
        (name,) = names
        old = before.table(name)
        if isinstance(edits[0], CreateTable):
            return _create(edits, before, name)
        if old is None:
            raise ValueError(f"there is no table {name}")
        if VIRTUAL_TABLE in old.opaque and not isinstance(edits[0], DropTable):
            raise ValueError(f"{name} is {VIRTUAL_TABLE}: its module alone can change it")
        return _alter(edits, before, old, version)

    def undo_partial(self, edits: tuple[Edit, ...], before: Schema) -> Statement | None:
        """Nothing: a statement that breaks off is rolled back whole."""
        return None

    def identifier(self, name: str) -> str:
        return quote(name)

    def table(self, name: TableName) -> str:
        return f"{quote(name.schema)}.{quote(name.name)}"

    def not_null(self, column: str) -> str:
        return expression(f"{quote(column)} IS NOT NULL")

    def length(self, column: str) -> str:
        return f"length({quote(column)})"

    def grants(self, made: Table | Counter, grants: Sequence[Grant]) -> tuple[str, ...]:
        """Whoever may open the file may do everything."""
        if grants:
            raise ValueError("SQLite knows no roles: leave grant_to out")
        return ()

    def limit(self, rows: int) -> str:
        return f"LIMIT {rows}"


def _create(edits: tuple[Edit, ...], before: Schema, name: TableName) -> Statement:
    table = _after(edits, before, name)
    if table is None:
        raise ValueError(f"{name} is made and dropped in one statement")
    return Statement(
        (
            create.create_table(table, name.name),
            *(create.create_index(table, i) for i in table.indexes),
            *(t.text for t in table.triggers),
        )
    )


def _after(edits: tuple[Edit, ...], before: Schema, name: TableName) -> Table | None:
    schema = before
    for edit in edits:
        schema = edit.apply(schema)
    return schema.table(name)


def _alter(edits: tuple[Edit, ...], before: Schema, old: Table, version: Version) -> Statement:
    """Statements of their own if every edit has one: what needs a rebuild takes all with it."""
    schema, sql = before, []
    for edit in edits:
        table = schema.table(old.name)
        statement = None if table is None else _direct(edit, table, version)
        if statement is None:
            new = _after(edits, before, old.name)
            if new is None:
                raise ValueError(f"{old.name} is changed and dropped in one statement")
            added = frozenset(e.column.name for e in edits if isinstance(e, AddColumn))
            return rebuild(before, old, new, added)
        sql.append(statement)
        schema = edit.apply(schema)
    if schema.table(old.name) is None:
        return Statement(tuple(sql), setup=_DROP_SETUP, teardown=_DROP_TEARDOWN)
    return Statement(tuple(sql))


# With foreign keys on, DROP TABLE first deletes row by row, and stops at a row of the table itself
# that refers to another one (https://www.sqlite.org/foreignkeys.html#fk_schemacommands). Nothing
# else refers to it: the edit does not fit a schema where something does.
_DROP_SETUP = ("PRAGMA foreign_keys=OFF",)
_DROP_TEARDOWN = ("PRAGMA foreign_keys=ON",)


def _direct(edit: Edit, table: Table, version: Version) -> str | None:
    """The edit's own statement, or None where only a rebuild does it."""
    alter = f"ALTER TABLE {quote(table.name.name)}"
    match edit:
        case DropTable():
            return f"DROP TABLE {quote(table.name.name)}"
        case AddIndex(index=index):
            return create.create_index(table, index)
        case DropIndex(index=index):
            return f"DROP INDEX {quote(index.name)}"
        case AddColumn(column=column) if adds_in_place(column):
            return f"{alter} ADD COLUMN {create.column(column)}"
        case DropColumn(column=name):
            return f"{alter} DROP COLUMN {quote(name)}"
    return f"{alter} {_constraint(edit)}" if alters_in_place(edit, version) else None


def _constraint(edit: Edit) -> str:
    """What ALTER TABLE says for an edit that ``alters_in_place``."""
    match edit:
        case SetNullable(column=name, nullable=nullable):
            return f"ALTER COLUMN {quote(name)} {'DROP' if nullable else 'SET'} NOT NULL"
        case AddCheck(check=check):
            return f"ADD {create.check_constraint(check)}"
        case DropCheck(check=check) if check.name is not None:
            return f"DROP CONSTRAINT {quote(check.name)}"
    raise ValueError(f"ALTER TABLE cannot do {edit}")
