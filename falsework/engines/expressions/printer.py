"""Trees as text: one spelling, parentheses only where they are needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from falsework.engines.expressions.tree import Kind, Node

Show = Callable[[Node], str]


class Printer(ABC):
    """How one engine writes a tree.

    ``forms``    how each kind of node is written, besides those that all engines write alike
    ``weakest``  how tightly each kind binds that is no binary operator; others are atoms
    ``alone``    strengths of operators that cannot stand beside their like
    """

    atom: ClassVar[int]
    sign: ClassVar[int]
    weakest: ClassVar[Mapping[Kind, int]]
    alone: ClassVar[frozenset[int]]

    def __init__(self, forms: Mapping[Kind, Show]) -> None:
        self._show: dict[Kind, Show] = {
            Kind.NAME: self._name,
            Kind.STRING: lambda n: self.literal(n.text),
            Kind.NUMBER: lambda n: n.text,
            Kind.WORD: lambda n: n.text,
            Kind.AND: self._logic,
            Kind.OR: self._logic,
            Kind.XOR: self._logic,
            Kind.NOT: lambda n: f"not {self.within(n.args[0], self.binds(n))}",
            Kind.BINARY: self._binary,
            Kind.COLLATE: lambda n: f"{self.within(n.args[0], self.binds(n))} collate {n.text}",
            Kind.CALL: lambda n: f"{n.text}({self.listed(n.args)})",
            Kind.CASE: self._case,
            **forms,
        }

    @abstractmethod
    def strength(self, operator: str) -> int:
        """How tightly a binary operator binds."""

    @abstractmethod
    def literal(self, text: str) -> str:
        """A string as SQL."""

    @abstractmethod
    def readable(self, name: str) -> str:
        """A name, in quotes only where it needs them."""

    def show(self, node: Node) -> str:
        """The tree as SQL."""
        return self._show[node.kind](node)

    def within(self, node: Node, least: int) -> str:
        """The node, in parentheses where it binds less tightly than ``least``."""
        text = self.show(node)
        return text if self.binds(node) >= least else f"({text})"

    def binds(self, node: Node) -> int:
        """How tightly the node itself binds."""
        if node.kind is Kind.BINARY:
            return self.strength(node.text)
        if node.kind is Kind.NUMBER and node.text.startswith("-"):
            return self.sign
        return self.weakest.get(node.kind, self.atom)

    def listed(self, nodes: tuple[Node, ...]) -> str:
        """The nodes between commas."""
        return ", ".join(map(self.show, nodes))

    def _name(self, node: Node) -> str:
        return ".".join(self.readable(n.text) for n in (*node.args, node))

    def _logic(self, node: Node) -> str:
        least = self.binds(node) + 1
        return f" {node.kind} ".join(self.within(arg, least) for arg in node.args)

    def _binary(self, node: Node) -> str:
        left, right = node.args
        least = self.strength(node.text)
        first = self.within(left, least + (least in self.alone))
        return f"{first} {node.text} {self.within(right, least + 1)}"

    def _case(self, node: Node) -> str:
        args = list(node.args)
        out = ["case"]
        if "operand" in node.text:
            out.append(self.show(args.pop(0)))
        final = args.pop() if "else" in node.text else None
        for when, then in zip(args[::2], args[1::2], strict=True):
            out.append(f"when {self.show(when)} then {self.show(then)}")
        if final is not None:
            out.append(f"else {self.show(final)}")
        return " ".join([*out, "end"])
