"""Whether two trees in normal form say the same: yes, no, or it cannot be told.

No is said only where no respelling by the server can explain the difference: another column,
another number, another plain word, another operator, in a form that the server never rewrites.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from falsework.engines.expressions.texts import differ
from falsework.engines.expressions.tree import Kind, Node

_LOGIC = frozenset(
    {
        *(Kind.AND, Kind.OR, Kind.XOR, Kind.NOT, Kind.IS, Kind.TRUTH),
        *(Kind.IN, Kind.BETWEEN, Kind.BINARY),
    }
)
_LEAVES = frozenset({Kind.NAME, Kind.STRING, Kind.NUMBER, Kind.WORD})
# A server that prints one of these parts anew keeps its shape and the order of its parts.
_SHAPES = _LOGIC | {Kind.CALL, Kind.CASE}
# None of these becomes a call when it is printed, and no call one of them.
_NO_CALLS = frozenset({Kind.NAME, Kind.STRING, Kind.NUMBER})


def same(one: Node, other: Node) -> bool | None:
    """Whether they say the same; None where it cannot be decided."""
    if one == other:
        return True
    if one.kind is not other.kind:
        return _unlike(one, other)
    if one.kind in _LEAVES or one.kind is Kind.BITS:
        return _same_leaf(one, other)
    if one.text != other.text or len(one.args) != len(other.args):
        return False if one.kind in _LOGIC and _plain(one, other) else None
    answers = [same(a, b) for a, b in zip(one.args, other.args, strict=True)]
    if False in answers:
        return False if one.kind in _SHAPES else None
    return None if None in answers else True


def _unlike(one: Node, other: Node) -> bool | None:
    """Whether two nodes of different kinds say the same."""
    kinds = {one.kind, other.kind}
    if kinds <= _LEAVES - {Kind.NAME}:
        return None  # '5' and 5, 't' and true
    calls = Kind.CALL in kinds and kinds & _NO_CALLS
    return False if calls or _plain(one, other) else None


def _same_leaf(one: Node, other: Node) -> bool | None:
    if one.kind is Kind.NUMBER:
        return _number(one.text) == _number(other.text)
    if one.kind is Kind.STRING:
        return False if differ(one.text, other.text) else None
    if one.kind is Kind.BITS:
        return False if _bits(one.text) != _bits(other.text) else None
    return False


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _bits(text: str) -> int:
    """The value of ``b'101'`` or ``x'05'``."""
    return int(text[2:-1] or "0", 16 if text[0] == "x" else 2)


def _plain(*nodes: Node) -> bool:
    """Whether the trees hold nothing but comparisons of columns with literals."""
    return all(
        node.kind in _LOGIC | _LEAVES and all(_plain(arg) for arg in node.args) for node in nodes
    )
