"""How a tree is written on these servers.

Source of what binds how tightly: https://dev.mysql.com/doc/refman/9.7/en/expressions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from falsework.engines.expressions.printer import Printer
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.innodb.names import literal, readable

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


class _Printer(Printer):
    """Trees as these servers read them."""

    atom = ATOM
    sign = SIGN
    alone = frozenset({COMPARE, PREDICATE})  # a chain of these reads like something else
    weakest: ClassVar[Mapping[Kind, int]] = {
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
    }

    def __init__(self) -> None:
        super().__init__(
            {
                Kind.FOREIGN: lambda n: n.text,
                Kind.BITS: lambda n: n.text,
                Kind.TRUTH: lambda n: self._after(n, COMPARE),
                Kind.LIKE: self._like,
                Kind.IS: lambda n: self._after(n, PREDICATE),
                Kind.IN: self._in,
                Kind.BETWEEN: self._between,
                # Two signs in a row would begin a comment.
                Kind.PREFIX: lambda n: f"{n.text}{self.within(n.args[0], SIGN + 1)}",
                Kind.CAST: lambda n: f"cast({self.show(n.args[0])} as {n.text})",
                Kind.CONVERT: lambda n: f"convert({self.show(n.args[0])} using {n.text})",
                Kind.INTERVAL: lambda n: f"interval {self.within(n.args[0], SIGN)} {n.text}",
            }
        )

    def strength(self, operator: str) -> int:
        if operator in COMPARISONS:
            return COMPARE
        return PREDICATE if operator in PATTERNS else _BINDS[operator]

    def literal(self, text: str) -> str:
        return literal(text)

    def readable(self, name: str) -> str:
        return readable(name)

    def _after(self, node: Node, least: int) -> str:
        return f"{self.within(node.args[0], least)} {node.text}"

    def _in(self, node: Node) -> str:
        what, *items = node.args
        return f"{self.within(what, BITOR)} {node.text} ({self.listed(tuple(items))})"

    def _between(self, node: Node) -> str:
        what, low, high = (self.within(arg, BITOR) for arg in node.args)
        return f"{what} {node.text} {low} and {high}"

    def _like(self, node: Node) -> str:
        what, pattern, escape = node.args
        shown = f"{self.within(what, BITOR)} {node.text} {self.within(pattern, SIGN)}"
        return f"{shown} escape {self.show(escape)}"


PRINTER = _Printer()
strength, show = PRINTER.strength, PRINTER.show
