"""One normal form for the many spellings of an expression.

The servers keep an expression as a tree and print it in their own words: ``NOT a = 1`` comes back
as ``a <> 1``, ``lower(s)`` as ``lcase(s)``, a value that stands for a truth as ``0 <> flag``. The
rules below take these words back. The normal form is valid SQL, and means what the text meant.
Source: measured on MySQL 9.7 and MariaDB 10.11 and 11.8, for each pair that tests name.
"""

from __future__ import annotations

from functools import lru_cache

from falsework.engines.expressions.tokens import NotUnderstood
from falsework.engines.expressions.tokens import bare as plainly
from falsework.engines.expressions.tree import Kind, Node, flat
from falsework.engines.innodb import tree as t
from falsework.engines.innodb.grammar import parse
from falsework.engines.innodb.tokens import tokens
from falsework.engines.innodb.tree import show

_SYNONYMS = {
    "lcase": "lower",
    "ucase": "upper",
    "octet_length": "length",
    "character_length": "char_length",
    "now": "current_timestamp",
    "localtime": "current_timestamp",
    "localtimestamp": "current_timestamp",
    "curdate": "current_date",
    "curtime": "current_time",
    "power": "pow",
    "ceiling": "ceil",
    "dayofmonth": "day",
    "schema": "database",
    "sha": "sha1",
}
_OPERATIONS = {"mod": "%", "regexp_like": "regexp"}
_OPPOSITE = {
    "=": "<>",
    "<>": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "like": "not like",
    "not like": "like",
    "regexp": "not regexp",
    "not regexp": "regexp",
    "in": "not in",
    "not in": "in",
    "between": "not between",
    "not between": "between",
    "is null": "is not null",
    "is not null": "is null",
}
_MIRRORED = {"=": "=", "<>": "<>", "<=>": "<=>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_LITERALS = frozenset({Kind.STRING, Kind.FOREIGN, Kind.BITS, Kind.NUMBER})
_NEGATED = frozenset({Kind.BINARY, Kind.LIKE, Kind.IN, Kind.BETWEEN, Kind.IS})
_TRUTHS = frozenset({Kind.AND, Kind.OR, Kind.XOR, Kind.NOT, Kind.TRUTH, *_NEGATED - {Kind.BINARY}})
_ZERO = Node(Kind.NUMBER, "0")
# Functions that answer yes or no: the server takes them for truths as they are.
_PREDICATES = frozenset({"json_valid", "isnull", "json_contains", "json_overlaps", "is_uuid"})


@lru_cache(maxsize=4096)
def normalized(text: str) -> str:
    """The normal form of a value; the text itself, its spaces apart, where not understood."""
    node = understood(text)
    return bare(text) if node is None else show(rewritten(node))


@lru_cache(maxsize=4096)
def condition(text: str) -> str:
    """The normal form of what must be true: of a check."""
    node = understood(text)
    return bare(text) if node is None else show(truth(rewritten(node)))


@lru_cache(maxsize=4096)
def understood(text: str) -> Node | None:
    """The tree as it is written, or None."""
    try:
        return parse(text)
    except NotUnderstood:
        return None


def bare(text: str) -> str:
    """Text that no tree was made of."""
    return plainly(text, tokens)


def rewritten(node: Node) -> Node:
    """The tree by all rules, leaves first."""

    def change(one: Node) -> Node:
        for rule in (_same_word, flat, _single, _turned, _logic, _negation):
            one = rule(one)
        return one

    return node.map(change)


def truth(node: Node) -> Node:
    """The node as a condition: a number is one where it is not zero."""
    if node.kind in _TRUTHS or node.kind in _LITERALS or node.kind is Kind.WORD:
        return node
    if node.kind is Kind.BINARY and t.strength(node.text) in (t.COMPARE, t.PREDICATE):
        return node
    if node.kind is Kind.CALL and node.text in _PREDICATES:
        return node
    return Node(Kind.BINARY, "<>", (node, _ZERO))


# Rules ---------------------------------------------------------------------------------------


def _same_word(node: Node) -> Node:
    """Two words for one thing."""
    if node.kind is Kind.BINARY and node.text in ("->", "->>"):
        part = Node(Kind.CALL, "json_extract", node.args)
        return part if node.text == "->" else Node(Kind.CALL, "json_unquote", (part,))
    if node.kind is not Kind.CALL:
        return node
    args = node.args
    if node.text in _OPERATIONS and len(args) == 2:
        return Node(Kind.BINARY, _OPERATIONS[node.text], args)
    if node.text == "isnull" and len(args) == 1:
        return Node(Kind.IS, "is null", args)
    text = _SYNONYMS.get(node.text, node.text)
    if text == "current_timestamp" and args == (_ZERO,):
        args = ()
    return Node(Kind.CALL, text, args)


def _single(node: Node) -> Node:
    """IN of one is ``=``; minus a number is a number."""
    if node.kind is Kind.IN and len(node.args) == 2:
        return Node(Kind.BINARY, "=" if node.text == "in" else "<>", node.args)
    if node.kind is Kind.PREFIX and node.text == "-" and node.args[0].kind is Kind.NUMBER:
        return Node(Kind.NUMBER, f"-{node.args[0].text}".removeprefix("--"))
    return node


def _turned(node: Node) -> Node:
    """In a comparison the literal stands on the right."""
    if node.kind is Kind.BINARY and node.text in _MIRRORED:
        left, right = node.args
        if left.kind in _LITERALS and right.kind not in _LITERALS:
            return Node(Kind.BINARY, _MIRRORED[node.text], (right, left))
    return node


def _logic(node: Node) -> Node:
    """What stands beside AND, OR, XOR is a condition; what IS TRUE need not be one."""
    if node.kind in (Kind.AND, Kind.OR, Kind.XOR):
        return Node(node.kind, "", tuple(map(truth, node.args)))
    if node.kind is Kind.TRUTH:
        (arg,) = node.args
        if arg.kind is Kind.BINARY and arg.text == "<>" and arg.args[1] == _ZERO:
            return Node(Kind.TRUTH, node.text, arg.args[:1])
    return node


def _negation(node: Node) -> Node:
    """NOT goes into what it denies, where that has an opposite (NULL stays NULL)."""
    if node.kind is not Kind.NOT:
        return node
    arg = truth(node.args[0])
    if arg.kind is Kind.NOT:
        return truth(arg.args[0])
    if arg.kind in _NEGATED and arg.text in _OPPOSITE:
        return Node(arg.kind, _OPPOSITE[arg.text], arg.args)
    if arg.kind in (Kind.AND, Kind.OR):
        other = Kind.OR if arg.kind is Kind.AND else Kind.AND
        return Node(other, "", tuple(_negation(Node(Kind.NOT, "", (a,))) for a in arg.args))
    return Node(Kind.NOT, "", (arg,))
