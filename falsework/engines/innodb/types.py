"""Types: from any spelling to one normal form, and from that to SQL.

The normal form is the catalog's own, without the display widths that newer servers leave out:
``int unsigned``, ``decimal(10,2)``, ``varchar(50)``. Only ``tinyint(1)`` keeps its one, which
clients take for a truth. A type that holds text carries its character set as a flag, unless that is
utf8mb4: how many bytes a character takes decides what a change costs. As models write it, a type
without one is in the character set of its table.
"""

from __future__ import annotations

import re
from functools import lru_cache

from falsework.engines.innodb.names import literal
from falsework.model.schema import SqlType

UNSIGNED, ZEROFILL = "unsigned", "zerofill"
USUAL = "utf8mb4"

TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"})
INTEGERS = ("tinyint", "smallint", "mediumint", "int", "bigint")

# Bytes that a character may take: information_schema.character_sets, the same on both servers.
BYTES = {
    "utf8mb4": 4,
    "utf8mb3": 3,
    "utf8": 3,
    "utf16": 4,
    "utf16le": 4,
    "utf32": 4,
    "ucs2": 2,
    "gb18030": 4,
    "eucjpms": 3,
    "ujis": 3,
    "big5": 2,
    "cp932": 2,
    "euckr": 2,
    "gb2312": 2,
    "gbk": 2,
    "sjis": 2,
}

_ALIASES = {
    "bool": "tinyint",
    "boolean": "tinyint",
    "int1": "tinyint",
    "int2": "smallint",
    "int3": "mediumint",
    "middleint": "mediumint",
    "int4": "int",
    "integer": "int",
    "int8": "bigint",
    "dec": "decimal",
    "fixed": "decimal",
    "numeric": "decimal",
    "double precision": "double",
    "real": "double",
    "float4": "float",
    "float8": "double",
    "character": "char",
    "character varying": "varchar",
    "char varying": "varchar",
    "varcharacter": "varchar",
    "national char": "char",
    "national character": "char",
    "nchar": "char",
    "national varchar": "varchar",
    "national character varying": "varchar",
    "national char varying": "varchar",
    "nchar varchar": "varchar",
    "nvarchar": "varchar",
    "long varchar": "mediumtext",
    "long": "mediumtext",
    "long varbinary": "mediumblob",
    "char byte": "binary",
    "geometrycollection": "geomcollection",
}
_NATIONAL = re.compile(r"n(char|varchar|ational )")
_ONE = frozenset({"char", "binary", "bit"})  # without a length: one
_WIDTHS = frozenset({*INTEGERS, "year"})
_ZEROFILLED = {"tinyint": 3, "smallint": 5, "mediumint": 8, "int": 10, "bigint": 20}
_SIZES = {
    "text": ("tinytext", "text", "mediumtext", "longtext"),
    "blob": ("tinyblob", "blob", "mediumblob", "longblob"),
}
_CAPACITY = (2**8, 2**16, 2**24, 2**32)

_TEXT = re.compile(
    r"""\s*(?P<name>[a-z][a-z0-9_]*(?:[ ]+(?:precision|varying|byte|char|varchar|character
            |varbinary)\b)*)
        \s*(?:\((?P<args>(?:[^()']|'(?:[^'\\]|\\.|'')*')*)\))?
        (?P<words>.*)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ARG = re.compile(r"'((?:[^'\\]|\\.|'')*)'|([^\s,']+)")
_CHARSET = re.compile(r"(?:\b(?:character\s+set|charset)\s*=?\s*)(\w+)", re.IGNORECASE)
_COLLATE = re.compile(r"\bcollate\s*=?\s*(\w+)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def parsed(text: str) -> SqlType:
    """The type that compiled DDL, the catalog or a person spells; in doubt, the text itself."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return SqlType(" ".join(text.lower().split()))
    written = " ".join(match["name"].lower().split())
    words = match["words"].lower()
    name = _ALIASES.get(written, written)
    args = _args(match["args"])
    if written in ("bool", "boolean"):
        args = (1,)
    flags = _flags(name, words, national=bool(_NATIONAL.match(written)))
    name, args = _completed(name, args, flags)
    return SqlType(name, args, flags)


def _args(text: str | None) -> tuple[int | str, ...]:
    found: list[int | str] = []
    for label, other in _ARG.findall(text or ""):
        if other:
            found.append(int(other) if other.isdecimal() else other)
        else:
            found.append(re.sub(r"''|\\(.)", lambda m: m[1] or "'", label))
    return tuple(found)


def _flags(name: str, words: str, *, national: bool) -> tuple[str, ...]:
    if name in TEXTS:
        charset = _CHARSET.search(words)
        if charset is not None:
            return (_charset(charset[1]),)
        return ("utf8mb3",) if national else ()
    split = words.split()
    return tuple(
        flag
        for flag in (UNSIGNED, ZEROFILL)
        if flag in split or (flag == UNSIGNED and ZEROFILL in split)
    )


def _charset(name: str) -> str:
    return "utf8mb3" if name == "utf8" else name


def _completed(
    name: str, args: tuple[int | str, ...], flags: tuple[str, ...]
) -> tuple[str, tuple[int | str, ...]]:
    """Without what the server leaves out, with what it adds: ``decimal`` is ``decimal(10,0)``."""
    if name in _SIZES and args:
        # TEXT(n) stays so until the table's character set is known.
        return (name, args) if name == "text" and not flags else (_sized(name, args, flags), ())
    if name == "float" and len(args) == 1:
        return ("float" if int(args[0]) <= 24 else "double"), ()
    return name, _arguments(name, args, flags)


def _arguments(
    name: str, args: tuple[int | str, ...], flags: tuple[str, ...]
) -> tuple[int | str, ...]:
    if name in _WIDTHS:
        if ZEROFILL in flags:
            return args or (_ZEROFILLED[name],)
        return args if (name, args, flags) == ("tinyint", (1,), ()) else ()
    if name == "decimal":
        return (*args, 0)[:2] if args else (10, 0)
    if name in _ONE and not args:
        return (1,)
    return () if name.endswith(("text", "blob")) or args == (0,) else args


def _sized(name: str, args: tuple[int | str, ...], flags: tuple[str, ...]) -> str:
    """TEXT(n) and BLOB(n) are the smallest of their kind that holds n characters."""
    size = int(args[0]) * (BYTES.get(flags[0], 1) if flags else 1)
    return next(kind for kind, room in zip(_SIZES[name], _CAPACITY, strict=True) if size < room)


@lru_cache(maxsize=4096)
def in_charset(type: SqlType, charset: str) -> SqlType:
    """A type that holds text, in that character set."""
    name, args = _completed(type.name, type.args, (charset,))
    return SqlType(name, args, () if charset == USUAL else (charset,))


def spelled(type: SqlType) -> str:
    """The type as SQL, with its character set."""
    args = ", ".join(literal(str(a)) if type.name in ("enum", "set") else str(a) for a in type.args)
    text = f"{type.name}({args})" if type.args else type.name
    if type.name not in TEXTS:
        return " ".join((text, *type.flags))
    return f"{text} CHARACTER SET {charset(type)}"


def charset(type: SqlType) -> str:
    """The character set of a type that holds text."""
    return type.flags[0] if type.flags else USUAL


def collation_in(text: str) -> str | None:
    """The collation that a type or the options of a table name; None where they name none."""
    found = _COLLATE.search(text)
    return found[1].lower() if found else None


def charset_in(text: str) -> str | None:
    """The character set that a type or the options of a table name; None where they name none."""
    found = _CHARSET.search(text)
    return _charset(found[1].lower()) if found else None


@lru_cache(maxsize=1024)
def charset_of(collation: str) -> str:
    """The character set of a collation: what its name begins with."""
    return _charset("binary" if collation == "binary" else collation.partition("_")[0])


def bytes_of(type: SqlType) -> int | None:
    """The most bytes that a value of a type with a length takes; None for other types."""
    if type.name in ("varbinary", "binary") and type.args:
        return int(type.args[0])
    if type.name not in ("varchar", "char") or not type.args:
        return None
    return int(type.args[0]) * BYTES.get(charset(type), 1)
