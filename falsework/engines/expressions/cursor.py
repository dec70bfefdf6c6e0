"""A place in a list of tokens, and the steps that a grammar takes from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from falsework.engines.expressions.tokens import Form, NotUnderstood, Token
from falsework.engines.expressions.tree import Kind, Node


class Cursor(ABC):
    """Reads tokens, of which the last is an END; whatever does not fit is NotUnderstood.

    Binary operators are read by their strength: ``further`` says what comes behind an operand.
    """

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._place = 0

    @abstractmethod
    def start(self) -> Node:
        """An operand."""

    @abstractmethod
    def further(self, left: Node, least: int) -> Node | None:
        """What ``left`` is the left side of, or None where it stands alone."""

    @abstractmethod
    def type(self) -> str:
        """A type in one spelling."""

    def expression(self, least: int = 0) -> Node:
        """The expression from here on, of operators that bind at least so tightly."""
        node = self.start()
        while (further := self.further(node, least)) is not None:
            node = further
        return node

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

    def parts(self) -> list[Token]:
        """A name with its qualifiers."""
        found = [self.take()]
        while self.mark("."):
            found.append(self.take())
        self.must(all(p.form in (Form.WORD, Form.NAME) for p in found))
        return found

    def number(self) -> Node:
        """A number without a sign."""
        text = self.take().text
        return Node(Kind.NUMBER, f"0{text}" if text.startswith(".") else text)

    def case(self) -> Node:
        """What follows the word CASE."""
        text = "" if self.next.is_word("when") else "operand"
        args = [self.expression()] if text else []
        while self.word("when"):
            args.append(self.expression())
            self.must(self.word("then"))
            args.append(self.expression())
        if self.word("else"):
            text += " else"
            args.append(self.expression())
        self.must(self.word("end"))
        return Node(Kind.CASE, text.strip(), tuple(args))


def signed(sign: str, operand: Node) -> Node:
    """The operand behind a plus or a minus."""
    if sign == "+":
        return operand
    if operand.kind is Kind.NUMBER:
        return Node(Kind.NUMBER, f"-{operand.text}".removeprefix("--"))
    return Node(Kind.PREFIX, sign, (operand,))


def whole(sql: str, tokens: Callable[[str], Sequence[Token]], grammar: type[Cursor]) -> Node:
    """The tree of all of ``sql``. Raises NotUnderstood."""
    at = grammar(tokens(sql))
    try:
        node = at.expression()
    except RecursionError:
        raise NotUnderstood(sql) from None
    at.must(at.next.form is Form.END)
    return node
