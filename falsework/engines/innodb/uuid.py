"""A random UUID in every row, as SQL."""

from __future__ import annotations

from falsework.model.schema import SqlType

# RFC 9562, version 4: 122 random bits, and six that say so. UUID() itself is no such thing: it
# counts time. Every RANDOM_BYTES() is drawn per row.
_PARTS = (
    "hex(random_bytes(4))",
    "hex(random_bytes(2))",
    "concat('4', substr(hex(random_bytes(2)), 1, 3))",
    "concat(substr('89ab', 1 + floor(rand() * 4), 1), substr(hex(random_bytes(2)), 1, 3))",
    "hex(random_bytes(6))",
)
_DASHES = f"lower(concat_ws('-', {', '.join(_PARTS)}))"
_BARE = f"lower(concat({', '.join(_PARTS)}))"
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})


def new_uuid(type: SqlType) -> str | None:
    """A random UUID in the type's form; None: it does not fit."""
    length = type.args[0] if type.args else None
    if type == SqlType("binary", (16,)):
        return f"unhex({_BARE})"
    if type.name == "uuid":
        return _DASHES
    if type.name not in _TEXTS:
        return None
    if length is None or (isinstance(length, int) and length >= 36):
        return _DASHES
    return _BARE if isinstance(length, int) and length >= 32 else None
