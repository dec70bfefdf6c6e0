"""Expressions as trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a node is, with what ``text`` and ``args`` hold. No engine has all of them."""

    NAME = "name"  # a column; text: its name; args: the qualifier, if any
    STRING = "string"  # text: the value
    FOREIGN = "foreign"  # a string with another character set's introducer; text: as written
    BITS = "bits"  # text: hexadecimal digits as x'..', binary ones as b'..'
    NUMBER = "number"  # text: with its sign
    WORD = "word"  # true, null, current_date
    AND = "and"  # any number of args
    OR = "or"
    XOR = "xor"
    NOT = "not"
    TRUTH = "truth"  # text: "is true", "is not false", where these bind otherwise than IS
    BINARY = "binary"  # text: the operator, or "like", "is distinct from"
    LIKE = "like"  # with an ESCAPE; text: "like" or "not like"; args: what, pattern, character
    IS = "is"  # text: "is not null" and the like
    IN = "in"  # args: what, then the items; text: "in" or "not in"
    BETWEEN = "between"  # text: "between" or "not between"; args: what, low, high
    ANY = "any"  # text: "= any", "<> all"
    PREFIX = "prefix"  # text: the operator
    COLLATE = "collate"  # text: the collation as SQL
    CALL = "call"  # text: the function as SQL
    CAST = "cast"  # text: the type as SQL
    CONVERT = "convert"  # text: the character set
    INTERVAL = "interval"  # text: the unit; only beside + and -, or as an argument
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


def names(node: Node) -> Iterator[str]:
    """The columns that the tree names."""
    if node.kind is Kind.NAME:
        yield node.text
    for arg in node.args:
        yield from names(arg)


def flat(node: Node) -> Node:
    """``(a and b) and c`` is ``a and b and c``."""
    if node.kind not in (Kind.AND, Kind.OR, Kind.XOR):
        return node
    args: list[Node] = []
    for arg in node.args:
        args += arg.args if arg.kind is node.kind else (arg,)
    return Node(node.kind, "", tuple(args))
