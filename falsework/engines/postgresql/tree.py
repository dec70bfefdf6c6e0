"""How a tree is written on this server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from falsework.engines.expressions.printer import Printer
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.postgresql.names import literal, readable

OR, AND, NOT, IS, COMPARE, LIKE, OTHER, ADD, MULTIPLY, POWER, ZONE, COLLATE, SIGN, ITEM, ATOM = (
    range(1, 16)
)

COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
PATTERNS = frozenset({"like", "not like", "ilike", "not ilike"})


_BINDS = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "%": MULTIPLY, "^": POWER}


class _Printer(Printer):
    """Trees as this server reads them."""

    atom = ATOM
    sign = SIGN
    alone = frozenset({IS, COMPARE, LIKE})  # these cannot stand beside their like
    weakest: ClassVar[Mapping[Kind, int]] = {
        Kind.OR: OR,
        Kind.AND: AND,
        Kind.NOT: NOT,
        Kind.IS: IS,
        Kind.IN: LIKE,
        Kind.ANY: OTHER,
        Kind.COLLATE: COLLATE,
        Kind.ITEM: ITEM,
    }

    def __init__(self) -> None:
        super().__init__(
            {
                Kind.PREFIX: self._prefix,
                Kind.IS: lambda n: f"{self.within(n.args[0], IS + 1)} {n.text}",
                Kind.IN: self._in,
                Kind.ANY: self._any,
                Kind.CAST: lambda n: f"{self.within(n.args[0], ATOM)}::{n.text}",
                Kind.EXTRACT: lambda n: f"extract({n.text} from {self.show(n.args[0])})",
                Kind.POSITION: self._position,
                Kind.ARRAY: lambda n: f"array[{self.listed(n.args)}]",
                Kind.ROW: lambda n: f"row({self.listed(n.args)})",
                Kind.ITEM: self._item,
            }
        )

    def strength(self, operator: str) -> int:
        if operator in COMPARISONS:
            return COMPARE
        if operator in PATTERNS:
            return LIKE
        if operator.endswith("distinct from"):
            return IS
        if operator == "at time zone":
            return ZONE
        return _BINDS.get(operator, OTHER)

    def literal(self, text: str) -> str:
        return literal(text)

    def readable(self, name: str) -> str:
        return readable(name)

    def binds(self, node: Node) -> int:
        if node.kind is Kind.PREFIX:
            return SIGN if node.text in "+-" else OTHER
        return super().binds(node)

    def _in(self, node: Node) -> str:
        what, *items = node.args
        return f"{self.within(what, LIKE + 1)} {node.text} ({self.listed(tuple(items))})"

    def _any(self, node: Node) -> str:
        what, among = node.args
        return f"{self.within(what, OTHER + 1)} {node.text} ({self.show(among)})"

    def _prefix(self, node: Node) -> str:
        space = "" if node.text in "+-" and node.args[0].kind is not Kind.PREFIX else " "
        return f"{node.text}{space}{self.within(node.args[0], SIGN + 1)}"

    def _position(self, node: Node) -> str:
        part, what = (self.within(arg, ATOM) for arg in node.args)
        return f"position({part} in {what})"

    def _item(self, node: Node) -> str:
        what, which = node.args
        text = f"({self.show(what)})" if what.kind is Kind.CAST else self.within(what, ATOM)
        return f"{text}[{self.show(which)}]"


PRINTER = _Printer()
strength, show = PRINTER.strength, PRINTER.show
