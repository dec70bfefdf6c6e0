"""What is read from a database file, and with how many queries."""

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, event

from falsework.engines.sqlite import DRIVER
from falsework.engines.sqlite.pragmas import fetch
from falsework.engines.sqlite.tables import Builder
from falsework.model.schema import (
    Action,
    Column,
    Default,
    DefaultKind,
    ForeignKey,
    Index,
    PrimaryKey,
    SqlType,
    Table,
    TableName,
    Trigger,
    UniqueConstraint,
    View,
)
from tests.engines.sqlite.conftest import File

T = TableName("main", "t")


def only(file: File) -> Table:
    (table,) = file.read().tables
    return table


def columns(file: File, sql: str) -> dict[str, Column]:
    file.run(sql)
    return {c.name: c for c in only(file).columns}


@pytest.mark.parametrize(
    ("sql", "nullable", "counts"),
    [
        ("CREATE TABLE t (k INTEGER PRIMARY KEY, a)", False, True),
        ("CREATE TABLE t (k INTEGER, a, PRIMARY KEY (k))", False, True),
        ("CREATE TABLE t (k integer not null, a, primary key (k))", False, True),
        ("CREATE TABLE t (k INT PRIMARY KEY, a)", True, False),
        ("CREATE TABLE t (k INTEGER PRIMARY KEY DESC, a)", True, False),
        ("CREATE TABLE t (k INTEGER PRIMARY KEY, a) WITHOUT ROWID", False, False),
        ("CREATE TABLE t (k TEXT PRIMARY KEY, a)", True, False),
        ("CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, a)", False, False),
        ("CREATE TABLE t (k INTEGER, a, PRIMARY KEY (k, a))", True, False),
        ("CREATE TABLE t (k INTEGER, a INT, PRIMARY KEY (k, a)) STRICT", False, False),
    ],
)
def test_primary_keys_tell_the_truth(file: File, sql: str, nullable: bool, counts: bool) -> None:
    """Most primary keys of SQLite accept NULL; only the rowid is filled in by itself."""
    key = columns(file, sql)["k"]

    assert (key.nullable, key.autoincrement) == (nullable, counts)
    if nullable:
        file.run("INSERT INTO t (k, a) VALUES (NULL, 1)")
        assert file.rows("SELECT k FROM t") == [(None,)]


def test_a_whole_table(file: File) -> None:
    """Every part in its place."""
    trigger = "CREATE TRIGGER tr BEFORE DELETE ON T BEGIN SELECT 1; END"
    view = "CREATE VIEW v (x) AS SELECT name FROM [T]"
    file.run(
        "CREATE TABLE p (a INT, b INT, PRIMARY KEY (b, a))",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR ( 50 ) COLLATE nocase"
        " DEFAULT 'x' NOT NULL, x INT, y INT, CONSTRAINT u UNIQUE (y, x),"
        " CONSTRAINT f FOREIGN KEY (x, y) REFERENCES P ON UPDATE CASCADE)",
        "CREATE INDEX i ON t (name, x DESC)",
        "CREATE UNIQUE INDEX j ON t (name COLLATE binary, x + 1 DESC) WHERE y IS NOT NULL",
        trigger,
        view,
    )

    schema = file.read()

    assert schema.table(T) == Table(
        T,
        (
            Column("id", SqlType("integer"), nullable=False, autoincrement=True),
            Column(
                "name",
                SqlType("varchar", (50,)),
                nullable=False,
                default=Default("'x'", DefaultKind.CONSTANT),
                collation="NOCASE",
            ),
            Column("x", SqlType("int")),
            Column("y", SqlType("int")),
        ),
        PrimaryKey(("id",)),
        (UniqueConstraint("u", ("y", "x")),),
        (
            ForeignKey(
                "f", ("x", "y"), TableName("main", "p"), ("b", "a"), on_update=Action.CASCADE
            ),
        ),
        indexes=(
            Index("i", ("name", "x DESC"), uses=("name", "x")),
            Index(
                "j",
                ("name collate binary", "x + 1 DESC"),
                unique=True,
                where="y is not null",
                uses=("name", "x", "y"),
            ),
        ),
        triggers=(Trigger("tr", trigger),),
        options=("AUTOINCREMENT",),
    )
    assert schema.views == (View("main", "v", view, ((T, ""),)),)


def test_names_match_in_any_case(file: File) -> None:
    """References, triggers and indexes may write a name in another case than its table does."""
    file.run(
        "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, Code TEXT UNIQUE)",
        "CREATE TABLE t (A INT REFERENCES PARENT (id), b TEXT, FOREIGN KEY (B) REFERENCES parent"
        " (CODE), UNIQUE (B, a))",
        "CREATE INDEX i ON T (B, a)",
        "CREATE TRIGGER tr AFTER INSERT ON T BEGIN SELECT 1; END",
    )

    table = file.read(["t"]).tables[0]

    parent = TableName("main", "Parent")
    assert [(f.columns, f.parent, f.parent_columns) for f in table.foreign_keys] == [
        (("A",), parent, ("Id",)),
        (("b",), parent, ("Code",)),
    ]
    assert table.uniques[0].columns == ("b", "A")
    assert table.indexes[0].columns == ("b", "A")
    assert [t.name for t in table.triggers] == ["tr"]
    assert file.read().table(T) == table


def test_a_parent_that_is_not_there(file: File) -> None:
    """A dangling reference is a fact like others; without columns it stays without."""
    file.run("CREATE TABLE t (a INT REFERENCES nowhere, b INT REFERENCES nowhere (x))")

    keys = only(file).foreign_keys

    assert [k.parent_columns for k in keys] == [(), ("x",)]
    assert file.remake(only(file)) == only(file)


def test_views_name_every_table_they_reach(file: File) -> None:
    """Also through other views, and by any way of quoting; a column of that name counts, too."""
    file.run(
        'CREATE TABLE "Ta ble" (x)', "CREATE TABLE b (y)", "CREATE TABLE c (z)",
        "CREATE VIEW one AS SELECT * FROM [TA BLE] -- and not c",
        "CREATE VIEW two AS SELECT (SELECT count(*) FROM ONE) FROM b",
        "CREATE VIEW broken AS SELECT * FROM nowhere, two",
        "CREATE VIEW empty AS SELECT 1",
    )  # fmt: skip

    uses = {v.name: [t.name for t, _ in v.uses] for v in file.read().views}

    assert uses == {
        "broken": ["Ta ble", "b"],
        "empty": [],
        "one": ["Ta ble"],
        "two": ["Ta ble", "b"],
    }
    assert [v.name for v in file.read(["b"]).views] == ["broken", "two"]


def test_whose_tables_are_read(file: File) -> None:
    """Not SQLite's, not the journal's, no temporary ones, nothing inside a virtual table."""
    file.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE TABLE falsework_journal (x)",
        "CREATE TABLE sqlitex (x)",
        "CREATE TABLE f_data (x)",
        "CREATE VIRTUAL TABLE ft USING fts5 (body)",
        "ANALYZE",
    )
    with file.connect() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE t (other)")
        connection.exec_driver_sql("CREATE TEMP TABLE mine (x)")
        schema = DRIVER.read(connection, ["main"])

    assert [t.name.name for t in schema.tables] == ["f_data", "ft", "sqlitex", "t"]
    assert schema.tables[1].opaque == ("a virtual table",)
    assert schema.tables[3].column_names == ("id",)
    with file.connect() as connection:
        assert DRIVER.read(connection, ["other"]).tables == ()


@pytest.mark.parametrize("tables", [None, ["t1", "t3"]])
@pytest.mark.parametrize("more", [False, True])
def test_four_queries(file: File, tables: list[str] | None, more: bool) -> None:
    """However many tables there are."""
    numbers = range(200 if more else 5)
    file.run(
        *(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, p UNIQUE REFERENCES t0)" for n in numbers),
        *(f"CREATE INDEX i{n} ON t{n} (p) WHERE id > 1" for n in numbers),
        *(f"CREATE TRIGGER tr{n} AFTER INSERT ON t{n} BEGIN SELECT 1; END" for n in numbers),
        *(f"CREATE VIEW v{n} AS SELECT * FROM t{n}" for n in numbers),
    )  # fmt: skip
    asked = []
    with file.connect().execution_options(falsework_read_only=True) as connection:
        connection.exec_driver_sql("SELECT 1")

        @event.listens_for(connection, "before_cursor_execute")
        def count(_c: Connection, _cursor: object, sql: str, *_more: object) -> None:
            asked.append(sql)

        schema = DRIVER.read(connection, ["main"], tables)

    assert len(asked) == 4
    assert len(schema.tables) == (len(tables) if tables else len(numbers))
    assert len(schema.views) == len(schema.tables)
    assert all(t.indexes and t.triggers for t in schema.tables)


def test_some_tables_read_as_in_the_whole(file: File) -> None:
    """A table does not look different when its neighbours are not asked for."""
    file.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, c TEXT UNIQUE)",
        "CREATE TABLE t (a INT REFERENCES p, b TEXT REFERENCES P (C), UNIQUE (a))",
    )

    assert file.read(["t"]).tables == (file.read().table(T),)
    assert file.read([]).tables == ()
    assert file.read(["nothing"]).tables == ()


OPAQUE = {
    "CREATE TABLE t (a INT, CHECK (t.a > 0))": "names its own table: t.a > 0",
    'CREATE TABLE t (a INT, CHECK ("T".a IN (1, 2)))': "names its own table",
    "CREATE TABLE t (a [odd-type])": "the type odd-type of column a",
    'CREATE TABLE t (name, "lower(name)"); CREATE INDEX i ON t (lower(name))': "the index i",
    'CREATE TABLE t (a, "a DESC"); CREATE INDEX i ON t (a DESC)': "the index i",
    "CREATE TABLE t (a INT REFERENCES p MATCH SIMPLE)": "MATCH SIMPLE",
}


@pytest.mark.parametrize("sql", OPAQUE)
def test_what_cannot_be_made_again(file: File, sql: str) -> None:
    """Because the model has no place for it, or because it would say something else."""
    file.run(*sql.split("; "))

    assert OPAQUE[sql] in "; ".join(only(file).opaque)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("CREATE TABLE t (a, c, p REFERENCES p, UNIQUE (a))", "its columns are not"),
        ("CREATE TABLE t (a, b, p REFERENCES p)", "a unique key is not"),
        ("CREATE TABLE t (a, b, p, UNIQUE (a))", "its foreign keys are not"),
        ("CREATE TABLE t (a, b, p UNIQUE REFERENCES p, UNIQUE (a))", None),
    ],
)
def test_text_and_pragmas_must_agree(file: File, text: str, doubt: str | None) -> None:
    """A text that was misunderstood makes an opaque table, never a wrong one."""
    file.run("CREATE TABLE p (id INTEGER PRIMARY KEY)")
    file.run("CREATE TABLE t (a, b, p REFERENCES p, UNIQUE (a))")
    with file.connect() as connection:
        catalog = fetch(connection, None)
    (made,) = (o for o in catalog.objects if o.name == "t")

    table = Builder(catalog, {"t": "t", "p": "p"}).table(made._replace(sql=text))

    assert table.opaque == () if doubt is None else doubt in "; ".join(table.opaque)


HOSTILE = [
    "semi;colon", 'quo"te', "it's", "per%cent %s :x ?", "🐘 elephant", "select", "a]b", "`tick`",
    "new\nline", "comma,s", "(paren", "--dash", "/*", "x DESC", "back\\slash", "ünï cödé", " ",
    "{brace}",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(file: File, name: str) -> None:
    """A name is whatever stands between the quotes: for tables, columns and everything else."""
    other = name + " 2"
    names = (name, other, name + " 3")
    quoted, second, third = map(DRIVER.engine.spelling.identifier, names)
    file.run(
        f"CREATE TABLE {quoted} ({quoted} INTEGER PRIMARY KEY AUTOINCREMENT, {second} TEXT,"
        f" CONSTRAINT {quoted} CHECK ({second} <> ''), CONSTRAINT {second} UNIQUE ({second}),"
        f" FOREIGN KEY ({second}) REFERENCES {quoted} ({second}))",
        f"CREATE INDEX {second} ON {quoted} ({second} DESC, lower({second})) WHERE {quoted} > 0",
        f"CREATE TRIGGER {quoted} AFTER INSERT ON {quoted} BEGIN SELECT NEW.{second}; END",
        f"CREATE VIEW {third} AS SELECT {quoted} FROM {quoted}",
        f"INSERT INTO {quoted} ({second}) VALUES ('x')",
    )
    table = only(file)
    assert table.opaque == ()
    assert (table.name.name, table.column_names) == (name, (name, other))
    assert table.indexes[0].uses == tuple(sorted((name, other)))
    assert table.checks[0].uses == (other,)
    assert [t.name for t, _ in file.read().views[0].uses] == [name]

    assert file.remake(table) == replace(table, triggers=())
    with file.connect().execution_options(falsework_read_only=True) as connection:
        assert DRIVER.rows(connection, [table.name]) == {table.name: 1}
