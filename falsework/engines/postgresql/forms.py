"""The forms that look like calls and are grammar: CAST(x AS t), EXTRACT(f FROM x) and their kin."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from falsework.engines.expressions.tokens import NotUnderstood
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.postgresql import tree as t
from falsework.engines.postgresql.cursor import Cursor


def _cast(at: Cursor) -> Node:
    node = at.expression()
    at.must(at.word("as"))
    text = at.type()
    at.must(at.mark(")"))
    return Node(Kind.CAST, text, (node,))


def _extract(at: Cursor) -> Node:
    field = at.take().text
    at.must(at.word("from"))
    node = Node(Kind.EXTRACT, field, (at.expression(),))
    at.must(at.mark(")"))
    return node


def _trim(at: Cursor) -> Node:
    """TRIM with words is btrim, ltrim or rtrim."""
    name = "btrim"
    for word, meant in (("both", "btrim"), ("leading", "ltrim"), ("trailing", "rtrim")):
        if at.word(word):
            name = meant
    characters: tuple[Node, ...] = ()
    if not at.next.is_word("from"):
        characters = (at.expression(),)
    if at.word("from"):
        return Node(Kind.CALL, name, (*at.items(")"), *characters))
    if at.mark(","):
        return Node(Kind.CALL, name, (*characters, *at.items(")")))
    at.must(at.mark(")"))
    return Node(Kind.CALL, name, characters)


def _substring(at: Cursor) -> Node:
    """SUBSTRING with words is the function with its arguments in that order."""
    args = [at.expression()]
    while at.word("from") or at.mark(","):
        args.append(at.expression())
    if at.word("for"):
        at.must(len(args) == 2)
        args.append(at.expression())
    at.must(at.mark(")"))
    return Node(Kind.CALL, "substring", tuple(args))


def _position(at: Cursor) -> Node:
    part = at.expression(t.LIKE + 1)
    at.must(at.word("in"))
    node = Node(Kind.POSITION, "", (part, at.expression(t.LIKE + 1)))
    at.must(at.mark(")"))
    return node


def _row(at: Cursor) -> Node:
    return Node(Kind.ROW, "", at.items(")"))


def _unknown(at: Cursor) -> Node:
    raise NotUnderstood(at.next.raw)


# By the word before the parenthesis, which both have been taken.
FORMS: Mapping[str, Callable[[Cursor], Node]] = {
    "cast": _cast,
    "extract": _extract,
    "trim": _trim,
    "substring": _substring,
    "position": _position,
    "row": _row,
    "exists": _unknown,
    "overlay": _unknown,
    "operator": _unknown,
}
