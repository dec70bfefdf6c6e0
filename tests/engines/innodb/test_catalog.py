"""What is read of a live schema, and in how many queries."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from falsework.model.schema import Schema, TableName
from tests.engines.innodb.conftest import Database
from tests.engines.innodb.samples import SETUP
from tests.servers import Server


def count(db: Database) -> tuple[int, int]:
    """Statements of one reading, and tables that it found."""
    seen: list[str] = []
    with db.target.pool.connect() as connection:
        db.target.driver.read(connection, [db.name])  # the database's defaults are read once

        @sa.event.listens_for(connection, "before_cursor_execute")
        def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        found = db.target.driver.read(connection, [db.name])
        db.target.driver.rows(connection, [t.name for t in found.tables])
    return len(seen), len(found.tables)


def test_as_many_queries_however_many_tables(db: Database) -> None:
    """Nine and eight, and one or two for the rows."""

    def make(first: int, last: int) -> None:
        db.run(
            *(
                f"CREATE TABLE t{n} (id int PRIMARY KEY, a int, b varchar(20), KEY k (a), "
                f"UNIQUE KEY u (b), CHECK (a > 0), FOREIGN KEY (a) REFERENCES t{first} (id))"
                for n in range(first, last)
            )
        )

    make(0, 5)
    few, five = count(db)
    make(5, 59)
    db.run(f"CREATE TABLE wide (id int PRIMARY KEY{''.join(f', c{n} int' for n in range(99))})")
    many, sixty = count(db)

    assert (five, sixty) == (5, 60)
    assert few == many <= 11


def names(schema: Schema) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of each table its columns, and its indexes with theirs."""
    return {
        t.name.name: (t.column_names, tuple(e for i in t.indexes for e in (i.name, *i.columns)))
        for t in schema.tables
    }


def test_capital_letters(db: Database) -> None:
    """The views take such names for one."""
    db.run(
        "CREATE TABLE t (a int PRIMARY KEY, b int, c int, KEY k (b, c))",
        "CREATE TABLE T (z int, a int PRIMARY KEY, KEY k (z))",
    )

    assert names(db.read()) == {
        "t": (("a", "b", "c"), ("k", "b", "c")),
        "T": (("z", "a"), ("k", "z")),
    }


def test_more_than_a_packet_holds(server: Server, own_server: Callable[..., Server]) -> None:
    """A server that cuts off or leaves out what is too long is asked row by row."""
    own = own_server(server.name, max_allowed_packet="1024")
    columns = tuple(f"c{n}" for n in range(40))
    with own.fresh() as url:
        db = Database(url)
        for table in ("alone", "wide"):
            db.run(f"CREATE TABLE {table} (c0 int PRIMARY KEY)")
            if table == "alone":
                assert names(db.read()) == {"alone": (("c0",), ())}
            db.run(*(f"ALTER TABLE {table} ADD {c} int, ADD KEY k{c} ({c})" for c in columns[1:]))
            found = names(db.read())[table]
            assert found[0] == columns
            assert len(found[1]) == 2 * 39
        db.target.pool.dispose()


@pytest.mark.full
def test_a_thousand_tables(db: Database) -> None:
    """In a second or so: the driver takes most of it, being written in Python."""
    for n in range(1000):
        db.run(f"CREATE TABLE t{n} (id int PRIMARY KEY, a int, b varchar(20), KEY k (a))")
    began = time.monotonic()
    assert len(db.read().tables) == 1000
    assert time.monotonic() - began < 5


def test_only_the_named_tables(db: Database) -> None:
    """With every trigger and view on them; never the journal's own."""
    db.run(
        *SETUP,
        "CREATE TABLE falsework_journal (id int PRIMARY KEY)",
        "CREATE VIEW v AS SELECT a, pid FROM t JOIN pa ON pa.id = t.pid",
        "CREATE VIEW w AS SELECT id FROM pa",
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = upper(NEW.c)",
    )
    whole, part = db.read(), db.read(tables=["t"])

    assert [t.name.name for t in whole.tables] == ["imp", "pa", "t"]
    assert [t.name.name for t in part.tables] == ["t"]
    assert part.tables == tuple(t for t in whole.tables if t.name.name == "t")
    assert [t.name for t in part.tables[0].triggers] == ["tr"]
    assert "upper" in part.tables[0].triggers[0].text.lower()
    assert [(v.name, {t.name for t, _ in v.uses}) for v in whole.views] == [
        ("v", {"t", "pa"}),
        ("w", {"pa"}),
    ]
    assert [v.name for v in part.views] == ["v"]
    assert db.read(tables=[]).tables == ()


def test_other_schemas(db: Database, server: Server) -> None:
    """A foreign key may lead to one, and a view may come from one."""
    with server.fresh() as url:
        other = Database(url)
        other.run("CREATE TABLE parent (id int PRIMARY KEY)")
        db.run(
            f"CREATE TABLE child (id int PRIMARY KEY, p int, KEY kp (p), CONSTRAINT f FOREIGN KEY "
            f"(p) REFERENCES `{other.name}`.parent (id))"
        )
        other.run(f"CREATE VIEW above AS SELECT id FROM `{db.name}`.child")
        (key,) = db.table("child").foreign_keys
        (view,) = db.read().views
        both = db.read([db.name, other.name])
        other.run("DROP VIEW above")
        db.run("DROP TABLE child")
        other.dispose()

    assert key.parent == TableName(other.name, "parent")
    assert (view.schema, view.name) == (other.name, "above")
    assert [t.name.name for t in both.tables if t.name.schema == db.name] == ["child"]
    assert {t.name.schema for t in both.tables} == {db.name, other.name}


def test_what_the_model_cannot_hold(db: Database) -> None:
    """Named, so that nothing is built on it in silence."""
    db.run(
        "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2",
        "CREATE TABLE old (id int PRIMARY KEY) ENGINE=MyISAM",
        "CREATE TABLE plain (id int PRIMARY KEY)",
    )
    opaque = {t.name.name: t.opaque for t in db.read().tables}

    assert opaque == {"parts": ("partitioned",), "old": ("engine MyISAM",), "plain": ()}


def test_keys_by_kind(db: Database) -> None:
    """A unique index over whole columns is a constraint, any other one an index."""
    db.run(
        "CREATE TABLE k (a int NOT NULL, b varchar(20), c int, PRIMARY KEY (a), "
        "UNIQUE KEY whole (b, c), UNIQUE KEY part (b(5)), UNIQUE KEY down (c DESC), KEY two (c, a))"
    )
    table = db.table("k")

    assert table.primary_key is not None
    assert table.primary_key.name is None
    assert [(u.name, u.columns) for u in table.uniques] == [("whole", ("b", "c"))]
    assert [(i.name, i.columns, i.unique) for i in table.indexes] == [
        ("down", ("c DESC",), True),
        ("part", ("b(5)",), True),
        ("two", ("c", "a"), False),
    ]
    assert table.keys == (("a",), ("b", "c"))


def test_texts_of_other_alphabets(db: Database) -> None:
    """In defaults, checks, comments and names, whatever the catalog makes of them."""
    db.run(
        "CREATE TABLE l (id int PRIMARY KEY, `é` varchar(20) DEFAULT 'ü' COMMENT 'ß', "
        "d varchar(20) DEFAULT (concat('é', 'ÁÏÐ')), "
        "CONSTRAINT c CHECK (`é` <> 'ÁÏÐ' AND d <> 'x\\ny\\\\z'))"
    )
    table = db.table("l")
    named, joined = table.column("é"), table.column("d")

    assert named is not None
    assert named.default is not None
    assert (named.default.text, named.comment) == ("'ü'", "ß")
    assert joined is not None
    assert joined.default is not None
    assert joined.default.text == "concat('é', 'ÁÏÐ')"
    assert [(c.text, c.uses) for c in table.checks] == [
        ("`é` <> 'ÁÏÐ' and d <> 'x\\ny\\\\z'", ("d", "é"))
    ]


def test_rows(db: Database) -> None:
    """As the engine estimates them now, not as it did yesterday."""
    db.run("CREATE TABLE r (id int PRIMARY KEY)", "CREATE TABLE bare (id int PRIMARY KEY)")
    db.run("INSERT INTO r VALUES " + ", ".join(f"({n})" for n in range(500)))
    db.run("ANALYZE TABLE r")
    with db.target.pool.connect().execution_options(falsework_read_only=True) as connection:
        found = db.target.driver.rows(connection, [db.at("r"), db.at("bare")])

    assert 300 <= found[db.at("r")] <= 700
    assert found[db.at("bare")] == 0


def test_reading_takes_no_privilege_of_an_administrator(db: Database) -> None:
    """A user with rights on this database alone sees all of it."""
    db.run(
        *SETUP,
        "CREATE VIEW v AS SELECT a FROM t",
        f"CREATE USER `r_{db.name[-8:]}`@`%` IDENTIFIED BY 'secret'",
        f"GRANT SELECT, SHOW VIEW, TRIGGER ON `{db.name}`.* TO `r_{db.name[-8:]}`@`%`",
    )
    url = db.url.set(username=f"r_{db.name[-8:]}", password="secret")  # noqa: S106
    reader = Database(url.render_as_string(hide_password=False))
    try:
        assert reader.read() == db.read()
        with reader.target.pool.connect() as connection:
            driver = reader.target.driver
            assert driver.blockers(connection, [db.at("t")]) == ()
            driver.sessions(connection)
            assert driver.rows(connection, [db.at("t")])
    finally:
        reader.dispose()
        db.run(f"DROP USER `r_{db.name[-8:]}`@`%`")
