"""Which texts surely mean different things, whatever the type of the column."""

from __future__ import annotations

import pytest

from falsework.engines.expressions.texts import differ

DIFFERENT = [
    ("new", "old"),
    ("new", ""),
    ("a3%", "a4%"),
    ("bad 1", "bad 2"),
    ("it's", "its"),
    ("é1", "é2"),
    ("100 %", "99 %"),
    ("007", "new"),
    ("1.5", "1.6"),
    ("2014-01-01", "2014-01-02"),
    ("2014-01-01", "2014-01-02 00:00:00"),
    ("2014-01-01 10:00:00", "2015-01-01 10:00:00+00"),
    ("10:00:00", "11:30:00"),
]
PERHAPS = [
    ("1.5", "1.50"),
    ("1e3", "1000"),
    ("2014-01-01", "2014-01-01 00:00:00"),
    ("2014-01-01 10:00:00", "2014-01-01 12:00:00+02"),
    ("2014-01-01 10:00:00+00", "2014-01-01T12:00:00+02"),
    ("10:00", "10:00:00"),
    ("1 day", "24:00:00"),
    ("P1D", "P1DT0H"),
    ("Jan 8 1999", "1999-01-08"),
    ("AAAA-1", "aaaa-1"),
    ("0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdef"),
    ('{"a": 1}', '{"a":1}'),
    ("[1,5)", "[1, 5)"),
    ("a🚀", "a?"),
    ("2014-99-99", "2014-01-01"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    """No server prints one as the other."""
    assert differ(one, other)
    assert differ(other, one)


@pytest.mark.parametrize(("one", "other"), PERHAPS)
def test_perhaps_the_same(one: str, other: str) -> None:
    """A server may print one as the other, in a column of some type."""
    assert not differ(one, other)
    assert not differ(other, one)
