"""SQLite's types and defaults: one normal form, and what changing one for another means.

A declared type is a word: it decides the affinity of a column by the letters in it
(https://www.sqlite.org/datatype3.html#determination_of_column_affinity) and nothing else; lengths
are not enforced. The applications take the declared types at their word all the same, so a move
is judged by what they will read and write.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from falsework.engines.normalize import Form, Token, unwrapped
from falsework.engines.sqlite.text import expression, fold, literal, named, normal, same, tokens
from falsework.model.engine import Cost, Move, Version
from falsework.model.schema import Default, DefaultKind, SqlType


class Affinity(StrEnum):
    """What SQLite turns a stored value into, where it can."""

    INTEGER = "integer"
    TEXT = "text"
    BLOB = "blob"
    REAL = "real"
    NUMERIC = "numeric"


_AFFINITIES = (
    (("int",), Affinity.INTEGER),
    (("char", "clob", "text"), Affinity.TEXT),
    (("blob",), Affinity.BLOB),
    (("real", "floa", "doub"), Affinity.REAL),
)


def affinity(type: SqlType) -> Affinity:
    """The affinity of a column of that declared type."""
    if not type.name:
        return Affinity.BLOB
    name = fold(str(type))
    return next(
        (a for letters, a in _AFFINITIES if any(s in name for s in letters)), Affinity.NUMERIC
    )


_TYPE = re.compile(
    r"(?P<name>[A-Za-z_]\w*(?:\s+[A-Za-z_]\w*)*)"
    r"(?:\s*\(\s*(?P<args>[+-]?[\w.]+(?:\s*,\s*[+-]?[\w.]+)?)\s*\))?",
    re.ASCII,
)
_COLLATE = re.compile(r"\s+COLLATE\s+(?:\"(?:[^\"]|\"\")*\"|\w+)\s*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def parse_type(text: str) -> SqlType:
    """The type a text names, in small letters. A COLLATE after it is the column's, not the type's.

    A text that is no type name as SQL writes them is kept as it is.
    """
    text = _COLLATE.sub("", text.strip())
    match = _TYPE.fullmatch(text)
    if match is None:
        return SqlType(text)
    args = match["args"].split(",") if match["args"] else ()
    return SqlType(" ".join(fold(match["name"]).split()), tuple(map(_argument, args)))


def _argument(text: str) -> int | str:
    text = text.strip()
    return int(text) if re.fullmatch(r"-?\d+", text, re.ASCII) else fold(text)


@lru_cache(maxsize=4096)
def plain(text: str) -> bool:
    """Whether the declared type is an ordinary one, so that spelling it anew keeps it."""
    return not text or _TYPE.fullmatch(text.strip()) is not None


def spell_type(type: SqlType) -> str:
    """The type as CREATE TABLE has it."""
    return " ".join((str(SqlType(type.name, type.args)), *type.flags)).upper()


_STABLE = re.compile(
    r"current_(?:timestamp|date|time)"
    r"|(?:datetime|date|time|julianday|unixepoch)\((?:'now'(?:, '[^']*')*)?\)"
    r"|strftime\('[^']*'(?:, 'now'(?:, '[^']*')*)?\)"
)
_PURE = frozenset(
    (
        *("abs", "char", "coalesce", "hex", "json", "json_array", "json_object", "length", "lower"),
        *("printf", "format", "round", "substr", "trim", "upper", "zeroblob", "cast", "as"),
        *("integer", "text", "real", "numeric", "blob", "null", "true", "false"),
    )
)
_INTEGER = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII)


def is_literal(text: str) -> bool:
    """Whether a default is what ADD COLUMN takes on a table with rows: a bare, signed literal."""
    parts = tokens(text)
    if parts and parts[0].says("+", "-"):
        return len(parts) == 2 and parts[1].form is Form.NUMBER
    return len(parts) == 1 and (
        parts[0].form in (Form.NUMBER, Form.STRING) or parts[0].says("TRUE", "FALSE", "NULL")
    )


def _literal_default(parts: tuple[Token, ...], numeric: bool) -> str:
    """One literal for all the ways to write it; a numeric column turns '5' into 5 and 5 into 5."""
    text = normal(parts)
    if len(parts) == 1 and parts[0].form in (Form.WORD, Form.NAME):
        # The grammar allows no name here, so a word is a string, in double quotes or in none.
        quoted = parts[0].form is Form.NAME
        known = {} if quoted else {"true": "1", "false": "0", "null": "null"}
        text = known.get(fold(parts[0].text), literal(named(parts[0])))
    text = text.replace("- ", "-").removeprefix("+ ")
    if numeric and text.startswith("'") and _INTEGER.fullmatch(text[1:-1]):
        return text[1:-1]
    return text


@lru_cache(maxsize=4096)
def parse_default(text: str, type: SqlType) -> Default | None:
    """The default that ``text`` says for a column of ``type``; None where it says NULL."""
    parts = tuple(unwrapped(tokens(text)))
    shape = affinity(type)
    clock = len(parts) == 1 and _STABLE.fullmatch(normal(parts))
    if not clock and (len(parts) == 1 or is_literal(normal(parts))):
        numeric = shape in (Affinity.INTEGER, Affinity.NUMERIC)
        written = _literal_default(parts, numeric)
        if written == "null":
            return None
        if shape is Affinity.TEXT and _INTEGER.fullmatch(written):
            written = literal(written)
        return Default(written, DefaultKind.CONSTANT)
    written = normal(parts)
    return Default(written, _kind(written, parts))


def _kind(text: str, parts: tuple[Token, ...]) -> DefaultKind:
    """'now' is one moment for a whole statement; a function not known here may be anything."""
    if _STABLE.fullmatch(text):
        return DefaultKind.STABLE
    if all(fold(t.text) in _PURE for t in parts if t.form in (Form.WORD, Form.NAME)):
        return DefaultKind.CONSTANT
    return DefaultKind.VOLATILE


class SQLiteReader:
    """The normaliser of SQLite's texts."""

    def type(self, text: str) -> SqlType:
        return parse_type(text)

    def default(self, text: str, type: SqlType) -> Default | None:
        return parse_default(text, type)

    def expression(self, text: str) -> str:
        return expression(text)

    def equal(self, one: str, other: str) -> bool | None:
        return same(one, other)


_WIDTHS = {"tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "integer": 4, "bigint": 8}
_DECIMALS = frozenset(("numeric", "decimal"))


def type_move(old: SqlType, new: SqlType, version: Version) -> tuple[Move, Cost]:  # noqa: ARG001
    """What the move means for clients. Any change of the text is a rebuild of the table."""
    if old == new:
        return Move.IDENTICAL, Cost.METADATA
    return _move(old, new), Cost.REWRITE


def _move(old: SqlType, new: SqlType) -> Move:
    shape = affinity(old)
    if shape is not affinity(new):
        return Move.CONVERSION
    if shape is Affinity.TEXT:
        return _by_size((_length(old),), (_length(new),))
    if old.name in _WIDTHS and new.name in _WIDTHS:
        return _by_size((_WIDTHS[old.name],), (_WIDTHS[new.name],))
    if {old.name, new.name} <= _DECIMALS:
        return _by_size(_digits(old), _digits(new))
    if old.name == new.name or shape in (Affinity.REAL, Affinity.BLOB):
        return Move.TRANSPARENT
    return Move.CONVERSION


def _by_size(old: tuple[float, ...], new: tuple[float, ...]) -> Move:
    grows = all(n >= o for o, n in zip(old, new, strict=True))
    return Move.TRANSPARENT if grows else Move.NARROWING


def _length(type: SqlType) -> float:
    return type.args[0] if type.args and isinstance(type.args[0], int) else float("inf")


def _digits(type: SqlType) -> tuple[float, ...]:
    """Digits before and after the point; without arguments there is no bound."""
    numbers = [a for a in type.args if isinstance(a, int)]
    if not numbers:
        return float("inf"), float("inf")
    scale = numbers[1] if len(numbers) > 1 else 0
    return numbers[0] - scale, scale
