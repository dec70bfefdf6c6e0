"""Identifiers and string literals as these servers read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy.dialects.mysql.reserved_words import (
    RESERVED_WORDS_MARIADB,
    RESERVED_WORDS_MYSQL,
)

from falsework.model.schema import TableName

LIMIT = 64  # characters, of tables, columns, indexes and constraints; error 1059 beyond it

# SQLAlchemy's lists, and what servers have reserved since (tried on 9.7 and 11.8).
_LATER = "external library manual parallel portion qualify sets tablesample vector".split()
KEYWORDS = frozenset({*RESERVED_WORDS_MYSQL, *RESERVED_WORDS_MARIADB, *_LATER})

_ODD = re.compile("[^!-_a-~\u00a1-\ud7ff\ue000-\uffff]")  # to be doubled, or not to be held at all
_WHITE = frozenset(" \t\n\v\f\r")  # what the servers take for it at the end (tried on both)
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def quoted(name: str) -> str:
    """The identifier in back-quotes. Raises ValueError for one that the servers cannot hold."""
    if not _ODD.search(name) and 0 < len(name) <= LIMIT:
        return f"`{name}`"
    if not name or len(name) > LIMIT:
        raise ValueError(f"{name!r}: a name has 1 to {LIMIT} characters here")
    if name[-1] in _WHITE:
        raise ValueError(f"{name!r}: no name ends in white space here")
    if any(c == "\0" or ord(c) > 0xFFFF for c in name):
        raise ValueError(f"{name!r}: names hold characters of Unicode's first plane only here")
    return "`" + name.replace("`", "``") + "`"


def check(names: Sequence[str]) -> None:
    """Raises ValueError for the first name that the servers cannot hold."""
    if _ODD.search("".join(names)) or "" in names or len(max(names, key=len)) > LIMIT:
        for name in names:
            quoted(name)


def readable(name: str) -> str:
    """The identifier with quotes only where it needs them: inside expressions people read."""
    return name if _PLAIN.fullmatch(name) and name not in KEYWORDS else quoted(name)


def listed(names: Iterable[str]) -> str:
    """Identifiers in quotes, separated by commas."""
    return ", ".join(map(quoted, names))


def qualified(name: TableName) -> str:
    """A table with its schema, in quotes."""
    return f"{quoted(name.schema)}.{quoted(name.name)}"


_ESCAPES = {"\\": "\\\\", "'": "''", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z"}


def literal(value: str) -> str:
    """A string literal; sessions of this package have backslashes escape."""
    return "'" + "".join(_ESCAPES.get(c, c) for c in value) + "'"
