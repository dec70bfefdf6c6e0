"""One normal form for the many spellings of an expression.

The server keeps an expression as a tree and prints it with every cast it added by itself:
``status IN ('a', 'b')`` comes back as ``((status)::text = ANY ((ARRAY['a'::character varying,
...])::text[]))``. The normal form is valid SQL, and means what the text meant.
"""

from __future__ import annotations

from functools import lru_cache

from falsework.engines.expressions.tokens import NotUnderstood
from falsework.engines.expressions.tokens import bare as plainly
from falsework.engines.expressions.tree import Node, names
from falsework.engines.postgresql.grammar import parse
from falsework.engines.postgresql.rules import Types, rewritten
from falsework.engines.postgresql.tokens import tokens
from falsework.engines.postgresql.tree import show
from falsework.model.schema import SqlType


def normalized(text: str, types: Types | None = None) -> str:
    """The normal form; the text itself, its spaces apart, where it is not understood."""
    if types is None:
        return _normalized(text, ())
    return _normalized(text, tuple((n, types[n]) for n in _columns(text) if n in types))


@lru_cache(maxsize=4096)
def _normalized(text: str, types: tuple[tuple[str, SqlType], ...]) -> str:
    node = understood(text)
    return bare(text) if node is None else show(rewritten(node, dict(types)))


@lru_cache(maxsize=4096)
def _columns(text: str) -> tuple[str, ...]:
    """The columns that the text names: their types are all that its normal form depends on."""
    node = understood(text)
    return () if node is None else tuple(sorted(set(names(node))))


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
