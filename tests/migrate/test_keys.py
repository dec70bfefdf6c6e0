"""The keys of a walk come back from their JSON as they were."""

import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as some

from falsework.migrate.keys import decode, encode

value = (
    some.integers()
    | some.booleans()
    | some.text()
    | some.binary()
    | some.uuids()
    | some.decimals(allow_nan=False)
    | some.floats(allow_nan=False)
    | some.datetimes(timezones=some.none() | some.just(UTC))
    | some.dates()
    | some.times()
    | some.timedeltas()
)


@given(some.lists(value, min_size=1, max_size=4).map(tuple))
def test_round_trip(key: tuple[object, ...]) -> None:
    """The same values of the same types, through plain ASCII."""
    text = encode(key)

    assert text.isascii()
    assert decode(text) == key
    assert list(map(type, decode(text))) == list(map(type, key))


def test_bytes_that_a_driver_gives_as_a_view() -> None:
    """They are bytes afterwards."""
    assert decode(encode([memoryview(b"\0\xff")])) == (b"\0\xff",)


def test_a_type_that_no_walk_can_follow() -> None:
    """It is named."""
    with pytest.raises(TypeError, match="list"):
        encode([[1, 2]])


@pytest.mark.parametrize("text", ["", "{}", "[1]", json.dumps([["pickle", "x"]])])
def test_what_is_no_key(text: str) -> None:
    """A progress row changed by hand is not guessed at."""
    with pytest.raises(ValueError, match=r"no key|Expecting value"):
        decode(text)
