"""Types, defaults and expressions in normal form, and what a change of type means."""

import sqlite3

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from falsework.engines.sqlite import DRIVER, ENGINE
from falsework.engines.sqlite.text import tokens
from falsework.engines.sqlite.types import affinity, is_literal, spell_type
from falsework.model.engine import Cost, Move
from falsework.model.schema import Default, DefaultKind, SqlType

READER = DRIVER.reader
CONSTANT, STABLE, VOLATILE = DefaultKind.CONSTANT, DefaultKind.STABLE, DefaultKind.VOLATILE

TYPES = {
    "VARCHAR(50)": SqlType("varchar", (50,)),
    "varchar ( 50 )": SqlType("varchar", (50,)),
    'VARCHAR(50) COLLATE "NOCASE"': SqlType("varchar", (50,)),
    "NUMERIC(10, 2)": SqlType("numeric", (10, 2)),
    "Numeric(10,2)": SqlType("numeric", (10, 2)),
    "NUMERIC(10, -2)": SqlType("numeric", (10, -2)),
    "DOUBLE  PRECISION": SqlType("double precision"),
    "unsigned big int": SqlType("unsigned big int"),
    "VARCHAR(max)": SqlType("varchar", ("max",)),
    "": SqlType(""),
    "ANY": SqlType("any"),
}


@pytest.mark.parametrize("text", TYPES)
def test_types(text: str) -> None:
    """One form whatever the case and the spaces; spelled again it is the same type."""
    type_ = READER.type(text)

    assert type_ == TYPES[text]
    assert READER.type(spell_type(type_)) == type_


AFFINITIES = {
    "INT": "integer", "BIGINT": "integer", "POINT": "integer", "CHARINT": "integer",
    "VARCHAR(255)": "text", "CLOB": "text", "NATIVE CHARACTER(70)": "text",
    "BLOB": "blob", "": "blob", "REAL": "real", "DOUBLE PRECISION": "real", "FLOAT(24)": "real",
    "NUMERIC(10, 5)": "numeric", "BOOLEAN": "numeric", "DATETIME": "numeric", "STRING": "numeric",
    "FLOATING POINT": "integer", "JSON": "numeric", "CHARBLOB": "text",
}  # fmt: skip


@pytest.mark.parametrize("text", AFFINITIES)
def test_affinities(text: str) -> None:
    """As SQLite itself decides: the type of a stored '1' tells."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE t (a {text})")
    connection.execute("INSERT INTO t VALUES ('1'), (2), (3.5)")
    stored = [row[0] for row in connection.execute("SELECT typeof(a) FROM t")]
    connection.close()

    assert affinity(READER.type(text)) == AFFINITIES[text]
    assert (
        stored
        == {
            "integer": ["integer", "integer", "real"],
            "numeric": ["integer", "integer", "real"],
            "text": ["text", "text", "text"],
            "blob": ["text", "integer", "real"],
            "real": ["real", "real", "real"],
        }[AFFINITIES[text]]
    )


DEFAULTS: dict[tuple[str, str], Default | None] = {
    ("NULL", "TEXT"): None,
    ("(null)", "INT"): None,
    ("'x'", "TEXT"): Default("'x'", CONSTANT),
    ("( 'it''s' )", "TEXT"): Default("'it''s'", CONSTANT),
    ('"x"', "TEXT"): Default("'x'", CONSTANT),
    ("word", "TEXT"): Default("'word'", CONSTANT),
    ("'5'", "INTEGER"): Default("5", CONSTANT),
    ("5", "INTEGER"): Default("5", CONSTANT),
    ("'05'", "INTEGER"): Default("'05'", CONSTANT),
    ("-  1", "INT"): Default("-1", CONSTANT),
    ("+5", "INT"): Default("5", CONSTANT),
    ("5", "VARCHAR(9)"): Default("'5'", CONSTANT),
    ("'5'", "VARCHAR(9)"): Default("'5'", CONSTANT),
    ("'0'", "BOOLEAN"): Default("0", CONSTANT),
    ("FALSE", "BOOLEAN"): Default("0", CONSTANT),
    ("true", "BOOLEAN"): Default("1", CONSTANT),
    ("'true'", "TEXT"): Default("'true'", CONSTANT),
    ("1.5", "REAL"): Default("1.5", CONSTANT),
    ("X'AB'", "BLOB"): Default("x'ab'", CONSTANT),
    ("1 + 2", "INT"): Default("1 + 2", CONSTANT),
    ("lower('X')", "TEXT"): Default("lower('X')", CONSTANT),
    ("CURRENT_TIMESTAMP", "DATETIME"): Default("current_timestamp", STABLE),
    ("(current_date)", "DATE"): Default("current_date", STABLE),
    ("datetime('now')", "DATETIME"): Default("datetime('now')", STABLE),
    ("strftime('%s', 'now', 'utc')", "INT"): Default("strftime('%s', 'now', 'utc')", STABLE),
    ("unixepoch()", "INT"): Default("unixepoch()", STABLE),
    ("random()", "INT"): Default("random()", VOLATILE),
    ("lower(hex(randomblob(16)))", "TEXT"): Default("lower(hex(randomblob(16)))", VOLATILE),
    ("my_function(1)", "INT"): Default("my_function(1)", VOLATILE),
}


@pytest.mark.parametrize(("text", "type_"), DEFAULTS)
def test_defaults(text: str, type_: str) -> None:
    """One form and a kind; what is not known here may be anything."""
    found = READER.default(text, READER.type(type_))

    assert found == DEFAULTS[text, type_]
    if found is not None:
        assert READER.default(found.text, READER.type(type_)) == found


def stored(default: str, type_: str) -> list[tuple[object, ...]]:
    """What an insert stores in a column with that default."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"CREATE TABLE t (x, a {type_} DEFAULT {default})")
        connection.execute("INSERT INTO t (x) VALUES (1)")
        return connection.execute("SELECT typeof(a), a FROM t").fetchall()
    finally:
        connection.close()


literals = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(str),
    st.integers(-99, 99).map(lambda n: f"'{n}'"),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=6).map(
        lambda s: "'" + s.replace("'", "''") + "'"
    ),
    st.sampled_from(
        ["'007'", "' 5'", "'1e3'", "0x1F", "'-0'", "TRUE", "x'00'", "+ 7", "-0", "1e2"]
    ),
)


@given(literals, st.sampled_from(sorted(AFFINITIES)))
def test_a_default_in_normal_form_stores_the_same(text: str, type_: str) -> None:
    """Only what the column's affinity makes the same is written the same."""
    found = READER.default(text, READER.type(type_))

    assert found is not None
    assert stored(found.text if is_literal(found.text) else f"({found.text})", type_) == stored(
        text, type_
    )


EXPRESSIONS = [
    "1 + 2 * 3", "(1 + 2) * 3", "((1))", "((1) + (2))", "1 << 3 >> 1", "- 5", "-(-5)", "2-1",
    "'A' LIKE 'a'", "x'AB' = X'ab'", "0x1F", "1e3+.5", "1==1", "1 != 2", "2--1 comment\n", "1<-1",
    "not 1", "1 IS NOT NULL AND NOT (0 OR 1)", "2/*c*/-1", "1 ISNULL", "~ 5 & 3 | 8 % 3",
    "CASE WHEN 1>0 THEN 'a' ELSE 'B' END", "coalesce (NULL, 'Q''q')", "1 IN (1,2)", "'a' || 'b'",
    "5 BETWEEN 1 AND 9", "CAST ('5' AS INTEGER)", "'{\"a\":1}' ->> '$.a'", "'a' GLOB 'A*'",
    "'x' COLLATE NOCASE = 'X'", "\"no such column\" || 'x'", "typeof(1.0)", "length('🐘')",
    "iif(1, 'x', 'y')",
]  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_keep_their_meaning(text: str) -> None:
    """The normal form is valid, says the same, and is its own normal form."""
    normal = READER.expression(text)
    connection = sqlite3.connect(":memory:")
    values = [connection.execute(f"SELECT {t}").fetchone() for t in (f"{text}\n", normal)]
    connection.close()

    assert values[0] == values[1]
    assert READER.expression(normal) == normal
    assert READER.expression(f"( {text}\n)") == normal


SAME = [
    ("a > 0", "A  >  0", True),
    ("a > 0", '"a" > 0', True),
    ('"Order" > 0', "[order] > 0", True),
    ("a == 1", "a = 1", True),
    ("(a > 0)", "a > 0", True),
    ("a = 'x'", "a = 'X'", False),
    ("a = 'x'", 'a = "x"', None),
    ("a = 'x'", 'a = "X"', False),
    ("a = 'x'", "a = x", False),
    ("a > 0 and (b > 0)", "a > 0 and b > 0", False),
    ("a > 0", "a > 1", False),
    ("a > 0", "b > 0", False),
    ("a > 0", "a > 0 or b", False),
]


@pytest.mark.parametrize(("one", "other", "expected"), SAME)
def test_comparing(one: str, other: str, expected: bool | None) -> None:
    """SQLite gives back what was written: what differs says something else."""
    ours, theirs = READER.expression(one), READER.expression(other)

    assert READER.equal(ours, theirs) is expected
    assert READER.equal(theirs, ours) is expected
    assert ENGINE.same_text(ours, theirs) is expected


@given(st.text(max_size=40))
def test_any_text_is_cut_into_all_its_tokens(text: str) -> None:
    """Nothing falls out but white space and comments."""
    rest = text
    for token in reversed(tokens(text)):
        assert text[token.start : token.end] == token.text
        rest = rest[: token.start] + rest[token.end :]
    assert not rest.strip() or "--" in text or "/*" in text


MOVES = [
    ("VARCHAR(50)", "varchar(50)", Move.IDENTICAL),
    ("VARCHAR(50)", "VARCHAR(51)", Move.TRANSPARENT),
    ("VARCHAR(50)", "TEXT", Move.TRANSPARENT),
    ("CHAR(3)", "VARCHAR(3)", Move.TRANSPARENT),
    ("VARCHAR(50)", "VARCHAR(49)", Move.NARROWING),
    ("TEXT", "VARCHAR(9)", Move.NARROWING),
    ("SMALLINT", "INTEGER", Move.TRANSPARENT),
    ("INTEGER", "BIGINT", Move.TRANSPARENT),
    ("BIGINT", "INTEGER", Move.NARROWING),
    ("INT", "INTEGER", Move.TRANSPARENT),
    ("NUMERIC(10, 2)", "NUMERIC(12, 2)", Move.TRANSPARENT),
    ("NUMERIC(10, 2)", "DECIMAL(12, 4)", Move.TRANSPARENT),
    ("NUMERIC(10, 2)", "NUMERIC(10, 4)", Move.NARROWING),
    ("NUMERIC(10, 2)", "NUMERIC", Move.TRANSPARENT),
    ("NUMERIC", "NUMERIC(10)", Move.NARROWING),
    ("FLOAT", "DOUBLE", Move.TRANSPARENT),
    ("BLOB", "", Move.TRANSPARENT),
    ("DATE", "DATETIME", Move.CONVERSION),
    ("BOOLEAN", "INTEGER", Move.CONVERSION),
    ("INTEGER", "TEXT", Move.CONVERSION),
    ("TEXT", "INTEGER", Move.CONVERSION),
    ("INTEGER", "NUMERIC(20)", Move.CONVERSION),
    ("INTEGER", "FLOAT", Move.CONVERSION),
]


@pytest.mark.parametrize(("old", "new", "expected"), MOVES)
def test_moves(old: str, new: str, expected: Move) -> None:
    """Lengths are not enforced and yet believed; any other text is a rebuild."""
    move, cost = ENGINE.type_move(READER.type(old), READER.type(new), (3, 40))

    assert move is expected
    assert cost is (Cost.METADATA if move is Move.IDENTICAL else Cost.REWRITE)


@pytest.mark.parametrize(
    "type_",
    [
        sa.String(5), sa.String(5, collation="NOCASE"), sa.Text(), sa.Numeric(9, 3), sa.Boolean(),
        sa.DateTime(), sa.JSON(), sa.LargeBinary(), sa.Enum("a", "b"), sa.Uuid(), sa.Interval(),
        sa.BigInteger(), sa.Float(), sa.Double(), sa.CHAR(4), sa.Time(), sa.Unicode(7),
    ],
    ids=repr,
)  # fmt: skip
def test_sqlalchemys_types(type_: sa.types.TypeEngine[object]) -> None:
    """As models compile them, and as the catalog has them afterwards."""
    text = type_.compile(dialect())
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE t (a {text})")
    live = connection.execute("SELECT type FROM pragma_table_xinfo('t')").fetchone()[0]
    connection.close()

    assert READER.type(text) == READER.type(live)
