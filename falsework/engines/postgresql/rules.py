"""The rules of the normal form: they take away what the server would add again, and nothing else.

Where the type of a column decides (``(n)::text`` is redundant for a varchar, not for a number), it
is asked for in ``types``; without it the cast stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from falsework.engines.expressions.tree import Kind, Node, flat
from falsework.engines.postgresql import tree as t
from falsework.model.schema import SqlType

Types = Mapping[str, SqlType]

_TEXTS = frozenset({"text", "varchar", "bpchar"})
_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_NUMBERS = _INTEGERS | {"numeric", "real", "double precision"}
# A bare literal beside a column becomes the column's type; these accept no other text than it does.
_PLAIN_INPUT = frozenset(
    {"date", "timestamp", "timestamp with time zone", "time", "uuid", "inet", "cidr", "macaddr"}
)
_TRUE = frozenset({"t", "true", "y", "yes", "on", "1"})
_FALSE = frozenset({"f", "false", "n", "no", "off", "0"})
# As a date, 'now'::text means another moment than 'now' does.
RELATIVE = re.compile(r"\s*(now|today|tomorrow|yesterday)\b", re.IGNORECASE)
_NUMERAL = re.compile(r"-?\d+(\.\d+)?")
_WIDE = frozenset({"numeric", "double precision"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
_INT4 = range(-(2**31), 2**31)


def rewritten(node: Node, types: Types) -> Node:
    """The tree by all rules, leaves first."""

    def change(one: Node) -> Node:
        for rule in (flat, _known_literal, _same_word, _membership):
            one = rule(one)
        return _uncast_comparison(_uncast_column(one, types), types)

    return node.map(change)


def _known_literal(node: Node) -> Node:
    """A cast that only says what the literal is anyway."""
    if node.kind is not Kind.CAST:
        return node
    (arg,) = node.args
    if arg.kind is Kind.STRING:
        if node.text in _TEXTS and not RELATIVE.match(arg.text):
            return arg
        if node.text == "boolean" and arg.text.strip().lower() in _TRUE | _FALSE:
            return Node(Kind.WORD, "true" if arg.text.strip().lower() in _TRUE else "false")
        if node.text == "regclass":
            return arg
        if node.text in _NUMBERS and _NUMERAL.fullmatch(arg.text):
            return _known_literal(Node(Kind.CAST, node.text, (Node(Kind.NUMBER, arg.text),)))
    if arg.kind is Kind.NUMBER and node.text == _type_of(arg.text):
        return arg
    if arg == _NULL:
        return arg
    return node


def _type_of(number: str) -> str:
    """The type that the server gives to a bare numeral."""
    if re.fullmatch(r"-?\d+", number):
        value = int(number)
        return "integer" if value in _INT4 else "bigint" if -(2**63) <= value < 2**63 else "numeric"
    return "numeric"


_NULL = Node(Kind.WORD, "null")
_NOW = frozenset({"current_timestamp", "transaction_timestamp"})


def _same_word(node: Node) -> Node:
    """Two words for one thing."""
    if node.kind is Kind.CASE and node.text.endswith("else") and node.args[-1] == _NULL:
        return Node(Kind.CASE, node.text.removesuffix("else").strip(), node.args[:-1])
    if node == Node(Kind.WORD, "current_timestamp") or (
        node.kind is Kind.CALL and node.text in _NOW and not node.args
    ):
        return Node(Kind.CALL, "now")
    if node in (Node(Kind.WORD, "user"), Node(Kind.WORD, "current_role")):
        return Node(Kind.WORD, "current_user")
    if node.kind is Kind.CALL and node.text == "timezone" and len(node.args) == 2:
        zone, when = node.args
        return Node(Kind.BINARY, "at time zone", (when, zone))
    return node


def _membership(node: Node) -> Node:
    """``= ANY (ARRAY[...])`` is IN; IN of one is ``=``; IN of columns is OR."""
    if node.kind is Kind.ANY and node.text in ("= any", "<> all"):
        what, array = node.args
        if array.kind is Kind.CAST and array.text in ("text[]", "varchar[]", "bpchar[]"):
            array = array.args[0]
        if array.kind is not Kind.ARRAY or not array.args:
            return node
        text = "in" if node.text == "= any" else "not in"
        return _membership(Node(Kind.IN, text, (what, *array.args)))
    if node.kind is Kind.IN:
        what, *items = node.args
        operator = "=" if node.text == "in" else "<>"
        if len(items) == 1:
            return _uncast_comparison(Node(Kind.BINARY, operator, (what, items[0])), {})
        named = [item for item in items if has_names(item)]
        if named:
            others = [item for item in items if item not in named]
            lists = [Node(Kind.IN, node.text, (what, *others))] if len(others) > 1 else []
            singles = [Node(Kind.BINARY, operator, (what, i)) for i in (named if lists else items)]
            return Node(Kind.OR if operator == "=" else Kind.AND, "", (*lists, *singles))
    return node


def has_names(node: Node) -> bool:
    """Whether the tree holds a column."""
    return node.kind is Kind.NAME or any(map(has_names, node.args))


def _uncast_column(node: Node, types: Types) -> Node:
    """A varchar is text without being told."""
    if node.kind is Kind.CAST and node.text == "text" and _is_varchar(node.args[0], types):
        return node.args[0]
    return node


def _is_varchar(node: Node, types: Types) -> bool:
    type = types.get(node.text) if node.kind is Kind.NAME else None
    return type is not None and type.name == "varchar" and not type.flags


def _uncast_comparison(node: Node, types: Types) -> Node:
    """Beside a column or an expression, a literal takes the type that it is compared with."""
    if node.kind is Kind.IN:
        what, *items = node.args
        pairs = [_compared(what, item, types) for item in items]
        if len({left for left, _ in pairs}) > 1:
            return node
        return Node(Kind.IN, node.text, (pairs[0][0], *(item for _, item in pairs)))
    if node.kind is not Kind.BINARY:
        return node
    left, right = node.args
    if node.text in t.COMPARISONS or node.text == "is distinct from":
        left, right = _compared(left, right, types)
        right, left = _compared(right, left, types)
    elif node.text in _ARITHMETIC:
        left, right = _counted(left, right, types), _counted(right, left, types)
    return Node(Kind.BINARY, node.text, (left, right))


def _counted(what: Node, other: Node, types: Types) -> Node:
    """``price * (2)::numeric`` for a numeric price."""
    if what.kind is Kind.CAST and what.args[0].kind is Kind.NUMBER:
        return what.args[0] if _type(other, types) == what.text else what
    return what


def _type(node: Node, types: Types) -> str | None:
    """The type of a column, as the server casts to it."""
    type = types.get(node.text) if node.kind is Kind.NAME else None
    return None if type is None or "[]" in type.flags else cast_name(type)


def _compared(what: Node, literal: Node, types: Types) -> tuple[Node, Node]:
    """A value and the literal it is compared with, both without casts that change nothing."""
    inner = _innermost(literal)
    if inner.kind is Kind.NUMBER and literal.kind in (Kind.CAST, Kind.NUMBER):
        if literal is not inner and (has_names(what) and _all_numbers(literal)):
            literal = inner
        return _uncast_number(what, types), literal
    if _type(what, types) in _WIDE:
        return what, _uncast_number(literal, types)
    if literal.kind is not Kind.CAST or inner.kind is not Kind.STRING or literal.args != (inner,):
        return what, literal
    plain = what.kind is Kind.NAME and literal.text in _PLAIN_INPUT
    if plain or _type(what, types) == literal.text:
        return what, inner
    return what, literal


def _innermost(node: Node) -> Node:
    while node.kind is Kind.CAST:
        (node,) = node.args
    return node


def _all_numbers(node: Node) -> bool:
    while node.kind is Kind.CAST:
        if node.text not in _NUMBERS:
            return False
        (node,) = node.args
    return True


def _uncast_number(what: Node, types: Types) -> Node:
    """``(n)::numeric > 0.5`` for an integer n: the server widens it by itself."""
    if what.kind is Kind.CAST and what.text in _WIDE:
        (arg,) = what.args
        type = types.get(arg.text) if arg.kind is Kind.NAME else None
        if type is not None and type.name in _INTEGERS and not type.flags:
            return arg
    return what


def cast_name(type: SqlType) -> str:
    """The type's name without its arguments, as the server casts literals to it."""
    return " ".join((type.name, *type.flags)) if type.name in ("timestamp", "time") else type.name
