"""Names that falsework gives: within the engine's limit, and different for different things."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from falsework.engines.drivers import driver_for
from falsework.expand_contract.upgrade import constraint_name
from falsework.model.engine import Server
from falsework.model.schema import TableName

ENGINE = driver_for("postgresql").engine
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


def name(table: str, columns: tuple[str, ...], limit: int = ENGINE.identifier_limit) -> str:
    server = Server(replace(ENGINE, identifier_limit=limit), (16, 0))
    return constraint_name(server, TableName("public", table), columns, "key")


def test_short_names_are_the_servers_own_way() -> None:
    """Whoever looks finds the name that the server itself would have given."""
    assert name("hosts", ("rack", "slot")) == "hosts_rack_slot_key"


@given(names, st.lists(names, min_size=1, max_size=4), st.integers(20, 128))
def test_names_keep_to_the_limit(table: str, columns: list[str], limit: int) -> None:
    """In bytes, and never in the middle of a character: a server cuts without a word."""
    found = name(table, tuple(columns), limit)

    assert len(found.encode()) <= limit
    assert found.encode().decode() == found


@given(names, names)
def test_long_names_stay_different(one: str, other: str) -> None:
    """Two names that differ only beyond the limit are two all the same."""
    table = "t" * 60
    assert (name(table, (one,)) == name(table, (other,))) == (one == other)
