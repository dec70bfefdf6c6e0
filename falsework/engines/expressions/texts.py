"""Whether two texts in quotes surely mean different things, whatever the type of the column.

A server prints some values in its own way: numbers, moments, truths, intervals, uuids, addresses,
JSON. What can be none of these is printed as it was written.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

# Some catalogs show ``?`` in the place of characters beyond Unicode's first plane.
_WORDS = re.compile(r"[A-Za-z_%][A-Za-z_ %./-]*|")
_HEX = re.compile(r"[0-9A-Fa-f]*[-:.][-:.0-9A-Fa-f]*|[0-9A-Fa-f]{12,}")
# An interval, a moment by the name of its month, one of a machine's names for a number.
_SPECIAL = re.compile(
    r"p[-\d]|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(nan|inf)", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d][\w %'./-]*")
_NUMERAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_SIGNED = re.compile(r"[^\[\](){}\"\\?]*[%_'#!][^\[\](){}\"\\?]*")  # no value but a text has these
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([+-]\d\d(:?\d\d)?|Z)?)?")
_CLOCK = re.compile(r"\d\d:\d\d:\d\d(\.\d{1,6})?")
_ZONES = timedelta(hours=27)  # the farthest that two clocks on earth are apart, and one to spare


def differ(one: str, other: str) -> bool:
    """Whether the texts, which are not the same, mean different things."""
    if is_words(one) and is_words(other):
        return True
    forms = {_form(one), _form(other)}
    if None in forms:
        return False
    if forms == {_NUMERAL}:
        return Decimal(one.strip()) != Decimal(other.strip())
    if forms == {_MOMENT}:
        return _moments_differ(one, other)
    return forms != {_CLOCK} or len(one) == len(other)


def is_words(text: str) -> bool:
    """Whether the text is neither a date nor a number, uuid, interval, address or JSON."""
    if _WORDS.fullmatch(text) or _SIGNED.fullmatch(text):
        return max(text, default="") <= "\uffff"
    if _HEX.fullmatch(text) or _SPECIAL.match(text):
        return False
    return bool(_LETTERS.fullmatch(text)) and max(text) <= "\uffff"


def _form(text: str) -> object:
    """What the text may be; None where that is not known."""
    forms = (f for f in (_NUMERAL, _MOMENT, _CLOCK) if f.fullmatch(text))
    return next(forms, "words" if is_words(text) else None)


def _moments_differ(one: str, other: str) -> bool:
    try:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    except ValueError:
        return False
    if (first.tzinfo is None) == (second.tzinfo is None):
        return first != second
    return abs(_zoned(first) - _zoned(second)) > _ZONES


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
