"""SQLite's SQL as tokens and in normal form.

SQLite keeps every statement as it was typed, so reading a catalog is reading text. Its rules for
names differ from other engines: ``[any thing]`` and back-quotes quote, every character outside
ASCII is a letter, names match in any case even when quoted, and a name in double quotes that
names nothing is a string (https://www.sqlite.org/quirks.html#dblquote).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

from falsework.engines.normalize import Form, Token, joined, unwrapped

_TOKEN = re.compile(
    r"""(?P<space>[ \t\n\f\r]+|--[^\n]*|/\*.*?(?:\*/|\Z))
      |(?P<string>[xX]?'(?:[^']|'')*')
      |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
      |(?P<number>0[xX][0-9a-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
      |(?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)
      |(?P<mark><<|>>|<>|!=|<=|>=|\|\||->>|->|==|.)""",
    re.VERBOSE | re.DOTALL,
)

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_FORMS = {form.value: form for form in Form}
_SAME_MARKS = {"==": "=", "!=": "<>"}
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FOLD = str.maketrans(_UPPER, _UPPER.lower())


def tokens(sql: str) -> tuple[Token, ...]:
    """The tokens of ``sql`` without white space and comments."""
    return tuple(
        [
            Token(_FORMS[kind], match.group(), match.start())
            for match in _TOKEN.finditer(sql)
            if (kind := match.lastgroup) is not None and kind != "space"
        ]
    )


def fold(name: str) -> str:
    """The name as SQLite compares it: ASCII letters in one case, no others."""
    return name.lower() if name.isascii() else name.translate(_FOLD)


def quote(name: str) -> str:
    """The identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def readable(name: str) -> str:
    """The identifier with quotes only where it needs them.

    SQLAlchemy 2.0 reads the names of keys from the text, and no name in quotes.
    """
    plain = _PLAIN.fullmatch(name) and name not in SQLiteIdentifierPreparer.reserved_words
    return name if plain else quote(name)


def literal(text: str) -> str:
    """The text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def named(token: Token) -> str:
    """The name a token stands for where the grammar wants a name: a string serves as well."""
    if token.form is Form.STRING:
        return token.text[1:-1].replace("''", "'")
    return token.name


def expression(sql: str) -> str:
    """An expression with one spelling: small words, single spaces, no parentheses around it.

    A quoted name keeps its quotes: without them a string in double quotes would become a name.
    """
    return normal(tokens(sql))


def normal(parts: Iterable[Token]) -> str:
    """The tokens of an expression as text in normal form."""
    return joined(map(_spelled, unwrapped(tuple(parts))))


def _spelled(token: Token) -> str:
    match token.form:
        case Form.WORD:
            return fold(token.text)
        case Form.NAME:
            return quote(token.name)
        case Form.NUMBER:
            return token.text.lower()
        case Form.STRING:
            return token.text if token.text.startswith("'") else token.text.lower()
        case _:
            return _SAME_MARKS.get(token.text, token.text)


def same(one: str, other: str) -> bool | None:
    """Whether two expressions in normal form say the same.

    None where a string in one is a double-quoted name in the other: only the table's columns tell
    what the latter is. Everything else that differs says something different, because SQLite
    gives back what was written.
    """
    ours, theirs = tokens(one), tokens(other)
    if len(ours) != len(theirs):
        return False
    undecided = False
    for mine, yours in zip(ours, theirs, strict=True):
        if _spelled(mine) == _spelled(yours):
            continue
        forms = {mine.form, yours.form}
        alike = fold(named(mine)) == fold(named(yours))
        if not alike or not forms <= {Form.WORD, Form.NAME, Form.STRING}:
            return False
        if Form.STRING in forms:
            if forms != {Form.STRING, Form.NAME} or named(mine) != named(yours):
                return False
            undecided = True
    return None if undecided else True


def mentioned(parts: Iterable[Token]) -> frozenset[str]:
    """Every name the tokens may stand for, folded."""
    return frozenset(
        [fold(named(t)) for t in parts if t.form in (Form.WORD, Form.NAME, Form.STRING)]
    )


def uses(sql: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Which of the columns the text mentions, sorted."""
    names = _names(sql)
    return tuple(sorted(c for c in columns if fold(c) in names))


@lru_cache(maxsize=4096)
def _names(sql: str) -> frozenset[str]:
    return frozenset(fold(t.name) for t in tokens(sql) if t.form in (Form.WORD, Form.NAME))
