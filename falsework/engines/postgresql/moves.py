"""What a change of a column's type means for a client of the old type, and what it costs.

TRANSPARENT is said only where every old value reads the same through the new type. A change that
rounds, pads, cuts or reorders a value without an error is a CONVERSION, never a NARROWING: what
narrows must fail where it does not fit.
"""

from __future__ import annotations

from falsework.engines.postgresql.types import ZONED, element
from falsework.model.engine import Cost, Move, Version
from falsework.model.schema import SqlType

_INTEGERS = ("smallint", "integer", "bigint")
_VARYING = frozenset({"varchar", "text"})
_PRECISE = frozenset({"timestamp", "time", "interval"})
_UNBOUNDED = 1 << 30
_MOST = 6  # digits of a second

_REWRITE = Cost.REWRITE
_CONVERSION = (Move.CONVERSION, _REWRITE)


def type_move(old: SqlType, new: SqlType, version: Version) -> tuple[Move, Cost]:
    """The move and what it costs in place. A check over the column is read again in any case.

    Source: measured on 16 and 18 by relfilenode, for each pair that tests name.
    """
    if old == new:
        return Move.IDENTICAL, Cost.METADATA
    one, other = element(old), element(new)
    if one is not None and other is not None:
        return type_move(one, other, version)[0], _REWRITE
    if one is not None or other is not None:
        return _CONVERSION
    return (
        _integers(old, new)
        or _strings(old, new)
        or _numerics(old, new)
        or _times(old, new)
        or _floats(old, new)
        or _bits(old, new)
        or _CONVERSION
    )


def _integers(old: SqlType, new: SqlType) -> tuple[Move, Cost] | None:
    if old.name not in _INTEGERS or new.name not in _INTEGERS:
        return None
    wider = _INTEGERS.index(new.name) > _INTEGERS.index(old.name)
    return (Move.TRANSPARENT if wider else Move.NARROWING), _REWRITE


def _length(type: SqlType) -> int:
    return int(type.args[0]) if type.args else _UNBOUNDED


def _strings(old: SqlType, new: SqlType) -> tuple[Move, Cost] | None:
    if old.name not in _VARYING or new.name not in _VARYING:
        return None
    return _grown(_length(old), _length(new))


def _grown(old: int, new: int) -> tuple[Move, Cost]:
    if new >= old:
        return Move.TRANSPARENT, Cost.METADATA
    return Move.NARROWING, _REWRITE


def _numerics(old: SqlType, new: SqlType) -> tuple[Move, Cost] | None:
    """Without arguments a numeric keeps every digit; another scale would round."""
    if old.name != "numeric" or new.name != "numeric":
        return None
    if not new.args:
        return Move.TRANSPARENT, Cost.METADATA
    if not old.args:
        return None
    (digits, scale), (new_digits, new_scale) = _numbers(old), _numbers(new)
    if new_scale == scale:
        return _grown(digits, new_digits)
    if new_scale > scale and new_digits - new_scale >= digits - scale:
        return Move.TRANSPARENT, _REWRITE
    return None


def _numbers(type: SqlType) -> tuple[int, int]:
    return int(type.args[0]), int(type.args[1])


def _times(old: SqlType, new: SqlType) -> tuple[Move, Cost] | None:
    """More digits of a second, the zone unchanged. An interval of certain fields only is its own.

    Between timestamps with and without zone the meaning of every row depends on a setting.
    """
    if old.name != new.name or old.name not in _PRECISE or old.flags != new.flags:
        return None
    if old.name == "interval" and old.flags not in ((), (ZONED,)):
        return None
    before = int(old.args[0]) if old.args else _MOST
    after = int(new.args[0]) if new.args else _MOST
    return (Move.TRANSPARENT, Cost.METADATA) if after >= before else None


def _floats(old: SqlType, new: SqlType) -> tuple[Move, Cost] | None:
    if (old.name, new.name) == ("real", "double precision"):
        return Move.TRANSPARENT, _REWRITE
    return None


def _bits(old: SqlType, new: SqlType) -> tuple[Move, Cost] | None:
    if old.name != "bit varying" or new.name != "bit varying":
        return None
    return _grown(_length(old), _length(new)) if _length(new) >= _length(old) else None
