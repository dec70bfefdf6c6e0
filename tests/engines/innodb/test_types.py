"""Types in one normal form, what a change between two means, and defaults."""

from __future__ import annotations

import pytest

from falsework.engines.innodb.defaults import normalized, plain, spelled
from falsework.engines.innodb.moves import move
from falsework.engines.innodb.types import bytes_of, in_charset, parsed
from falsework.engines.innodb.types import spelled as spelled_type
from falsework.model.engine import Move
from falsework.model.schema import DefaultKind

SAME = {
    "int": ("INTEGER", "int(11)", "INT4", "Integer"),
    "int unsigned": ("INTEGER UNSIGNED", "int(10) unsigned"),
    "int(10) unsigned zerofill": ("INT ZEROFILL", "int(10) zerofill"),
    "tinyint(1)": ("BOOL", "BOOLEAN", "tinyint(1)"),
    "tinyint": ("TINYINT", "tinyint(4)"),
    "tinyint unsigned": ("tinyint(1) unsigned", "TINYINT UNSIGNED"),
    "decimal(10,0)": ("NUMERIC", "DEC", "decimal(10)", "FIXED(10, 0)"),
    "decimal(12,4)": ("NUMERIC(12, 4)",),
    "double": ("DOUBLE PRECISION", "REAL", "float(53)", "FLOAT8"),
    "float": ("FLOAT", "float(24)"),
    "char(1)": ("CHAR", "CHARACTER"),
    "varchar(50)": ("CHARACTER VARYING(50)", "VARCHAR(50)"),
    "varchar(50) utf8mb3": (
        "NVARCHAR(50)",
        "varchar(50) CHARACTER SET utf8",
        "NATIONAL CHAR VARYING(50)",
    ),
    "varchar(50) latin1": ("VARCHAR(50) CHARSET latin1 COLLATE latin1_bin",),
    "bit(1)": ("BIT",),
    "year": ("YEAR(4)",),
    "datetime(6)": ("DATETIME(6)",),
    "mediumblob": ("BLOB(100000)",),
    "longtext": ("LONGTEXT",),
    "geomcollection": ("GEOMETRYCOLLECTION",),
}


@pytest.mark.parametrize("normal", SAME)
def test_one_normal_form(normal: str) -> None:
    """All spellings give the type that people read, and the SQL of it gives it again."""
    for text in SAME[normal]:
        type = parsed(text)
        assert str(type) == normal.replace(",", ",")
        assert parsed(spelled_type(type)) in (type, parsed(f"{normal} CHARACTER SET utf8mb4"))


def test_labels() -> None:
    """With quotes, commas and parentheses in them."""
    type = parsed(r"ENUM('a','it''s',',','(x)','b\\c','7')")

    assert type.args == ("a", "it's", ",", "(x)", "b\\c", "7")
    assert parsed(spelled_type(type)).args == type.args


@pytest.mark.parametrize(
    ("written", "charset", "normal", "size"),
    [
        ("text(100)", "latin1", "tinytext latin1", None),
        ("text(100)", "utf8mb4", "text", None),
        ("varchar(63)", "utf8mb4", "varchar(63)", 252),
        ("varchar(255)", "latin1", "varchar(255) latin1", 255),
        ("varchar(85)", "utf8mb3", "varchar(85) utf8mb3", 255),
    ],
)
def test_character_sets(written: str, charset: str, normal: str, size: int | None) -> None:
    """How many bytes a character takes decides sizes and costs."""
    type = in_charset(parsed(written), charset)

    assert str(type) == normal
    assert bytes_of(type) == size


MOVES = {
    ("int", "bigint"): Move.TRANSPARENT,
    ("bigint", "int"): Move.NARROWING,
    ("int unsigned", "bigint"): Move.TRANSPARENT,
    ("int unsigned", "int"): Move.NARROWING,
    ("int", "int unsigned"): Move.NARROWING,
    ("tinyint", "tinyint(1)"): Move.IDENTICAL,
    ("tinyint(1)", "int"): Move.TRANSPARENT,
    ("varchar(50)", "varchar(60)"): Move.TRANSPARENT,
    ("varchar(50)", "varchar(40)"): Move.NARROWING,
    ("varchar(50)", "text"): Move.TRANSPARENT,
    ("varchar(60)", "tinytext"): Move.TRANSPARENT,
    ("varchar(70)", "tinytext"): Move.NARROWING,
    ("text", "varchar(100)"): Move.NARROWING,
    ("text", "mediumtext"): Move.TRANSPARENT,
    ("varchar(50) utf8mb3", "varchar(50)"): Move.CONVERSION,
    ("varchar(50)", "varchar(50) latin1"): Move.CONVERSION,
    ("char(5)", "varchar(5)"): Move.CONVERSION,
    ("char(5)", "char(6)"): Move.CONVERSION,
    ("varbinary(5)", "varbinary(6)"): Move.TRANSPARENT,
    ("binary(5)", "binary(6)"): Move.CONVERSION,
    ("varbinary(5)", "blob"): Move.TRANSPARENT,
    ("decimal(10,2)", "decimal(12,2)"): Move.TRANSPARENT,
    ("decimal(10,2)", "decimal(9,2)"): Move.NARROWING,
    ("decimal(10,2)", "decimal(12,4)"): Move.TRANSPARENT,
    ("decimal(10,2)", "decimal(10,1)"): Move.CONVERSION,
    ("float", "double"): Move.TRANSPARENT,
    ("double", "float"): Move.CONVERSION,
    ("datetime", "datetime(6)"): Move.TRANSPARENT,
    ("datetime(6)", "datetime"): Move.CONVERSION,
    ("datetime", "timestamp"): Move.CONVERSION,
    ("enum('a','b')", "enum('a','b','c')"): Move.TRANSPARENT,
    ("enum('a','b')", "enum('a')"): Move.NARROWING,
    ("enum('a','b')", "enum('b','a')"): Move.TRANSPARENT,
    ("enum('a','b')", "enum('c','b')"): Move.NARROWING,
    ("int", "varchar(20)"): Move.CONVERSION,
    ("json", "text"): Move.CONVERSION,
}


@pytest.mark.parametrize(("old", "new"), MOVES)
def test_what_a_change_means(old: str, new: str) -> None:
    """Transparent only where every old value reads the same."""
    one, other = (parsed(_charset(text)) for text in (old, new))

    assert move(one, other) is MOVES[old, new]
    assert move(one, one) is Move.IDENTICAL


def _charset(text: str) -> str:
    head, _, charset = text.partition(" ")
    return f"{head} CHARACTER SET {charset}" if charset in ("latin1", "utf8mb3") else text


@pytest.mark.parametrize(
    ("text", "type", "normal", "kind", "bare"),
    [
        ("'7'", "int", "7", "constant", True),
        ("1.5", "decimal(10,2)", "1.50", "constant", True),
        ("1e3", "double", "1000", "constant", True),
        ("5", "varchar(9)", "'5'", "constant", True),
        ("true", "tinyint(1)", "1", "constant", True),
        ("5", "bit(4)", "b'101'", "constant", True),
        ("'abc'", "binary(3)", "x'616263'", "constant", True),
        ("'2014-01-01'", "datetime(3)", "'2014-01-01 00:00:00.000'", "constant", True),
        ("('x')", "text", "'x'", "constant", False),
        ("NOW()", "datetime", "current_timestamp()", "stable", True),
        ("CURRENT_TIMESTAMP(6)", "datetime(6)", "current_timestamp(6)", "stable", True),
        ("(curdate())", "date", "current_date()", "stable", False),
        ("(1 + 2)", "int", "1 + 2", "constant", False),
        ("(uuid())", "char(36)", "uuid()", "volatile", False),
        ("(rand() * 2)", "double", "rand() * 2", "volatile", False),
        ("(own_function(1))", "int", "own_function(1)", "volatile", False),
    ],
)
def test_defaults(text: str, type: str, normal: str, kind: str, bare: bool) -> None:
    """One text, how its value behaves, and whether it needs parentheses."""
    default = normalized(text, parsed(type))

    assert default is not None
    assert (default.text, default.kind) == (normal, DefaultKind(kind))
    assert plain(default, parsed(type)) is bare
    assert spelled(default, parsed(type)) == (normal if bare else f"({normal})")
    assert normalized(default.text, parsed(type)) == default


def test_null_is_no_default() -> None:
    """It is what a column holds that has none."""
    assert normalized("NULL", parsed("int")) is None
