"""A place in a list of tokens, and the steps that grammar takes from it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from falsework.engines.postgresql.names import readable
from falsework.engines.postgresql.tokens import Form, NotUnderstood, Token
from falsework.engines.postgresql.tree import Node
from falsework.engines.postgresql.types import parsed, spelled

_TYPE_WORDS = frozenset("varying precision with without time zone".split())
_LONG_TYPES = frozenset("double character char bit national nchar timestamp time".split())


class Cursor(ABC):
    """Reads tokens; whatever does not fit is NotUnderstood."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0

    @abstractmethod
    def expression(self, least: int = 0) -> Node:
        """The expression from here on, of operators that bind at least so tightly."""

    @property
    def next(self) -> Token:
        """The token that is not taken yet."""
        return self._tokens[self._place]

    def after(self, count: int = 1) -> Token:
        """The token so many places later."""
        return self._tokens[min(self._place + count, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, taken."""
        token = self.next
        self._place += 1
        return token

    def word(self, *words: str) -> bool:
        """Take these words, if they come next."""
        if not all(self.after(place).is_word(word) for place, word in enumerate(words)):
            return False
        self._place += len(words)
        return True

    def mark(self, mark: str) -> bool:
        """Take the mark, if it comes next."""
        if not self.next.is_mark(mark):
            return False
        self._place += 1
        return True

    def must(self, taken: bool) -> None:
        """Raises NotUnderstood where something did not come."""
        if not taken:
            raise NotUnderstood(self.next.raw)

    def items(self, end: str) -> tuple[Node, ...]:
        """Expressions between commas up to the mark, which is taken."""
        found: list[Node] = []
        if self.mark(end):
            return ()
        while True:
            found.append(self.expression())
            if self.mark(end):
                return tuple(found)
            self.must(self.mark(","))

    def identifier(self) -> str:
        """A name with its schema, as SQL; pg_catalog goes without saying."""
        parts = [self.take()]
        while self.mark("."):
            parts.append(self.take())
        self.must(all(p.form in (Form.WORD, Form.NAME) for p in parts))
        texts = [p.text for p in parts if p.text != "pg_catalog"]
        return ".".join(readable(text) for text in texts)

    def type(self) -> str:
        """A type in normal form, as SQL."""
        first = self.next
        self.must(first.form in (Form.WORD, Form.NAME))
        if first.form is Form.WORD and not self.after().is_mark("."):
            text = self.take().text + self._type_words() + self._type_args() + self._type_words()
        else:
            text = self.identifier() + self._type_args()
        while self.mark("["):
            if self.next.form is Form.NUMBER:
                self.take()
            self.must(self.mark("]"))
            text += "[]"
        return spelled(parsed(text))

    def type_then_string(self) -> bool:
        """Whether ``date '...'`` or ``timestamp with time zone '...'`` comes next."""
        place = 1
        if self.next.is_word(*_LONG_TYPES):
            while self.after(place).is_word(*_TYPE_WORDS):
                place += 1
        return self.next.form is Form.WORD and self.after(place).form is Form.STRING

    def _type_words(self) -> str:
        out = ""
        while self.next.is_word(*_TYPE_WORDS):
            out += f" {self.take().text}"
        return out

    def _type_args(self) -> str:
        if not self.next.is_mark("(") or self.after().form not in (Form.NUMBER, Form.OPERATOR):
            return ""
        out = ""
        while not out.endswith(")"):
            self.must(self.next.form in (Form.NUMBER, Form.MARK, Form.OPERATOR))
            out += self.take().text
        return out
