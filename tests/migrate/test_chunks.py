"""How many rows a chunk has."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from falsework.migrate.chunks import FEWEST, MOST, next_rows

rows = some.integers(1, MOST)
seconds = some.floats(1e-6, 1e4)


@given(rows, seconds, seconds)
def test_within_bounds_and_never_more_than_half_again(n: int, took: float, target: float) -> None:
    """The bounds hold for any measurement, and one lucky chunk cannot ask for a million rows."""
    following = next_rows(n, took, target)

    assert FEWEST <= following <= MOST
    assert following <= max(FEWEST, n * 1.5)


@given(some.integers(FEWEST * 10, MOST), some.floats(1.1, 9.0))
def test_a_slow_chunk_shrinks_at_once(n: int, slower: float) -> None:
    """As many times too slow, as many times fewer rows."""
    assert next_rows(n, 0.1 * slower, 0.1) == pytest.approx(n / slower, abs=1)


@pytest.mark.parametrize(("took", "target"), [(0.0, 0.1), (0.1, 0.0), (-1.0, 0.1)])
def test_no_time_is_no_measurement(took: float, target: float) -> None:
    """A clock that stood still says nothing."""
    with pytest.raises(ValueError, match="above 0"):
        next_rows(100, took, target)
