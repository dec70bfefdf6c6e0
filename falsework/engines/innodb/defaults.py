"""Server defaults: one text for what the servers print and people write, and how it behaves."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.innodb.expressions import bare, rewritten, understood
from falsework.engines.innodb.tree import show
from falsework.engines.innodb.types import INTEGERS, TEXTS
from falsework.model.schema import Default, DefaultKind, SqlType

NOW = "current_timestamp"

# One value a statement.
STABLE = frozenset(
    f"""
    {NOW} current_date current_time utc_date utc_time utc_timestamp unix_timestamp current_user
    user session_user system_user database connection_id version current_role
    """.split()
)
# One value for ever.
CONSTANT = frozenset(
    """
    lower upper concat concat_ws trim ltrim rtrim length char_length bit_length ascii ord char hex
    unhex md5 sha1 sha2 repeat replace reverse left right substr substring_index lpad rpad space
    coalesce ifnull nullif if greatest least abs round ceil floor truncate pow sqrt exp ln log
    log2 log10 sign mod pi bin oct conv crc32 format to_base64 from_base64 json_array json_object
    json_quote json_extract json_unquote json_valid point st_geomfromtext inet_aton inet_ntoa
    inet6_aton inet6_ntoa uuid_to_bin bin_to_uuid makedate maketime date day month year hour minute
    second date_format str_to_date timestamp from_days to_days last_day elt field locate
    """.split()
)
NUMERIC = frozenset({*INTEGERS, "decimal", "float", "double", "year"})
# These take a default only as an expression, in parentheses.
LONG = frozenset(
    """
    tinytext text mediumtext longtext tinyblob blob mediumblob longblob json geometry point
    linestring polygon multipoint multilinestring multipolygon geomcollection
    """.split()
)
_MOMENTS = frozenset({"datetime", "timestamp"})
_NUMERAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_ON_UPDATE = re.compile(r"\s+on\s+update\s+", re.IGNORECASE)


def split_on_update(text: str) -> tuple[str, str | None]:
    """The default, and what the column becomes at each UPDATE, where the text says both."""
    parts = _ON_UPDATE.split(text, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else None


@lru_cache(maxsize=4096)
def normalized(text: str, type: SqlType) -> Default | None:
    """The default that the text gives a column of the type; None for a plain NULL.

    What follows ON UPDATE stays behind it, in normal form as well.
    """
    text, update = split_on_update(text)
    default = _normalized(text, type)
    if update is None or default is None:
        return default
    return Default(f"{default.text} on update {moment(update)}", default.kind)


def moment(text: str) -> str:
    """``CURRENT_TIMESTAMP(6)`` as this package spells it."""
    node = understood(text)
    return bare(text) if node is None else show(rewritten(node))


def _normalized(text: str, type: SqlType) -> Default | None:
    written = understood(text)
    if written is None:
        return Default(bare(text), DefaultKind.VOLATILE)
    node = _fitted(rewritten(written), type)
    if node == Node(Kind.WORD, "null"):
        return None
    return Default(show(node), _kind(node))


def _fitted(node: Node, type: SqlType) -> Node:
    """A literal as the server prints it for the column's type."""
    if node.kind not in (Kind.STRING, Kind.NUMBER, Kind.BITS):
        return node
    if type.name in NUMERIC:
        if node.kind is Kind.BITS or not _NUMERAL.fullmatch(node.text):
            return node
        return Node(Kind.NUMBER, _number(node.text.strip(), type))
    if type.name in TEXTS and node.kind is Kind.NUMBER:
        return Node(Kind.STRING, node.text)
    if type.name == "bit" and (number := _integer(node)) is not None:
        return Node(Kind.BITS, f"b'{number:b}'")
    if type.name in ("binary", "varbinary"):
        return _bytes(node, type)
    if type.name in _MOMENTS and node.kind is Kind.STRING:
        return Node(Kind.STRING, _moment(node.text, type))
    return node


def _bytes(node: Node, type: SqlType) -> Node:
    """Bytes as the column holds them: one of the servers fills up those of a fixed length."""
    text = f"x'{node.text.encode().hex()}'" if node.kind is Kind.STRING else node.text
    if node.kind is Kind.NUMBER or text[0] != "x":
        return node
    length = 2 * int(type.args[0]) if type.name == "binary" and type.args else 0
    return Node(Kind.BITS, f"x'{text[2:-1].ljust(length, '0')}'")


def _integer(node: Node) -> int | None:
    """The value of an integer or of bits."""
    if node.kind is Kind.NUMBER:
        return int(node.text) if node.text.isdecimal() else None
    if node.kind is Kind.BITS:
        return int(node.text[2:-1] or "0", 16 if node.text[0] == "x" else 2)
    return None


def _number(text: str, type: SqlType) -> str:
    try:
        value = Decimal(text)
        if type.name == "decimal":
            return f"{value.quantize(Decimal(1).scaleb(-int(type.args[1]))):f}"
        if type.name in ("float", "double"):
            return f"{value.normalize():f}"
        return f"{value.quantize(Decimal(1)):f}"
    except (InvalidOperation, IndexError):
        return text


def _moment(text: str, type: SqlType) -> str:
    """With hours, and as many digits of a second as the column has."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        text += " 00:00:00"
    digits = int(type.args[0]) if type.args else 0
    if digits and re.fullmatch(r"[\d-]+ \d\d:\d\d:\d\d", text):
        text += "." + "0" * digits
    return text


def _kind(node: Node) -> DefaultKind:
    """The most changeable part decides; a function that is not known is volatile."""
    order = list(DefaultKind)
    return max((_own_kind(node), *map(_kind, node.args)), key=order.index)


def _own_kind(node: Node) -> DefaultKind:
    if node.kind is Kind.CALL:
        if node.text in CONSTANT:
            return DefaultKind.CONSTANT
        return DefaultKind.STABLE if node.text in STABLE else DefaultKind.VOLATILE
    return DefaultKind.VOLATILE if node.kind is Kind.NAME else DefaultKind.CONSTANT


def plain(default: Default, type: SqlType) -> bool:
    """Whether the default is a literal or the current time, which need no parentheses."""
    if type.name in LONG:
        return False
    node = understood(default.text)
    if node is None:
        return False
    if node.kind is Kind.CALL and node.text == NOW:
        return type.name in _MOMENTS
    return node.kind in (Kind.STRING, Kind.NUMBER, Kind.BITS, Kind.FOREIGN)


def spelled(default: Default, type: SqlType) -> str:
    """What follows the word DEFAULT."""
    return default.text if plain(default, type) else f"({default.text})"
