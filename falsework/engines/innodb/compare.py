"""Whether two normal forms say the same: yes, no, or it cannot be told."""

from __future__ import annotations

from falsework.engines.expressions import compare
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.innodb.expressions import bare, rewritten, truth, understood

_VALUES = frozenset({Kind.CALL, Kind.STRING, Kind.NUMBER, Kind.BITS, Kind.WORD})


def same(one: str, other: str) -> bool | None:
    """Whether two expressions in normal form say the same; None where it cannot be decided."""
    if one == other:
        return True
    first, second = understood(one), understood(other)
    if first is None or second is None:
        return True if bare(one) == bare(other) else None
    if first.kind in _VALUES and second.kind in _VALUES:  # of defaults: no condition is a value
        return compare.same(rewritten(first), rewritten(second))
    return compare.same(_plain(first), _plain(second))


def _plain(node: Node) -> Node:
    """As a condition, by all rules; columns have names in any case."""
    return truth(rewritten(node)).map(
        lambda n: Node(n.kind, n.text.casefold(), n.args) if n.kind is Kind.NAME else n
    )
