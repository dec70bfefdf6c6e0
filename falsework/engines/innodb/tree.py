"""Expressions as trees, and trees as text: one spelling, parentheses only where they are needed.

Source of what binds how tightly: https://dev.mysql.com/doc/refman/9.7/en/expressions.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from falsework.engines.innodb.names import literal, readable


class Kind(StrEnum):
    """What a node is, with what ``text`` and ``args`` hold."""

    NAME = "name"  # a column; text: its name; args: the qualifier, if any
    STRING = "string"  # text: the value
    FOREIGN = "foreign"  # a string with another character set's introducer; text: as written
    BITS = "bits"  # text: hexadecimal digits as x'..', binary ones as b'..'
    NUMBER = "number"  # text: with its sign
    WORD = "word"  # null, current_user
    AND = "and"  # any number of args
    OR = "or"
    XOR = "xor"
    NOT = "not"
    TRUTH = "truth"  # text: "is true", "is not false"
    BINARY = "binary"  # text: the operator, "like", "not regexp"
    LIKE = "like"  # with an ESCAPE; text: "like" or "not like"; args: what, pattern, character
    IS = "is"  # text: "is null", "is not null"
    IN = "in"  # args: what, then the items; text: "in" or "not in"
    BETWEEN = "between"  # text: "between" or "not between"; args: what, low, high
    PREFIX = "prefix"  # text: the operator
    COLLATE = "collate"  # text: the collation
    CALL = "call"  # text: the function
    CAST = "cast"  # text: the type as SQL
    CONVERT = "convert"  # text: the character set
    INTERVAL = "interval"  # text: the unit; only beside + and -, or as an argument
    CASE = "case"  # args: pairs of when and then, then the else; text: "operand", "else" or both


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


(OR, XOR, AND, NOT, TRUTH, COMPARE, PREDICATE, BITOR, BITAND, SHIFT, ADD, MULTIPLY, POWER) = range(
    1, 14
)
SIGN, COLLATE, ATOM = range(14, 17)

COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">=", "<=>"})
PATTERNS = frozenset({"like", "not like", "regexp", "not regexp"})
_BINDS = {
    "|": BITOR,
    "&": BITAND,
    "<<": SHIFT,
    ">>": SHIFT,
    "+": ADD,
    "-": ADD,
    "*": MULTIPLY,
    "/": MULTIPLY,
    "%": MULTIPLY,
    "div": MULTIPLY,
    "^": POWER,
    "->": ATOM,
    "->>": ATOM,
}


def strength(operator: str) -> int:
    """How tightly a binary operator binds."""
    if operator in COMPARISONS:
        return COMPARE
    return PREDICATE if operator in PATTERNS else _BINDS[operator]


def show(node: Node) -> str:
    """The tree as SQL."""
    return _SHOW[node.kind](node)


def _within(node: Node, least: int) -> str:
    """The node, in parentheses where it binds less tightly than ``least``."""
    text = show(node)
    return text if binds(node) >= least else f"({text})"


def binds(node: Node) -> int:
    """How tightly the node itself binds."""
    if node.kind is Kind.BINARY:
        return strength(node.text)
    if node.kind is Kind.NUMBER and node.text.startswith("-"):
        return SIGN
    return {
        Kind.OR: OR,
        Kind.XOR: XOR,
        Kind.AND: AND,
        Kind.NOT: NOT,
        Kind.TRUTH: TRUTH,
        Kind.IS: COMPARE,
        Kind.IN: PREDICATE,
        Kind.BETWEEN: PREDICATE,
        Kind.LIKE: PREDICATE,
        Kind.PREFIX: SIGN,
        Kind.COLLATE: COLLATE,
    }.get(node.kind, ATOM)


def _all(node: Node) -> str:
    return ", ".join(map(show, node.args))


def _name(node: Node) -> str:
    return ".".join(readable(n.text) for n in (*node.args, node))


def _logic(node: Node) -> str:
    least = binds(node) + 1
    return f" {node.kind} ".join(_within(arg, least) for arg in node.args)


def _binary(node: Node) -> str:
    left, right = node.args
    least = strength(node.text)
    alone = least in (COMPARE, PREDICATE)  # a chain of these reads like something else
    return f"{_within(left, least + alone)} {node.text} {_within(right, least + 1)}"


def _after(node: Node, least: int) -> str:
    return f"{_within(node.args[0], least)} {node.text}"


def _in(node: Node) -> str:
    what, *items = node.args
    return f"{_within(what, BITOR)} {node.text} ({', '.join(map(show, items))})"


def _between(node: Node) -> str:
    what, low, high = (_within(arg, BITOR) for arg in node.args)
    return f"{what} {node.text} {low} and {high}"


def _like(node: Node) -> str:
    what, pattern, escape = node.args
    return f"{_within(what, BITOR)} {node.text} {_within(pattern, SIGN)} escape {show(escape)}"


def _prefix(node: Node) -> str:
    # Two signs in a row would begin a comment.
    return f"{node.text}{_within(node.args[0], SIGN + 1)}"


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
    Kind.FOREIGN: lambda n: n.text,
    Kind.BITS: lambda n: n.text,
    Kind.NUMBER: lambda n: n.text,
    Kind.WORD: lambda n: n.text,
    Kind.AND: _logic,
    Kind.OR: _logic,
    Kind.XOR: _logic,
    Kind.NOT: lambda n: f"not {_within(n.args[0], NOT)}",
    Kind.TRUTH: lambda n: _after(n, COMPARE),
    Kind.BINARY: _binary,
    Kind.LIKE: _like,
    Kind.IS: lambda n: _after(n, PREDICATE),
    Kind.IN: _in,
    Kind.BETWEEN: _between,
    Kind.PREFIX: _prefix,
    Kind.COLLATE: lambda n: f"{_within(n.args[0], COLLATE)} collate {n.text}",
    Kind.CALL: lambda n: f"{n.text}({_all(n)})",
    Kind.CAST: lambda n: f"cast({show(n.args[0])} as {n.text})",
    Kind.CONVERT: lambda n: f"convert({show(n.args[0])} using {n.text})",
    Kind.INTERVAL: lambda n: f"interval {_within(n.args[0], SIGN)} {n.text}",
    Kind.CASE: _case,
}
