"""Values that traffic makes up: legal for their types, different where they must be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeEngine

from falsework.datasets.rows import apart_sets
from falsework.datasets.values import LONG, LONGEST, Fresh, Style, extreme
from falsework.errors import Refused

WIDE: tuple[TypeEngine[Any], ...] = (
    *(SmallInteger(), Integer(), BigInteger(), Numeric(12, 2), Float()),
    *(String(8), String(200), Text(), LargeBinary(), Uuid(), Uuid(as_uuid=False)),
    *(Date(), DateTime(), DateTime(timezone=True), Time(), Interval(), JSON(), ARRAY(Integer)),
    *(mysql.INTEGER(unsigned=True), mysql.MEDIUMINT(), mysql.TINYTEXT(), mysql.LONGTEXT()),
    *(mysql.VARBINARY(20), mysql.BINARY(16), mysql.TINYBLOB(), mysql.TIMESTAMP(), mysql.YEAR()),
)


@pytest.mark.parametrize("type", WIDE, ids=repr)
@given(st.integers(0, 2**48))
def test_each_value_is_another_one(type: TypeEngine[Any], start: int) -> None:
    """Rows of one statement never collide by chance, wherever the supply begins."""
    fresh = Fresh(start)
    drawn = [repr(fresh.value(type)) for _ in range(50)]

    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("type", [Boolean(), Enum("up", "down")], ids=repr)
def test_a_small_type_gives_the_other_value(type: TypeEngine[Any]) -> None:
    """Two values are enough to differ."""
    fresh = Fresh(0)
    for _ in range(4):
        value = fresh.value(type)
        assert fresh.value(type, unlike=value) != value


@given(st.integers(1, 300), st.integers(0, 2**48))
def test_texts_keep_to_their_length(length: int, start: int) -> None:
    """Ordinary ones at most, long ones exactly; long ones differ as well."""
    fresh, type = Fresh(start), String(length)

    assert len(str(fresh.value(type))) <= length
    one, other = fresh.longest(type), fresh.longest(type)
    assert len(str(one)) == len(str(other)) == length
    assert one != other
    assert len(str(extreme(type, Style.HIGH))) == length
    assert extreme(type, Style.LOW) == ""


def test_a_text_without_limit_is_long_and_one_with_a_huge_limit_is_cut() -> None:
    """More would say nothing new, and no index takes it."""
    assert len(str(extreme(Text(), Style.HIGH))) == LONG
    assert len(str(extreme(String(10**9), Style.HIGH))) == LONGEST


def test_numbers_reach_the_ends_of_their_types() -> None:
    """What a narrower type would refuse is among them."""
    assert extreme(Integer(), Style.HIGH) == 2**31 - 1
    assert extreme(SmallInteger(), Style.LOW) == -(2**15)
    assert str(extreme(Numeric(5, 2), Style.HIGH)) == "999.99"


@pytest.mark.parametrize(
    ("type", "low", "high"),
    [
        (mysql.TINYINT(), -128, 127),
        (mysql.MEDIUMINT(unsigned=True), 0, 2**24 - 1),
        (mysql.BIGINT(unsigned=True), 0, 2**64 - 1),
        (mysql.YEAR(), 1901, 2155),
        (mysql.SET("a", "b"), "", "a,b"),
        (mysql.BINARY(3), bytes(3), bytes(3)),
        (mysql.VARBINARY(3), b"", bytes(3)),
        (mysql.TINYBLOB(), b"", bytes(255)),
        (mysql.TINYTEXT(), "", "x" * 63),
    ],
    ids=repr,
)
def test_types_of_a_dialect_have_ends_of_their_own(
    type: TypeEngine[Any], low: object, high: object
) -> None:
    """What SQLAlchemy's own classes do not say: the sign, fewer bits, fewer bytes."""
    assert (extreme(type, Style.LOW), extreme(type, Style.HIGH)) == (low, high)


def test_a_number_without_sign_is_never_below_zero() -> None:
    """Its own table would refuse it."""
    assert Fresh(7).lowest(mysql.INTEGER(unsigned=True)) == Fresh(7).value(Integer())


def test_a_type_that_nobody_knows_is_refused_by_name() -> None:
    """Rather than a statement that fails for reasons of its own."""
    with pytest.raises(Refused, match="TSVECTOR"):
        Fresh(0).value(TSVECTOR())


KEYS = st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1, max_size=3), max_size=4)


@given(KEYS, st.frozensets(st.sampled_from("abcde"), max_size=2))
def test_rows_that_differ_there_share_no_key(
    keys: list[frozenset[str]], avoid: frozenset[str]
) -> None:
    """Every set meets every key, none holds another one, and what shall stay equal does so."""
    found = apart_sets(keys, avoid)

    assert found
    assert all(s & key for s in found for key in keys)
    assert not any(one < other for one in found for other in found)
    if all(key - avoid for key in keys):
        assert not any(s & avoid for s in found)
