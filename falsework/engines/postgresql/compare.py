"""Whether two normal forms say the same: yes, no, or it cannot be told.

Two calls, casts or texts such as dates, which the server prints in its own way, stay undecided.
"""

from __future__ import annotations

from falsework.engines.expressions import compare
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.postgresql.expressions import bare, understood


def same(one: str, other: str) -> bool | None:
    """Whether two expressions in normal form say the same; None where it cannot be decided."""
    if one == other:
        return True
    first, second = understood(one), understood(other)
    if first is None or second is None:
        return True if bare(one) == bare(other) else None
    return compare.same(first.map(_uncast), second.map(_uncast))


def _uncast(node: Node) -> Node:
    """Casts say nothing here: the server adds and drops them."""
    return node.args[0] if node.kind is Kind.CAST else node
