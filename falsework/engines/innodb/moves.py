"""What a change of a column's type means for a client of the old type.

TRANSPARENT is said only where every old value reads the same through the new type. A change that
rounds, pads, cuts or reorders a value without an error is a CONVERSION, never a NARROWING: what
narrows must fail where it does not fit, as strict mode makes it do.
"""

from __future__ import annotations

from falsework.engines.innodb.labels import LISTING
from falsework.engines.innodb.types import INTEGERS, UNSIGNED, ZEROFILL
from falsework.model.engine import Move
from falsework.model.schema import SqlType

_LONG = {
    "text": ("tinytext", "text", "mediumtext", "longtext"),
    "blob": ("tinyblob", "blob", "mediumblob", "longblob"),
}
# Characters that surely fit: the bytes of the type by the widest character.
_ROOM = (2**8 // 4, 2**16 // 4, 2**24 // 4, 2**32 // 4)
_PRECISE = frozenset({"datetime", "timestamp", "time"})


def move(old: SqlType, new: SqlType) -> Move:
    """What the change means, whatever it costs."""
    if old == new or _display(old, new):
        return Move.IDENTICAL
    for rule in (_integers, _strings, _binaries, _decimals, _moments, _floats, _labels, _bits):
        found = rule(old, new)
        if found is not None:
            return found
    return Move.CONVERSION


def _display(old: SqlType, new: SqlType) -> bool:
    """``tinyint`` and ``tinyint(1)`` differ in the width that a terminal might use."""
    return old.name == new.name == "tinyint" and old.flags == new.flags


def _integers(old: SqlType, new: SqlType) -> Move | None:
    if old.name not in INTEGERS or new.name not in INTEGERS:
        return None
    if ZEROFILL in (*old.flags, *new.flags):
        return Move.CONVERSION
    was, becomes = INTEGERS.index(old.name), INTEGERS.index(new.name)
    if old.flags == new.flags:
        return Move.TRANSPARENT if becomes >= was else Move.NARROWING
    # A signed type one size up holds every unsigned value of the smaller one.
    if UNSIGNED in old.flags and becomes > was:
        return Move.TRANSPARENT
    return Move.NARROWING


def _strings(old: SqlType, new: SqlType) -> Move | None:
    sizes = (*_LONG["text"], "varchar")
    if old.name not in sizes or new.name not in sizes:
        return None
    if old.flags != new.flags:
        return None  # another character set comes with another collation
    return Move.TRANSPARENT if _room(new) >= _room(old, most=True) else Move.NARROWING


def _room(type: SqlType, *, most: bool = False) -> int:
    """Characters that the type surely holds, or at most."""
    if type.name == "varchar":
        return int(type.args[0]) if type.args else 0
    place = _LONG["text"].index(type.name)
    return _ROOM[place] * 4 if most else _ROOM[place]


def _binaries(old: SqlType, new: SqlType) -> Move | None:
    sizes = _LONG["blob"]
    if old.name == new.name == "varbinary":
        return _grown(int(old.args[0]), int(new.args[0]))
    if old.name == "varbinary" and new.name in sizes:
        return _grown(int(old.args[0]), 4 * _ROOM[sizes.index(new.name)] - 1)
    if old.name in sizes and new.name in sizes:
        return _grown(sizes.index(old.name), sizes.index(new.name))
    return None


def _grown(old: int, new: int) -> Move:
    return Move.TRANSPARENT if new >= old else Move.NARROWING


def _decimals(old: SqlType, new: SqlType) -> Move | None:
    """Another scale would round; a larger one that leaves room for the whole part reads alike."""
    if old.name != "decimal" or new.name != "decimal" or old.flags != new.flags:
        return None
    digits, scale = map(int, old.args)
    new_digits, new_scale = map(int, new.args)
    if new_scale == scale:
        return _grown(digits, new_digits)
    if new_scale > scale and new_digits - new_scale >= digits - scale:
        return Move.TRANSPARENT
    return None


def _moments(old: SqlType, new: SqlType) -> Move | None:
    """More digits of a second; fewer would round."""
    if old.name != new.name or old.name not in _PRECISE:
        return None
    before, after = (int(t.args[0]) if t.args else 0 for t in (old, new))
    return Move.TRANSPARENT if after >= before else None


def _floats(old: SqlType, new: SqlType) -> Move | None:
    if (old.name, new.name) == ("float", "double") and not old.args and not new.args:
        return Move.TRANSPARENT if old.flags == new.flags else None
    return None


def _labels(old: SqlType, new: SqlType) -> Move | None:
    """Values keep their names wherever they stand in the list.

    A row that holds one that goes stops the statement in strict mode (error 1265).
    """
    if old.name != new.name or old.name not in LISTING or old.flags != new.flags:
        return None
    return Move.TRANSPARENT if {*old.args} <= {*new.args} else Move.NARROWING


def _bits(old: SqlType, new: SqlType) -> Move | None:
    """A wider BIT comes back with more bytes."""
    return Move.CONVERSION if old.name == new.name == "bit" else None
