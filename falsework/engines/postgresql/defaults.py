"""Server defaults: one text for what the server prints and people write, and how it behaves."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.postgresql.expressions import bare, understood
from falsework.engines.postgresql.rules import RELATIVE, rewritten
from falsework.engines.postgresql.tree import show
from falsework.engines.postgresql.types import spelled
from falsework.model.schema import Default, DefaultKind, SqlType

# provolatile = 's' in pg_proc: one value a statement.
STABLE = frozenset(
    """
    now statement_timestamp current_timestamp current_time localtime localtimestamp current_schema
    current_schemas current_database current_setting current_query timezone date_trunc to_char
    to_date to_timestamp to_json to_jsonb json_build_object jsonb_build_object json_build_array
    jsonb_build_array concat concat_ws format age txid_current pg_current_xact_id inet_client_addr
    inet_client_port pg_backend_pid
    """.split()
)
# provolatile = 'i': one value for ever.
CONSTANT = frozenset(
    """
    lower upper initcap btrim ltrim rtrim length char_length octet_length md5 sha256 repeat replace
    left right substring coalesce nullif greatest least abs round ceil ceiling floor power sqrt mod
    make_date make_time make_timestamp make_interval array_fill int4range int8range numrange
    daterange tsrange tstzrange jsonb_object json_object decode encode chr ascii reverse lpad rpad
    """.split()
)
STABLE_WORDS = frozenset(
    """current_date current_time localtime localtimestamp current_user session_user current_catalog
    current_schema system_user""".split()
)
_NUMERIC = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
_NUMERAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_BITS = re.compile(r"\s*[bB]('[01]*')\s*")


@lru_cache(maxsize=4096)
def normalized(text: str, type: SqlType) -> Default | None:
    """The default that the text gives a column of the type; None for a plain NULL."""
    bits = _BITS.fullmatch(text) if type.name.startswith("bit") else None
    written = understood(bits[1] if bits else text)
    if written is None:
        return Default(bare(text), DefaultKind.VOLATILE)
    node = _fitted(rewritten(written, {}), type)
    if node == Node(Kind.WORD, "null"):
        return None
    return Default(show(node), _kind(node))


def _fitted(node: Node, type: SqlType) -> Node:
    """A literal becomes the column's type by itself."""
    name = spelled(SqlType(type.name, (), type.flags))
    while node.kind is Kind.CAST and node.args[0].kind in (Kind.STRING, Kind.NUMBER):
        numbers = node.text in _NUMERIC and type.name in _NUMERIC
        if node.text not in (name, f'"{name}"') and not numbers:
            break
        (node,) = node.args
    if type.flags:
        return node
    if node.kind is Kind.STRING and type.name in _NUMERIC and _NUMERAL.fullmatch(node.text.strip()):
        return Node(Kind.NUMBER, _plainly(node.text.strip().removeprefix("+")))
    if node.kind is Kind.NUMBER and type.name in _NUMERIC:
        return Node(Kind.NUMBER, _plainly(node.text))
    if node.kind in (Kind.STRING, Kind.NUMBER) and type.name == "boolean":
        words = understood(f"'{node.text}'::boolean") if node.text.isalnum() else None
        return rewritten(words, {}) if words is not None else node
    return node


def _plainly(number: str) -> str:
    """Without an exponent: the server writes most numbers out."""
    return f"{Decimal(number).normalize():f}" if "e" in number.lower() else number


def _kind(node: Node) -> DefaultKind:
    """The most changeable part decides; a function that is not known is volatile."""
    if node.kind is Kind.CALL and node.text in ("nextval", "pg_catalog.nextval"):
        return DefaultKind.SEQUENCE
    order = list(DefaultKind)
    return max((_own_kind(node), *map(_kind, node.args)), key=order.index)


def _own_kind(node: Node) -> DefaultKind:
    if node.kind is Kind.CALL:
        if node.text in CONSTANT:
            return DefaultKind.CONSTANT
        return DefaultKind.STABLE if node.text in STABLE else DefaultKind.VOLATILE
    if node.kind is Kind.WORD and node.text in STABLE_WORDS:
        return DefaultKind.STABLE
    if node.kind is Kind.CAST and RELATIVE.match(_innermost_text(node)):
        return DefaultKind.STABLE
    if node.kind is Kind.BINARY and node.text == "at time zone":
        return DefaultKind.STABLE
    return DefaultKind.CONSTANT


def _innermost_text(node: Node) -> str:
    while node.kind is Kind.CAST:
        (node,) = node.args
    return node.text if node.kind is Kind.STRING else ""
