"""The forms that look like calls and are grammar: CAST(x AS t), EXTRACT(f FROM x) and their kin."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from falsework.engines.expressions.tokens import Form, NotUnderstood, Token
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.innodb import tree as t
from falsework.engines.innodb.cursor import Cursor

# What the text of a literal means does not depend on which of these it is said to be in.
_ALIKE = frozenset({"", "utf8mb4", "utf8mb3", "utf8"})


def string(token: Token) -> Node:
    """A string; one of another character set is kept as written, unless it is plain ASCII."""
    if token.charset in _ALIKE or (token.charset != "binary" and token.text.isascii()):
        return Node(Kind.STRING, token.text)
    return Node(Kind.FOREIGN, token.raw)


def interval(at: Cursor) -> Node:
    """What follows the word INTERVAL."""
    value = at.expression(t.BITOR)
    at.must(at.next.form is Form.WORD)
    return Node(Kind.INTERVAL, at.take().text, (value,))


def _cast(at: Cursor) -> Node:
    node = at.expression()
    at.must(at.word("as"))
    return cast(node, at.type())


def cast(node: Node, type: str) -> Node:
    """A cast; to BINARY it is one to a character type."""
    return Node(Kind.CAST, "char charset binary" if type == "binary" else type, (node,))


def _convert(at: Cursor) -> Node:
    node = at.expression()
    if at.word("using"):
        charset = at.take().text
        at.must(at.mark(")"))
        return Node(Kind.CONVERT, charset, (node,))
    at.must(at.mark(","))
    return cast(node, at.type())


def _extract(at: Cursor) -> Node:
    field = at.take().text
    at.must(at.word("from"))
    node = Node(Kind.CALL, field, (at.expression(),))
    at.must(at.mark(")") and field in _FIELDS)
    return node


_FIELDS = frozenset("year quarter month week day hour minute second microsecond".split())


def _trim(at: Cursor) -> Node:
    """With a direction or a character it is left alone."""
    node = Node(Kind.CALL, "trim", (at.expression(),))
    at.must(at.mark(")"))
    return node


def _substring(at: Cursor) -> Node:
    """SUBSTRING with words is the function with its arguments in that order."""
    args = [at.expression()]
    while at.word("from") or at.word("for") or at.mark(","):
        args.append(at.expression())
    at.must(at.mark(")"))
    return Node(Kind.CALL, "substr", tuple(args))


def _position(at: Cursor) -> Node:
    part = at.expression(t.BITOR)
    at.must(at.word("in"))
    node = Node(Kind.CALL, "locate", (part, at.expression()))
    at.must(at.mark(")"))
    return node


def _shift(sign: str) -> Callable[[Cursor], Node]:
    """DATE_ADD and DATE_SUB are signs."""

    def read(at: Cursor) -> Node:
        what = at.expression()
        at.must(at.mark(",") and at.word("interval"))
        node = Node(Kind.BINARY, sign, (what, interval(at)))
        at.must(at.mark(")"))
        return node

    return read


def _unknown(at: Cursor) -> Node:
    raise NotUnderstood(at.next.raw)


# By the word before the parenthesis, which both have been taken.
FORMS: Mapping[str, Callable[[Cursor], Node]] = {
    "cast": _cast,
    "convert": _convert,
    "extract": _extract,
    "trim": _trim,
    "substring": _substring,
    "substr": _substring,
    "mid": _substring,
    "position": _position,
    "date_add": _shift("+"),
    "date_sub": _shift("-"),
    "exists": _unknown,
    "match": _unknown,
    "group_concat": _unknown,
    "timestampadd": _unknown,
    "timestampdiff": _unknown,
    "weight_string": _unknown,
}
