"""Rows without a parent: those a rebuild would forbid stop it, all others do not."""

import pytest

from falsework.model.edits import AddForeignKey, Edit, SetDefault, SetType
from falsework.model.schema import Default, DefaultKind, ForeignKey, SqlType, TableName
from tests.engines.sqlite.conftest import File

T = TableName("main", "t")
REBUILD = SetDefault(table=T, column="a", default=Default("7", DefaultKind.CONSTANT))


def orphaned(file: File) -> None:
    """A parent, and children with orphans in two of three references."""
    file.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE)",
        "CREATE TABLE t (a INTEGER, p1 INTEGER REFERENCES p, p2 INTEGER, p3 INTEGER)",
        "CREATE TABLE unrelated (x INTEGER REFERENCES p)",
        "INSERT INTO p VALUES (1, 'a')",
    )
    with file.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO t VALUES (1, 99, 98, 1), (2, 1, 1, NULL)")
        connection.exec_driver_sql("INSERT INTO unrelated VALUES (97)")


def reference(column: str) -> Edit:
    key = ForeignKey(None, (column,), TableName("main", "p"), ("id",))
    return AddForeignKey(table=T, foreign_key=key)


def test_old_orphans_stop_no_rebuild(file: File) -> None:
    """They were there before, in this table or another one: the rebuild did not make them."""
    orphaned(file)

    file.change(REBUILD)
    file.change(reference("p3"))

    assert file.rows("SELECT * FROM t") == [(1, 99, 98, 1), (2, 1, 1, None)]


def test_orphans_stop_the_foreign_key_that_forbids_them(file: File) -> None:
    """A new foreign key holds for old rows, too."""
    orphaned(file)

    with pytest.raises(AssertionError, match="'t', 1, 'p'"):
        file.change(reference("p2"))

    assert file.rows("SELECT sql FROM sqlite_schema WHERE name = 't'")[0][0] is not None
    assert len(file.read().tables[1].foreign_keys) == 1


def test_a_parent_that_changes_its_type_keeps_its_children(file: File) -> None:
    """Changing the type of a referenced key could orphan children: that is looked at."""
    file.run(
        "CREATE TABLE t (a INTEGER, k TEXT UNIQUE)",
        "CREATE TABLE c (k TEXT REFERENCES t (k))",
        "INSERT INTO t VALUES (1, '01')",
        "INSERT INTO c VALUES ('01')",
    )
    statement = file.statement(SetType(table=T, column="k", type=SqlType("integer")))

    assert any("'c'" in query for query in statement.must_be_empty)
    file.execute(statement)
    assert file.rows("PRAGMA foreign_key_check") == []
