"""The text of CREATE TABLE: what is understood, and that nothing else is passed over."""

import pytest

from falsework.engines.sqlite.ddl import TableText, parse_table
from tests.engines.sqlite.conftest import File


def parsed(body: str, options: str = "") -> TableText:
    return parse_table(f"CREATE TABLE t ({body}){options}")


def test_names_of_constraints() -> None:
    """Pragmas keep no names: of columns and of the table alike."""
    text = parsed(
        'id INTEGER CONSTRAINT "p k" PRIMARY KEY AUTOINCREMENT, '
        "a TEXT CONSTRAINT u1 UNIQUE CONSTRAINT c1 CHECK (a <> ''), "
        "b INT CONSTRAINT f1 REFERENCES p (id) ON DELETE SET NULL ON UPDATE NO ACTION, "
        "CONSTRAINT [u 2] UNIQUE (a, b), CONSTRAINT `c2` CHECK ((a) > (b)) "
        "CONSTRAINT f2 FOREIGN KEY (b, a) REFERENCES p DEFERRABLE INITIALLY DEFERRED"
    )

    assert text.opaque == []
    assert text.key_name == "p k"
    assert text.options == ["AUTOINCREMENT"]
    assert text.uniques == [("u1", ("a",)), ("u 2", ("a", "b"))]
    assert text.checks == [("c1", "a <> ''"), ("c2", "(a) > (b)")]
    assert [(r.name, r.columns, r.deferrable) for r in text.references] == [
        ("f1", ("b",), None),
        ("f2", ("b", "a"), "DEFERRABLE INITIALLY DEFERRED"),
    ]


def test_columns_of_every_kind() -> None:
    """Collations, computed columns, and types of several words."""
    text = parsed(
        "a DOUBLE PRECISION NULL DEFAULT -1.5, b VARCHAR(10) COLLATE nocase NOT NULL, "
        "c UNSIGNED BIG INT DEFAULT (1 + (2)), d AS (a + b), "
        "e INT GENERATED ALWAYS AS ( lower( B ) ) STORED, f, \"g h\" DEFAULT 'it''s, (', "
        "'i' TEXT DEFAULT CURRENT_TIMESTAMP -- the last, so to speak\n",
        " WITHOUT  ROWID,strict",
    )

    assert text.opaque == []
    assert text.columns == ["a", "b", "c", "d", "e", "f", "g h", "i"]
    assert text.collations == {"b": "NOCASE"}
    assert text.generated == {"d": "a + b", "e": "lower(b)"}
    assert text.options == ["WITHOUT ROWID", "STRICT"]


OPAQUE = {
    "a INT UNIQUE ON CONFLICT IGNORE": "ON CONFLICT IGNORE",
    "a INT NOT NULL ON CONFLICT FAIL": "ON CONFLICT FAIL",
    "a INT, UNIQUE (a) ON CONFLICT REPLACE": "ON CONFLICT REPLACE",
    "a INT, CHECK (a > 1) ON CONFLICT ABORT": "ON CONFLICT ABORT",
    "a INTEGER PRIMARY KEY DESC": "PRIMARY KEY DESC",
    "a INT, PRIMARY KEY (a DESC)": "in a key: a DESC",
    "a TEXT, UNIQUE (a COLLATE NOCASE)": "in a key: a COLLATE NOCASE",
    "a INT CONSTRAINT nn NOT NULL": "the constraint name nn",
    "a INT CONSTRAINT d DEFAULT 5": "the constraint name d",
    "a INT CONSTRAINT x": "the constraint name x",
    "a INT, CONSTRAINT x": "a constraint name without a constraint",
    "a INT, CONSTRAINT x CONSTRAINT y CHECK (a > 1)": "without a constraint: x",
    "a INT REFERENCES p MATCH FULL": "MATCH FULL",
    "a INT FANCY (1, 2) NEW CLAUSE (3) NOT FOUND": "not understood",
}


@pytest.mark.parametrize("body", OPAQUE)
def test_what_the_model_cannot_hold(body: str) -> None:
    """It is named in the words of the text; such a table is never rebuilt."""
    assert OPAQUE[body] in "; ".join(parsed(body).opaque)


@pytest.mark.parametrize(
    "sql", ["", "CREATE TABLE t", "CREATE TABLE t (", "CREATE TABLE t (a CHECK (b)", "((((", "'"]
)
def test_text_that_is_no_statement(sql: str) -> None:
    """An opaque table, never an error: one table must not hide the others."""
    assert parse_table(sql).opaque


QUIRKS = [
    'CREATE TABLE t (a /* , b */ INT, -- c INT,\n "x,y" TEXT, [p)q] INT, `r(` INT)',
    "CREATE TABLE t (a, b, CHECK (a > 0) CHECK (b IN (',', ')')) UNIQUE (a) UNIQUE (b))",
    'CREATE TABLE "a (b" (a INT DEFAULT \'x\' COLLATE RTRIM CHECK (a <> "a"))',
    "CREATE TABLE t (a TEXT CHECK (a LIKE '%,(''%' ESCAPE '\\'), b CHECK (b = x'00' OR b > 0x1F))",
    'CREATE TABLE t (key INTEGER, action TEXT, replace INT, "check" INT, "primary" INT)',
    "CREATE TABLE t (größe INTEGER NOT NULL, 🐘 TEXT, naïve$1 INT DEFAULT +5)",
    "CREATE TABLE t (a INT REFERENCES t (b) DEFERRABLE NOT NULL, b INT UNIQUE NOT NULL)",
    "CREATE TABLE t (a INT DEFAULT - 1 NOT NULL, b DEFAULT x'ab', c DEFAULT foo, d DEFAULT 1e3)",
    "CREATE TABLE t (id INTEGER, x, PRIMARY KEY (id AUTOINCREMENT))",
    "CREATE TABLE t(a,b,c,d default(1),e check(a<<2>b>>1 or a||b<>''),primary key(a,b))",
    "CREATE TABLE t (a TEXT AS ('x') VIRTUAL, b INT NOT NULL GENERATED ALWAYS AS (1) STORED, c)",
]


@pytest.mark.parametrize("sql", QUIRKS)
def test_odd_texts_are_understood_and_made_again(file: File, sql: str) -> None:
    """SQLite takes them, so they exist: read, spelled anew, and read again they are the same."""
    file.run(sql)
    (table,) = file.read().tables
    assert table.opaque == ()
    made = file.remake(table)

    assert made == table


def test_the_second_pass_changes_nothing(file: File) -> None:
    """What is spelled here is plain enough to be read back by itself."""
    file.run("CREATE TABLE t (a INT CHECK (a==1 AND a!=2), b TEXT DEFAULT \"x\" CHECK ([b] > ''))")
    (table,) = file.read().tables

    assert [c.text for c in table.checks] == ["\"b\" > ''", "a = 1 and a <> 2"]
    assert file.remake(table) == table
