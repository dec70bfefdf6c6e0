"""Constants that stand in models: in server defaults, and in checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from typing import Any, Final

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.elements import False_, TextClause, True_
from sqlalchemy.types import TypeEngine

from falsework.engines.normalize import Form, tokens


class _Unknown(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
"""A server default whose value only the server knows."""


def default_of(given: object, type: TypeEngine[Any]) -> object:
    """The value of a server default; None where there is none, UNKNOWN for an expression."""
    if given is None:
        return None
    if not isinstance(given, DefaultClause):
        return UNKNOWN
    if isinstance(given.arg, str):
        return _typed(given.arg, type)
    if isinstance(given.arg, True_ | False_):
        return isinstance(given.arg, True_)
    if isinstance(given.arg, TextClause):
        parts = tokens(given.arg.text)
        if len(parts) == 1 and parts[0].form in (Form.STRING, Form.NUMBER):
            return _typed(str(literals_in(given.arg.text)[0]), type)
    return UNKNOWN


def _typed(text: str, type: TypeEngine[Any]) -> object:
    """The text as the type's own value, where that is simple."""
    with suppress(ValueError):
        if isinstance(type, Boolean):
            return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), UNKNOWN)
        if isinstance(type, Integer):
            return int(text)
        if isinstance(type, String):
            return text
    return UNKNOWN


def literals_in(text: str) -> tuple[object, ...]:
    """Strings and numbers of a SQL text; whole numbers with their neighbours."""
    return tuple(dict.fromkeys(_literals(text)))


def _literals(text: str) -> Iterator[object]:
    for token in tokens(text):
        if token.form is Form.STRING and token.text.startswith("'"):
            yield token.text[1:-1].replace("''", "'")
        elif token.form is Form.NUMBER and token.text.isdigit():
            yield from (int(token.text), int(token.text) + 1, int(token.text) - 1)
        elif token.form is Form.NUMBER:
            yield float(token.text)
