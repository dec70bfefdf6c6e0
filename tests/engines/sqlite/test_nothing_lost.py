"""A rebuild makes the table anew: everything that was in it, on it or about it is there again."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.sqlite import DRIVER
from falsework.model.edits import (
    AddColumn,
    AddUnique,
    DropColumn,
    DropTable,
    DropUnique,
    Edit,
    SetDefault,
    SetNullable,
    SetType,
)
from falsework.model.schema import (
    Column,
    Default,
    DefaultKind,
    SqlType,
    TableName,
    UniqueConstraint,
)
from tests.engines.sqlite.conftest import File

T = TableName("main", "t")
REBUILD = SetDefault(table=T, column="a", default=Default("7", DefaultKind.CONSTANT))


def catalog(file: File) -> list[tuple[object, ...]]:
    """Every statement in the schema but the rebuilt table's own, in one order."""
    return file.rows(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema"
        " WHERE NOT (type = 'table' AND name = 't') AND name NOT LIKE 'sqlite_%'"
        " ORDER BY type, name"
    )


def test_children_keep_their_rows(file: File) -> None:
    """With foreign keys on, dropping the old table would delete its children, CASCADE or not."""
    file.run(
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, mother INTEGER REFERENCES t)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id) ON DELETE CASCADE)",
        "CREATE TABLE d (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t ON DELETE RESTRICT)",
        "CREATE TABLE e (t_id INTEGER REFERENCES t ON DELETE SET NULL)",
        "INSERT INTO t VALUES (1, 1, NULL), (2, 1, 1)",
        "INSERT INTO c VALUES (1, 1), (2, 2)",
        "INSERT INTO d VALUES (1, 1)",
        "INSERT INTO e VALUES (2)",
    )

    file.change(REBUILD)

    assert file.rows("SELECT * FROM c") == [(1, 1), (2, 2)]
    assert file.rows("SELECT * FROM d") == [(1, 1)]
    assert file.rows("SELECT * FROM e") == [(2,)]
    assert file.rows("SELECT * FROM t") == [(1, 1, None), (2, 1, 1)]
    assert file.rows("PRAGMA foreign_key_check") == []
    with pytest.raises(DBAPIError) as caught:
        file.run("INSERT INTO c VALUES (3, 9)")
    assert DRIVER.trouble(caught.value) is Trouble.CONSTRAINT
    file.run("DELETE FROM t WHERE id = 2")
    assert file.rows("SELECT * FROM c") == [(1, 1)], "the children refer to the new table"


def test_a_rebuild_with_foreign_keys_on_is_rolled_back(file: File) -> None:
    """The pragma does nothing inside a transaction: the rebuild itself sees that it was off."""
    file.run(
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER)",
        "CREATE TABLE c (t_id INTEGER REFERENCES t (id) ON DELETE CASCADE)",
        "INSERT INTO t VALUES (1, 1)",
        "INSERT INTO c VALUES (1)",
    )
    statement = file.statement(REBUILD)

    with pytest.raises(AssertionError, match="children would have lost their rows"):
        file.execute(replace(statement, setup=statement.setup[1:]))

    assert file.rows("SELECT * FROM c") == [(1,)]


def test_triggers_views_and_indexes_stay_as_they_were_typed(file: File) -> None:
    """Word for word: of the table, of other tables that name it, and of views over it."""
    file.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT)",
        "CREATE TABLE log (what TEXT)",
        "CREATE TABLE other (id INTEGER PRIMARY KEY)",
        "CREATE VIEW v AS SELECT id, b FROM t",
        "CREATE VIEW w AS SELECT count(*) AS n FROM v",
        "CREATE TRIGGER on_t AFTER INSERT ON t BEGIN INSERT INTO log SELECT 'n' || n FROM w; END",
        "CREATE TRIGGER on_other AFTER DELETE ON other BEGIN DELETE FROM t WHERE id = OLD.id; END",
        "CREATE TRIGGER on_v INSTEAD OF INSERT ON v BEGIN INSERT INTO t (b) VALUES (NEW.b); END",
        "CREATE INDEX ix ON t (b COLLATE NOCASE, a DESC) WHERE a IS NOT NULL",
        "CREATE UNIQUE INDEX ux ON t (lower(b))",
        "INSERT INTO other VALUES (1)",
    )
    before = catalog(file)

    file.change(REBUILD)

    after = {row[1]: row for row in catalog(file)}
    assert [r for r in before if r[0] != "index"] == [r for r in after.values() if r[0] != "index"]
    assert after.keys() == {row[1] for row in before}
    file.run("INSERT INTO v (b) VALUES ('x')")
    assert file.rows("SELECT * FROM log") == [("n1",)]
    file.run("DELETE FROM other")
    assert file.rows("SELECT * FROM t") == []
    plan = file.rows("EXPLAIN QUERY PLAN SELECT * FROM t WHERE b = 'x' COLLATE NOCASE AND a = 1")
    assert "ix" in str(plan)


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE VIEW broken AS SELECT * FROM nowhere",
        "CREATE TRIGGER broken AFTER INSERT ON o BEGIN INSERT INTO nowhere VALUES (1); END",
    ],
)
def test_what_was_broken_for_years_stops_no_rebuild(file: File, broken: str) -> None:
    """An ordinary RENAME looks through the whole schema and refuses when anything is broken."""
    file.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "CREATE TABLE o (x)", broken)
    before = catalog(file)

    file.change(REBUILD)

    assert catalog(file) == before


def test_a_session_is_left_as_it_was_found(file: File) -> None:
    """The pragmas of a rebuild are taken back, also when it fails."""
    file.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "INSERT INTO t VALUES (1, NULL)")
    good = file.statement(REBUILD)
    bad = file.statement(SetNullable(table=T, column="a", nullable=False))

    with file.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def settings() -> list[object]:
            return [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("foreign_keys", "legacy_alter_table")
            ]

        for statement in (good, bad):
            for sql in (*statement.setup, *statement.teardown):
                connection.exec_driver_sql(sql)
            assert settings() == [1, 0]
    with pytest.raises(DBAPIError):
        file.execute(bad)
    assert file.rows("SELECT * FROM t") == [(1, None)]
    assert file.rows("SELECT name FROM sqlite_schema") == [("t",)]


def test_autoincrement_never_gives_a_key_twice(file: File) -> None:
    """The counter remembers keys of deleted rows; made anew from the rows it would fall back."""
    file.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER)",
        "CREATE TABLE o (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "INSERT INTO t (a) VALUES (1), (2), (3)",
        "INSERT INTO o DEFAULT VALUES",
        "DELETE FROM t WHERE id > 1",
    )

    file.change(REBUILD)

    assert file.rows("SELECT * FROM sqlite_sequence ORDER BY name") == [("o", 1), ("t", 3)]
    file.run("INSERT INTO t (a) VALUES (9)", "DELETE FROM t")
    assert file.rows("SELECT seq FROM sqlite_sequence WHERE name = 't'") == [(4,)]

    file.change(replace(REBUILD, default=None))

    file.run("INSERT INTO t (a) VALUES (9)")
    assert file.rows("SELECT id FROM t") == [(5,)]


def test_a_counter_that_never_counted(file: File) -> None:
    """An AUTOINCREMENT table without any insert has no row in sqlite_sequence, and gets none."""
    file.run("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER)")

    file.change(REBUILD)

    file.run("INSERT INTO t (a) VALUES (9)")
    assert file.rows("SELECT id FROM t") == [(1,)]


@pytest.mark.parametrize(
    ("columns", "rowid"),
    [("a INTEGER, b TEXT", "rowid"), ("a INTEGER, rowid TEXT", "_rowid_"),
     ("a INTEGER, oid TEXT, rowid TEXT", "_rowid_"), ("a INTEGER, b TEXT PRIMARY KEY", "rowid")],
)  # fmt: skip
def test_rows_keep_their_rowid(file: File, columns: str, rowid: str) -> None:
    """Applications use rowid as a key where a table has none of its own."""
    file.run(f"CREATE TABLE t ({columns})")
    for number in (7, 3, 9):
        file.run(f"INSERT INTO t ({rowid}, a) VALUES ({number}, {number})")
    before = file.rows(f"SELECT {rowid}, a FROM t ORDER BY {rowid}")

    file.change(REBUILD)

    assert file.rows(f"SELECT {rowid}, a FROM t ORDER BY {rowid}") == before


def test_a_rowid_without_a_name(file: File) -> None:
    """Where columns have taken all its names nobody can have used it: the rows are kept."""
    file.run(
        "CREATE TABLE t (a INTEGER, rowid TEXT, oid TEXT, _rowid_ TEXT)",
        "INSERT INTO t VALUES (1, 'x', 'y', 'z'), (2, 'u', 'v', 'w')",
    )

    file.change(REBUILD)

    assert file.rows("SELECT * FROM t") == [(1, "x", "y", "z"), (2, "u", "v", "w")]


@pytest.mark.parametrize(
    "definition",
    [
        "CREATE TABLE t (k TEXT NOT NULL, a INTEGER, PRIMARY KEY (k)) WITHOUT ROWID",
        "CREATE TABLE t (k TEXT COLLATE NOCASE, a INTEGER, PRIMARY KEY (a, k))",
        "CREATE TABLE t (k TEXT, a INTEGER, g AS (k || a) STORED, h AS (a + 1), CHECK (g > ''))",
        "CREATE TABLE t (k TEXT UNIQUE, a INTEGER UNIQUE, CONSTRAINT u UNIQUE (a, k))",
        "CREATE TABLE t (k TEXT NOT NULL DEFAULT (hex(randomblob(4))), a INTEGER PRIMARY KEY)",
        "CREATE TABLE t (k TEXT, a INTEGER, b BLOB, c, CHECK (typeof(b) <> 'text'))",
    ],
)
def test_tables_of_every_kind(file: File, definition: str) -> None:
    """Options, keys, collations, computed columns and values of any type come through."""
    file.run(definition)
    file.run("INSERT INTO t (k, a) VALUES ('x', 1)", "INSERT INTO t (k, a) VALUES ('Y', 2)")
    rows = file.rows("SELECT * FROM t ORDER BY a")

    file.change(REBUILD)

    assert file.rows("SELECT * FROM t ORDER BY a") == rows


def test_a_strict_table_stays_strict(file: File) -> None:
    """STRICT is an option of the table (3.37 and later)."""
    file.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, x ANY) STRICT, WITHOUT ROWID")

    file.change(REBUILD)

    with pytest.raises(DBAPIError) as caught:
        file.run("INSERT INTO t VALUES (1, 'no number', 1)")
    assert DRIVER.trouble(caught.value) is Trouble.DATA


def test_values_keep_their_type(file: File) -> None:
    """SQLite stores any value anywhere; copying changes none of them."""
    file.run("CREATE TABLE t (a INTEGER, n NUMERIC, s VARCHAR(3), d DATE)")
    with file.pool.begin() as connection:
        for value in (1, 1.5, "text", b"\x00blob", None, 2**62, "007", float("inf"), "\0", "é🐘"):
            connection.exec_driver_sql("INSERT INTO t VALUES (?, ?, ?, ?)", (value,) * 4)
    every = "SELECT typeof(a), a, typeof(n), n, typeof(s), s, typeof(d), d FROM t"
    rows = file.rows(every)

    file.change(REBUILD)

    assert file.rows(every) == rows


REFUSED: dict[str, tuple[Sequence[str], Callable[[], Edit], str]] = {
    "something the model cannot hold": (
        ["CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER UNIQUE ON CONFLICT REPLACE)"],
        lambda: REBUILD,
        "ON CONFLICT REPLACE",
    ),
    "the key of a child": (
        ["CREATE TABLE t (a INTEGER UNIQUE)", "CREATE TABLE c (a INTEGER REFERENCES t (a))"],
        lambda: DropUnique(table=T, unique=UniqueConstraint(None, ("a",))),
        "of main.c refers to",
    ),
    "the rowid's type": (
        ["CREATE TABLE t (a INTEGER PRIMARY KEY)"],
        lambda: SetType(table=T, column="a", type=SqlType("bigint")),
        "INTEGER PRIMARY KEY is the rowid",
    ),
    "a type that would become the rowid's": (
        ["CREATE TABLE t (a INT PRIMARY KEY)"],
        lambda: SetType(table=T, column="a", type=SqlType("integer")),
        "INTEGER PRIMARY KEY is the rowid",
    ),
    "a virtual table": (
        ["CREATE VIRTUAL TABLE t USING fts5 (a)"],
        lambda: AddColumn(table=T, column=Column("b", SqlType("text"))),
        "a virtual table",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(file: File, name: str) -> None:
    """What would be lost, or silently become something else, is refused when it is planned."""
    sql, edit, message = REFUSED[name]
    file.run(*sql)

    with pytest.raises(ValueError, match=message):
        file.statement(edit())


def test_a_table_that_refers_to_itself_can_go(file: File) -> None:
    """With foreign keys on, its rows are deleted one by one, and stop at one another."""
    file.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t ON DELETE RESTRICT)",
        "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2)",
    )

    file.change(DropTable(table=T))


def test_one_rebuild_for_all(file: File) -> None:
    """Several edits of a table write its rows once."""
    file.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT)")
    statement = file.change(
        REBUILD,
        SetNullable(table=T, column="b", nullable=False),
        AddUnique(table=T, unique=UniqueConstraint("u", ("b",))),
        AddColumn(table=T, column=Column("c", SqlType("text"), default=None)),
    )

    assert sum(sql.startswith("INSERT") for sql in statement.sql) == 1


def test_a_new_column_of_an_old_name(file: File) -> None:
    """A column that goes and one that comes are two, whatever they are called."""
    file.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT)")
    file.run("INSERT INTO t VALUES (1, 2, 'x')")

    file.change(
        REBUILD,
        DropColumn(table=T, column="b"),
        AddColumn(table=T, column=Column("b", SqlType("text"))),
    )

    assert file.rows("SELECT * FROM t") == [(1, 2, None)]
