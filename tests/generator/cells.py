"""What is known of a value that a run shall leave in a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Something:
    """Any value but NULL: the clock's, or a random one."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What the server computes from the row, NULL among it: the prediction knows no SQL."""


@dataclass(frozen=True, slots=True)
class FreshUuid:
    """A valid UUID that no other row of the column holds."""


@dataclass(frozen=True)
class Either:
    """One of several: it depends on what came first, the write or the fill."""

    options: tuple[object, ...]


SOMETHING, COMPUTED, FRESH_UUID = Something(), Computed(), FreshUuid()


def either(options: Iterable[object]) -> object:
    """The one option, or what stands for several."""
    flat: list[object] = []
    for option in options:
        flat.extend(option.options if isinstance(option, Either) else (option,))
    distinct = [o for n, o in enumerate(flat) if o not in flat[:n]]
    return distinct[0] if len(distinct) == 1 else Either(tuple(distinct))


def known(cell: object) -> bool:
    """Whether there is only one value that it may be."""
    return not isinstance(cell, Something | Computed | FreshUuid | Either)


def fits(cell: object, value: object) -> bool:
    """Whether a value is what was expected; 1 is not True here, and nothing equals NaN."""
    if isinstance(cell, Either):
        return any(fits(option, value) for option in cell.options)
    if isinstance(cell, Computed):
        return True
    if isinstance(cell, Something):
        return value is not None
    if isinstance(cell, FreshUuid):
        return is_uuid(value)
    if type(cell) is not type(value) and _number(cell) and _number(value):
        return Decimal(str(cell)) == Decimal(str(value))  # models may read a numeric as float
    return type(cell) is type(value) and cell == value


def _number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def is_uuid(value: object) -> bool:
    """Whether it is a UUID: a value of that type, or one of the texts that stand for it."""
    text = str(value)
    try:
        UUID(text)
    except ValueError:
        return False
    return len(text) in (32, 36)
