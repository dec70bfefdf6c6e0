"""Values for columns, another one each time, and none that is special."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import types
from sqlalchemy.types import TypeEngine

BEGIN = datetime.fromisoformat("2014-05-12T00:00:00")


def values(type: TypeEngine[Any], start: int) -> Iterator[object]:
    """Values of the type without end; they begin to repeat only where the type has so few."""
    return (value(type, number) for number in count(start))


def value(type: TypeEngine[Any], number: int) -> object:
    """The value of that number. Raises NotImplementedError for a type without a rule here."""
    match type:
        case types.Enum():
            return type.enums[number % len(type.enums)]
        case types.String():
            return _text(type.length, number)
        case types.Boolean():
            return number % 2 == 0
        case types.SmallInteger():
            return number % 30_000
        case types.Integer():
            return number
        case types.Float():
            return float(number % 500_000)  # MySQL shows six digits of a FLOAT
        case types.Numeric():
            return Decimal(number).quantize(Decimal(1).scaleb(-(type.scale or 0)))
    return _rarer(type, number)


def _rarer(type: TypeEngine[Any], number: int) -> object:
    match type:
        case types.DateTime():
            return BEGIN + timedelta(seconds=number)
        case types.Date():
            return date(2014, 5, 12) + timedelta(days=number)
        case types.Time():
            return time(number // 3600 % 24, number // 60 % 60, number % 60)
        case types.Uuid():
            found = UUID(int=number, version=4)
            return found if type.as_uuid else str(found)
        case types.JSON():
            return {"number": number}
        case types.LargeBinary():
            return str(number).encode()
    raise NotImplementedError(f"no values for {type!r}")


def _text(length: int | None, number: int) -> str:
    if length is not None and length >= 36:
        return str(UUID(int=number, version=4))
    text = f"{number:x}"
    return text if length is None or len(text) <= length else text[-length:]
