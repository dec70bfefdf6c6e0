"""Values for columns of a type: ordinary ones that differ from each other, and the extremes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Time,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from falsework.errors import Refused

LONGEST = 100_000  # characters of a text: more says nothing new, and takes long
LONG = 10_000  # characters in a column without limit; an index still takes them, compressed


class Style(StrEnum):
    """How a row is made up."""

    PLAIN = "plain"
    LOW = "low"
    HIGH = "high"
    DEFAULT = "default"  # as the server's constant default would have it


class Fresh:
    """An endless supply of values that occur nowhere else.

    ``start``  any number; two traffics on one database need two that lie far apart
    """

    def __init__(self, start: int) -> None:
        self._numbers = count(start)

    def value(self, type: TypeEngine[Any], unlike: object = None) -> object:
        """A value of the type, another one each time as far as the type has so many."""
        makers = _makers(type)
        drawn = (makers.plain(next(self._numbers)) for _ in range(_TRIES))
        return next((v for v in drawn if v != unlike), unlike)

    def longest(self, type: TypeEngine[Any]) -> object:
        """A value as long as the type takes, another one each time; any value if it has none."""
        value = self.value(type)
        if isinstance(value, str) and isinstance(type, String) and not isinstance(type, Enum):
            return value.ljust(_length(type), "x")
        return value

    def lowest(self, type: TypeEngine[Any]) -> object:
        """A value below zero where the type has such, another one each time; else any value."""
        value = self.value(type)
        signed = not isinstance(value, bool) and not getattr(type, "unsigned", False)
        return -value if signed and isinstance(value, int | float | Decimal) else value


_TRIES = 8  # an enumeration may repeat a label so often, and not have another one at all


def extreme(type: TypeEngine[Any], style: Style) -> object:
    """The type's lowest value for LOW, its highest or longest for HIGH."""
    makers = _makers(type)
    return makers.low if style is Style.LOW else makers.high


class _Makers:
    """The values of one type."""

    def __init__(self, plain: Callable[[int], object], low: object, high: object) -> None:
        self.plain = plain
        self.low = low
        self.high = high


def _length(type: TypeEngine[Any]) -> int:
    length = getattr(type, "length", None) or _ROOM.get(_name(type), LONG)
    return min(length, LONGEST)


def _name(type: TypeEngine[Any]) -> str:
    """What SQL calls it: dialects have types of their own that say no more in Python."""
    return type.__visit_name__.upper()


_ROOM = {"TINYTEXT": 63, "TINYBLOB": 255}  # characters of four bytes, and bytes
_BITS = {"TINYINT": 8, "MEDIUMINT": 24}


def _text(type: String) -> _Makers:
    length = _length(type)

    def plain(number: int) -> str:
        written = f"{number:x}"
        return f"fw-{written}" if length >= len(written) + 3 else written[-length:]

    return _Makers(plain, "", "x" * length)


def _choice(type: Enum) -> _Makers:
    labels = type.enums
    return _Makers(lambda number: labels[number % len(labels)], labels[0], labels[-1])


def _labels(type: Any) -> _Makers:  # noqa: ANN401 - a dialect's own
    labels = list(type.values)
    return _Makers(lambda number: labels[number % len(labels)], "", ",".join(labels))


def _whole(bits: int, type: TypeEngine[Any]) -> _Makers:
    """Ordinary ones from the upper half, where neither a counter nor a small constant gets to."""
    top = 2 ** (_BITS.get(_name(type), bits) - 1)
    half = top // 2
    unsigned = getattr(type, "unsigned", False)
    low, high = (0, 2 * top - 1) if unsigned else (-top, top - 1)
    return _Makers(lambda number: half + number % (half - 1), low, high)


def _float(type: TypeEngine[Any]) -> _Makers:
    return _Makers(float, 0.0 if getattr(type, "unsigned", False) else -1e30, 1e30)


def _decimal(type: Numeric[Any]) -> _Makers:
    scale = type.scale or 0
    whole = max((type.precision or 10) - scale, 0)
    high = Decimal(10) ** whole - Decimal(10) ** -scale

    def plain(number: int) -> Decimal:
        return Decimal(number % 10**whole).quantize(Decimal(10) ** -scale)

    low = Decimal(0) if getattr(type, "unsigned", False) else -high
    return _Makers(plain, low, high)


def _bytes(type: TypeEngine[Any]) -> _Makers:
    """Always whole: what is filled up to its length is not found by less."""
    length = _length(type)
    size = length if _name(type) == "BINARY" else min(8, length)

    def plain(number: int) -> bytes:
        return int(number % 256 ** min(size, 8)).to_bytes(size, "big")

    return _Makers(plain, bytes(size if _name(type) == "BINARY" else 0), bytes(length))


def _moment(type: DateTime) -> _Makers:
    # A year from either end: a client may shift what it reads into a zone of its own.
    tz = UTC if type.timezone else None
    start = datetime(2000, 1, 1, tzinfo=tz)
    low, high = datetime(2, 1, 1, tzinfo=tz), datetime(9998, 12, 31, 23, 59, 59, tzinfo=tz)
    if _name(type) == "TIMESTAMP":  # some servers count its seconds in 32 bits
        low, high = datetime(1971, 1, 1, tzinfo=tz), datetime(2037, 1, 1, tzinfo=tz)
    return _Makers(lambda number: start + timedelta(seconds=number % 10**9), low, high)


def _list(type: ARRAY[Any]) -> _Makers:
    one = _makers(type.item_type)
    return _Makers(lambda number: [one.plain(number)], [], [one.low, one.high])


_DAY = date(2000, 1, 1)
_SECOND = timedelta(seconds=1)

# The first that fits; a subclass stands before its base.
_TYPES: tuple[tuple[type[Any], Callable[[Any], _Makers]], ...] = (
    (Enum, _choice),
    (String, _text),
    (Boolean, lambda _: _Makers(lambda number: bool(number % 2), False, True)),
    (BigInteger, lambda t: _whole(64, t)),
    (SmallInteger, lambda t: _whole(16, t)),
    (Integer, lambda t: _whole(32, t)),
    (Float, _float),
    (Numeric, _decimal),
    (DateTime, _moment),
    (Date, lambda _: _Makers(lambda n: _DAY + timedelta(n % 20_000), date.min, date.max)),
    (
        Time,
        lambda _: _Makers(
            lambda n: time(n // 3600 % 24, n // 60 % 60, n % 60), time.min, time(23, 59, 59)
        ),
    ),
    (Interval, lambda _: _Makers(lambda n: n % 10**6 * _SECOND, -_SECOND, 10**6 * _SECOND)),
    (Uuid, lambda t: _uuid(as_uuid=bool(t.as_uuid))),
    (LargeBinary, _bytes),
    (JSON, lambda _: _Makers(lambda n: {"n": n}, {}, {"x": ["x" * LONG]})),
    (ARRAY, _list),
)


# Those that no class of SQLAlchemy's own stands for.
_BY_NAME: dict[str, Callable[[Any], _Makers]] = {
    **dict.fromkeys(("BINARY", "VARBINARY", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB"), _bytes),
    "SET": _labels,
    "YEAR": lambda _: _Makers(lambda number: 1902 + number % 250, 1901, 2155),
}


def _uuid(*, as_uuid: bool) -> _Makers:
    def made(number: int) -> object:
        value = UUID(int=number)
        return value if as_uuid else str(value)

    return _Makers(lambda number: made(number % 2**120), made(0), made(2**128 - 1))


@lru_cache(maxsize=4096)
def _makers(type: TypeEngine[Any]) -> _Makers:
    if _name(type) in _BY_NAME:
        return _BY_NAME[_name(type)](type)
    for known, make in _TYPES:
        if isinstance(type, known):
            return make(type)
    raise Refused(
        f"no statements can be made up for a column of type {type!r}",
        why="nobody said which values it takes",
        do="leave its table out",
    )
