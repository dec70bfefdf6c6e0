"""Expressions as trees, and trees as text: one spelling, parentheses only where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from falsework.engines.postgresql.names import literal, readable


class Kind(StrEnum):
    """What a node is, with what ``text`` and ``args`` hold."""

    NAME = "name"  # a column; text: its name; args: the qualifier, if any
    STRING = "string"  # text: the value
    NUMBER = "number"  # text: with its sign
    WORD = "word"  # true, null, current_date
    AND = "and"  # any number of args
    OR = "or"
    NOT = "not"
    BINARY = "binary"  # text: the operator or "like", "is distinct from"
    PREFIX = "prefix"  # text: the operator
    IS = "is"  # text: "is not null" and the like
    IN = "in"  # args: what, then the items; text: "in" or "not in"
    ANY = "any"  # text: "= any", "<> all"
    CAST = "cast"  # text: the type as SQL
    COLLATE = "collate"  # text: the collation as SQL
    CALL = "call"  # text: the function as SQL
    EXTRACT = "extract"  # text: the field
    POSITION = "position"
    CASE = "case"  # args: pairs of when and then, then the else; text: "operand", "else" or both
    ARRAY = "array"
    ROW = "row"
    ITEM = "item"  # a subscript; args: what, which


@dataclass(frozen=True, slots=True)
class Node:
    """One node; equal when equal."""

    kind: Kind
    text: str = ""
    args: tuple[Node, ...] = ()

    def map(self, change: Callable[[Node], Node]) -> Node:
        """The tree with every node changed, leaves first."""
        args = tuple(arg.map(change) for arg in self.args)
        return change(self if args == self.args else Node(self.kind, self.text, args))


OR, AND, NOT, IS, COMPARE, LIKE, OTHER, ADD, MULTIPLY, POWER, ZONE, COLLATE, SIGN, ITEM, ATOM = (
    range(1, 16)
)

COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
PATTERNS = frozenset({"like", "not like", "ilike", "not ilike"})


def strength(operator: str) -> int:
    """How tightly a binary operator binds."""
    if operator in COMPARISONS:
        return COMPARE
    if operator in PATTERNS:
        return LIKE
    if operator.endswith("distinct from"):
        return IS
    if operator == "at time zone":
        return ZONE
    return {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "%": MULTIPLY, "^": POWER}.get(
        operator, OTHER
    )


def show(node: Node) -> str:
    """The tree as SQL."""
    return _SHOW[node.kind](node)


def _within(node: Node, least: int) -> str:
    """The node, in parentheses where it binds less tightly than ``least``."""
    text = show(node)
    return text if _binds(node) >= least else f"({text})"


def _binds(node: Node) -> int:
    if node.kind is Kind.BINARY:
        return strength(node.text)
    if node.kind is Kind.NUMBER and node.text.startswith("-"):
        return SIGN
    return {
        Kind.OR: OR,
        Kind.AND: AND,
        Kind.NOT: NOT,
        Kind.IS: IS,
        Kind.IN: LIKE,
        Kind.ANY: OTHER,
        Kind.PREFIX: OTHER if node.text not in "+-" else SIGN,
        Kind.COLLATE: COLLATE,
        Kind.ITEM: ITEM,
    }.get(node.kind, ATOM)


def _all(node: Node) -> str:
    return ", ".join(map(show, node.args))


def _name(node: Node) -> str:
    return ".".join(readable(n.text) for n in (*node.args, node))


def _logic(node: Node) -> str:
    least = _binds(node) + 1
    return f" {node.kind} ".join(_within(arg, least) for arg in node.args)


def _binary(node: Node) -> str:
    left, right = node.args
    least = strength(node.text)
    alone = least in (IS, COMPARE, LIKE)  # these cannot stand beside their like
    return f"{_within(left, least + alone)} {node.text} {_within(right, least + 1)}"


def _in(node: Node) -> str:
    what, *items = node.args
    return f"{_within(what, LIKE + 1)} {node.text} ({', '.join(map(show, items))})"


def _any(node: Node) -> str:
    return f"{_within(node.args[0], OTHER + 1)} {node.text} ({show(node.args[1])})"


def _prefix(node: Node) -> str:
    space = "" if node.text in "+-" and node.args[0].kind is not Kind.PREFIX else " "
    return f"{node.text}{space}{_within(node.args[0], SIGN + 1)}"


def _item(node: Node) -> str:
    what, which = node.args
    text = f"({show(what)})" if what.kind is Kind.CAST else _within(what, ATOM)
    return f"{text}[{show(which)}]"


def _case(node: Node) -> str:
    args = list(node.args)
    out = ["case"]
    if "operand" in node.text:
        out.append(show(args.pop(0)))
    final = args.pop() if "else" in node.text else None
    for when, then in zip(args[::2], args[1::2], strict=True):
        out.append(f"when {show(when)} then {show(then)}")
    if final is not None:
        out.append(f"else {show(final)}")
    return " ".join([*out, "end"])


_SHOW: dict[Kind, Callable[[Node], str]] = {
    Kind.NAME: _name,
    Kind.STRING: lambda n: literal(n.text),
    Kind.NUMBER: lambda n: n.text,
    Kind.WORD: lambda n: n.text,
    Kind.AND: _logic,
    Kind.OR: _logic,
    Kind.NOT: lambda n: f"not {_within(n.args[0], NOT)}",
    Kind.BINARY: _binary,
    Kind.PREFIX: _prefix,
    Kind.IS: lambda n: f"{_within(n.args[0], IS + 1)} {n.text}",
    Kind.IN: _in,
    Kind.ANY: _any,
    Kind.CAST: lambda n: f"{_within(n.args[0], ATOM)}::{n.text}",
    Kind.COLLATE: lambda n: f"{_within(n.args[0], COLLATE)} collate {n.text}",
    Kind.CALL: lambda n: f"{n.text}({_all(n)})",
    Kind.EXTRACT: lambda n: f"extract({n.text} from {show(n.args[0])})",
    Kind.POSITION: lambda n: f"position({_within(n.args[0], ATOM)} in {_within(n.args[1], ATOM)})",
    Kind.CASE: _case,
    Kind.ARRAY: lambda n: f"array[{_all(n)}]",
    Kind.ROW: lambda n: f"row({_all(n)})",
    Kind.ITEM: _item,
}
