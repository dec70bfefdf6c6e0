"""Numbers, times, foreign texts."""

import pytest

from falsework.report.words import (
    columns,
    counted,
    duration,
    forecast,
    number,
    shortened,
    shown,
    size,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.0123, "12 ms"),
        (0.0996, "0.1 s"),
        (1.0, "1 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (119.4, "119 s"),
        (120.0, "2 min"),
        (200.0, "3 min 20 s"),
        (3599.0, "59 min"),
        (7260.0, "2 h 1 min"),
        (172_800.0, "2 d"),
        (180_000.0, "2 d 2 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """Two units at most, never more exact than is useful."""
    assert duration(seconds) == text


def test_forecasts() -> None:
    """What is too short to notice is at once; what is not known is not guessed."""
    assert forecast(None) == "time not known"
    assert forecast(0.0) == forecast(0.049, 0.001) == "at once"
    assert forecast(0.3) == forecast(0.3, 0.01) == "at most 0.3 s"
    assert forecast(0.3, 0.3) == "about 0.3 s"
    assert forecast(720.0, 42.0) == "42 s to 12 min"


def test_sizes() -> None:
    """Two digits at least; the unit changes where the digits would be four."""
    sizes = [0, 999, 1000, 1549, 9_960, 999_499, 999_500, 42_000_000, 7 * 10**9, 10**15]
    assert [size(n) for n in sizes] == [
        "0 bytes",
        "999 bytes",
        "1 kB",
        "1.5 kB",
        "10 kB",
        "999 kB",
        "1 MB",
        "42 MB",
        "7 GB",
        "1000 TB",
    ]


def test_numbers() -> None:
    """Grouped, with the right word."""
    assert number(1_234_567) == "1 234 567"
    assert counted(1, "row") == "1 row"
    assert counted(0, "row") == "0 rows"
    assert counted(2, "query", "queries") == "2 queries"


def test_foreign_texts() -> None:
    """What is no printable character is spelled out; letters of any language stay."""
    assert shown("caf\u00e9 \U0001f4a5") == "caf\u00e9 \U0001f4a5"
    assert shown("\x1b[31m\n\u202e\x00") == r"\x1b[31m\n\u202e\x00"


def test_shortening() -> None:
    """By cells of the terminal: some characters take two."""
    assert shortened("a  b\nc", 10) == "a b c"
    assert shortened("abcdefghij", 8) == "abcde..."
    assert shortened("\u4e2d" * 8, 9) == "\u4e2d\u4e2d\u4e2d..."


def test_columns() -> None:
    """Aligned also beside wide characters."""
    rows = [("name", "n"), ("\u4e2d\u6587", "10"), ("x", "")]
    assert columns(rows, right=frozenset({1})) == ["name   n", "\u4e2d\u6587  10", "x"]
