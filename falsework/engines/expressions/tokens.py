"""What an expression is cut into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple


class NotUnderstood(Exception):
    """The text is outside the part of the grammar that is read here."""


class Form(Enum):
    """What a token is."""

    WORD = "word"
    NAME = "name"
    STRING = "string"
    BITS = "bits"
    NUMBER = "number"
    OPERATOR = "operator"
    MARK = "mark"
    END = "end"


class Token(NamedTuple):
    """``text`` is what it means: words in lower case, names and strings without quotes.

    ``charset`` is the introducer of a string, without its underscore
    """

    form: Form
    text: str
    raw: str
    charset: str = ""

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the keywords."""
        return self.form is Form.WORD and self.text in words

    def is_mark(self, mark: str) -> bool:
        """Whether this is that punctuation."""
        return self.form is Form.MARK and self.text == mark


END = Token(Form.END, "", "")

Cut = Callable[[str], Sequence[Token]]

_CLOSE_BEFORE = frozenset({")", ",", ".", "::", "]", ""})
_CLOSE_AFTER = frozenset("(.:[")


def bare(sql: str, cut: Cut) -> str:
    """Text that no tree was made of: words in lower case, one space where there is any."""
    try:
        found = cut(sql)
    except NotUnderstood:
        return sql.strip()
    out = ""
    for token in found:
        word = token.text if token.form is Form.WORD else token.raw
        tight = not out or word in _CLOSE_BEFORE or out[-1] in _CLOSE_AFTER
        out += word if tight else f" {word}"
    return out
