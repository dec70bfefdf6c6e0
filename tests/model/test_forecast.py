"""Forecasts as arithmetic: ranges from paces, paces from samples."""

import pytest

from falsework.model.forecast import (
    FASTER,
    SLOWER,
    Forecast,
    Labour,
    Origin,
    Pace,
    Rates,
    Sample,
    learned,
    told,
)

SCAN = Pace(Labour.SCAN, slow=1_000, fast=10_000, width=100)
FILL = Pace(Labour.FILL, slow=100, fast=1_000, width=100)
RATES = Rates((SCAN, FILL), disk=((Labour.FILL, 2.0),))


def test_a_range_by_rows() -> None:
    """Of rows as wide as those that were measured, or of unknown width."""
    expected = Forecast(1.0, 10.0, 0, 1_000.0)
    assert RATES.forecast(Labour.SCAN, 10_000, 1_000_000) == expected
    assert RATES.forecast(Labour.SCAN, 10_000, None) == expected


def test_wider_rows_may_take_longer() -> None:
    """By their bytes at most, by their rows at least; narrower ones the other way round."""
    wide = RATES.forecast(Labour.SCAN, 10_000, 3_000_000)
    assert (wide.least, wide.most) == (1.0, 30.0)
    assert round(wide.rate) == 333, "what a recount of rows must go by"
    narrow = RATES.forecast(Labour.SCAN, 10_000, 500_000)
    assert (narrow.least, narrow.most) == (0.5, 10.0)


def test_what_it_may_turn_out_to_be() -> None:
    """A fill that no row needs is a scan; its room is that of a fill."""
    found = RATES.forecast(Labour.FILL, 10_000, 1_000_000, easiest=Labour.SCAN)
    assert found == Forecast(1.0, 100.0, 2_000_000, 100.0)


def test_rows_that_nobody_knows() -> None:
    """Are no forecast, and leave the rate for a recount; bytes that nobody knows, no room."""
    assert RATES.forecast(Labour.FILL, None, None) == Forecast(None, None, None, 100.0)


def test_no_rows() -> None:
    """Take no time, however large the file is."""
    assert RATES.forecast(Labour.FILL, 0, 8192) == Forecast(0.0, 0.0, 16384, 100.0)


def test_history_counts_more_than_calibration() -> None:
    """Which counts more than what is shipped, labour by labour; then rows as wide as these."""
    history = Pace(Labour.SCAN, 1, 2, 10_000, Origin.HISTORY)
    narrow, wide = (Pace(Labour.FILL, 1, 2, w, Origin.CALIBRATED) for w in (50, 2_000))
    rates = RATES.joined([wide, narrow], [history])
    assert rates.pace(Labour.SCAN, 10, 1_000) == history
    assert rates.pace(Labour.FILL, 10, 1_000) == narrow
    assert rates.pace(Labour.FILL, 10, 10_000) == wide
    with pytest.raises(LookupError, match="rewrite"):
        rates.pace(Labour.REWRITE, 1, None)


def test_paces_are_learned_with_a_margin() -> None:
    """From the slowest and the fastest of rows about as wide."""
    samples = [
        Sample(Labour.SCAN, 1_000, 100_000, 1.0),
        Sample(Labour.SCAN, 4_000, 420_000, 2.0),
        Sample(Labour.SCAN, 1_000, 5_000_000, 10.0),
        Sample(Labour.FILL, 500, None, 1.0),
    ]
    fill, narrow, wide = learned(samples, Origin.HISTORY)
    assert narrow == Pace(Labour.SCAN, 1_000 / SLOWER, 2_000 * FASTER, 104.0, Origin.HISTORY)
    assert wide == Pace(Labour.SCAN, 100 / SLOWER, 100 * FASTER, 5_000.0, Origin.HISTORY)
    assert fill == Pace(Labour.FILL, 500 / SLOWER, 500 * FASTER, 0.0, Origin.HISTORY)


def test_where_paces_come_from() -> None:
    """One origin is named alone; of several, each with its labours."""
    mine = Pace(Labour.BUILD, 1, 2, origin=Origin.HISTORY)
    assert told([]) == ""
    assert told([SCAN, FILL]) == Origin.SHIPPED.text
    assert told([SCAN, mine, FILL]) == (
        f"build: {Origin.HISTORY.text}; scan, fill: {Origin.SHIPPED.text}"
    )
