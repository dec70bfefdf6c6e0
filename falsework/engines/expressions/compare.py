"""Whether two trees in normal form say the same: yes, no, or it cannot be told.

No is said only where no respelling by the server can explain the difference: another column,
another number, another plain word, another operator, in a form that the server never rewrites.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from falsework.engines.expressions.tree import Kind, Node

# Neither a date nor a number, uuid, interval, address or JSON: printed as it was written. Some
# catalogs show ``?`` in the place of characters beyond Unicode's first plane.
_WORDS = re.compile(r"[A-Za-z_%][A-Za-z_ %./-]*|")
_LOGIC = frozenset(
    {Kind.AND, Kind.OR, Kind.XOR, Kind.NOT, Kind.IS, Kind.IN, Kind.BETWEEN, Kind.BINARY}
)
_LEAVES = frozenset({Kind.NAME, Kind.STRING, Kind.NUMBER, Kind.WORD})


def same(one: Node, other: Node) -> bool | None:
    """Whether they say the same; None where it cannot be decided."""
    if one == other:
        return True
    if one.kind is not other.kind:
        literals = _LEAVES - {Kind.NAME}
        if one.kind in literals and other.kind in literals:
            return None  # '5' and 5, 't' and true
        return False if _plain(one, other) else None
    if one.kind in _LEAVES:
        return _same_leaf(one, other)
    if one.text != other.text or len(one.args) != len(other.args):
        return False if one.kind in _LOGIC and _plain(one, other) else None
    answers = [same(a, b) for a, b in zip(one.args, other.args, strict=True)]
    if False in answers:
        return False if one.kind in _LOGIC else None
    return None if None in answers else True


def _same_leaf(one: Node, other: Node) -> bool | None:
    if one.kind is Kind.NUMBER:
        return _number(one.text) == _number(other.text)
    if one.kind is Kind.STRING:
        plain = _WORDS.fullmatch(one.text) and _WORDS.fullmatch(other.text)
        return False if plain else None
    return False


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _plain(*nodes: Node) -> bool:
    """Whether the trees hold nothing but comparisons of columns with literals."""
    return all(
        node.kind in _LOGIC | _LEAVES and all(_plain(arg) for arg in node.args) for node in nodes
    )
