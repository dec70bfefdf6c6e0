"""The keys of a walk as JSON: each value with its type, so that it comes back as it was."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from uuid import UUID

Key = tuple[object, ...]


def _span(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


# Type, tag, to JSON, from JSON. A subclass stands before its parent: bool is an int.
_KINDS: tuple[tuple[type, str, Callable[..., object], Callable[..., object]], ...] = (
    (bool, "bool", bool, bool),
    (int, "int", int, int),
    (float, "float", float.hex, float.fromhex),
    (str, "text", str, str),
    (bytes, "bytes", lambda v: base64.b64encode(v).decode(), base64.b64decode),
    (UUID, "uuid", str, UUID),
    (Decimal, "decimal", str, Decimal),
    (datetime, "datetime", datetime.isoformat, datetime.fromisoformat),
    (date, "date", date.isoformat, date.fromisoformat),
    (clock, "time", clock.isoformat, clock.fromisoformat),
    (timedelta, "interval", _span, lambda v: timedelta(*v)),
)


def encode(key: Sequence[object]) -> str:
    """The key as ASCII JSON. Raises TypeError for a type that no walk can follow."""
    return json.dumps([_encode(bytes(v) if isinstance(v, memoryview) else v) for v in key])


def decode(text: str) -> Key:
    """The key in ``text``; ValueError where it is none."""
    kinds = {tag: make for _, tag, _, make in _KINDS}
    values = json.loads(text)
    if not isinstance(values, list) or not values:
        raise ValueError("no key: it has no values")
    try:
        return tuple(kinds[tag](value) for tag, value in values)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no key: {error!r}") from None


def _encode(value: object) -> list[object]:
    for kind, tag, dump, _ in _KINDS:
        if isinstance(value, kind):
            return [tag, dump(value)]
    raise TypeError(f"a key of type {type(value).__name__} cannot be walked along")
