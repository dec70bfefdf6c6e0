"""SQL text cut into tokens: what every engine's normaliser and catalog reader starts from.

No parser of a whole language: a tokenizer that never mistakes a quoted name, a string or a comment
for something else, and the few questions that can be answered over its tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from sqlalchemy.sql.compiler import RESERVED_WORDS


class Form(Enum):
    """What a token is."""

    WORD = "word"  # an unquoted name or keyword
    NAME = "name"  # a quoted identifier
    STRING = "string"
    NUMBER = "number"
    MARK = "mark"  # operators and punctuation


class Token(NamedTuple):
    """A token with its text as written and its place in the source."""

    form: Form
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next token may start."""
        return self.start + len(self.text)

    @property
    def name(self) -> str:
        """The identifier this token names: unquoted as written, quoted without its quotes."""
        if self.form is Form.NAME:
            closing = {"[": "]"}.get(self.text[0], self.text[0])
            return self.text[1:-1].replace(closing * 2, closing)
        return self.text

    def says(self, *words: str) -> bool:
        """Whether this is one of the (upper-case) keywords or marks."""
        return self.form in (Form.WORD, Form.MARK) and self.text.upper() in words


_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      |(?P<string>[eEnNxXbB]?'(?:[^']|'')*')
      |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[A-Za-z_][^\]]*\])
      |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      |(?P<word>[^\W\d][\w$]*)
      |(?P<mark>::|<>|!=|<=|>=|\|\||->>|->|==|.)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(sql: str) -> tuple[Token, ...]:
    """The tokens of ``sql`` without white space and comments."""
    return tuple(
        Token(Form(m.lastgroup), m.group(), m.start())
        for m in _TOKEN.finditer(sql)
        if m.lastgroup != "space"
    )


def canonical(sql: str) -> str:
    """The text with one spelling: lower-case words, single spaces, no outer parentheses.

    A quoted identifier that needs no quotes loses them. Still valid SQL wherever ``sql`` was.
    """
    return joined(_spelled(t) for t in unwrapped(tokens(sql)))


def unwrapped(parts: Sequence[Token]) -> Sequence[Token]:
    """The tokens without parentheses around the whole of them."""
    while len(parts) > 1 and parts[0].text == "(" and closing(parts, 0) == len(parts) - 1:
        parts = parts[1:-1]
    return parts


def closing(parts: Sequence[Token], opening: int) -> int:
    """The index of the parenthesis that closes the one at ``opening``; ValueError without one."""
    depth = 0
    for index in range(opening, len(parts)):
        depth += {"(": 1, ")": -1}.get(parts[index].text, 0)
        if depth == 0:
            return index
    raise ValueError("a parenthesis is not closed")


def split(parts: Sequence[Token], mark: str = ",") -> Iterator[Sequence[Token]]:
    """The stretches between the marks that stand in no parentheses."""
    depth, start = 0, 0
    for index, token in enumerate(parts):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text == mark:
            yield parts[start:index]
            start = index + 1
    if parts[start:]:
        yield parts[start:]


def _spelled(token: Token) -> str:
    if token.form is Form.WORD:
        return token.text.lower()
    if token.form is Form.NAME and re.fullmatch(r"[a-z_][a-z0-9_]*", token.name):
        return token.text if token.name in RESERVED_WORDS else token.name
    return token.text


_TIGHT_BEFORE = frozenset({")", ",", ".", "::", "]"})
_TIGHT_AFTER = frozenset({"(", ".", "::", "["})


def joined(texts: Iterable[str]) -> str:
    """Token texts with single spaces, and none where SQL is written without one."""
    out: list[str] = []
    for text in texts:
        calls = text == "(" and out and re.fullmatch(r"[a-z_][\w$]*", out[-1])
        tight = not out or text in _TIGHT_BEFORE or out[-1] in _TIGHT_AFTER
        if not tight and not (calls and out[-1] not in _KEYWORDS_BEFORE_PARENTHESIS):
            out.append(" ")
        out.append(text)
    return "".join(out)


_KEYWORDS_BEFORE_PARENTHESIS = frozenset({"and", "or", "not", "in", "between", "like", "is"})


def names_in(sql: str, known: Iterable[str]) -> tuple[str, ...]:
    """Which of the ``known`` column names the text mentions, sorted; words match in any case."""
    exact = {t.name for t in tokens(sql) if t.form is Form.NAME}
    folded = {t.text.lower() for t in tokens(sql) if t.form is Form.WORD}
    return tuple(sorted(n for n in known if n in exact or n.lower() in folded))
