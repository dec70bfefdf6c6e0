"""A place in a list of tokens, and the steps that grammar takes from it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from falsework.engines.innodb.tokens import Form, NotUnderstood, Token
from falsework.engines.innodb.tree import Node


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
        return self.after(0)

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

    def type(self) -> str:
        """The type of a CAST in one spelling; the parenthesis that ends it is taken."""
        out: list[str] = []
        depth = 0
        while depth or not self.next.is_mark(")"):
            token = self.take()
            self.must(token.form in (Form.WORD, Form.NUMBER, Form.MARK))
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            tight = not out or token.text in "(,)" or out[-1] in "(,"
            out.append(token.text if tight else f" {token.text}")
        self.take()
        return "".join(out).replace("character set", "charset")
