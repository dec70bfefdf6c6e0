"""What two earlier releases owned together."""

from msgspec.structs import replace

from falsework.model.ownership import joined
from falsework.model.schema import Column, Schema
from tests.model.samples import HOSTS, INTEGER, MOOD, NUMBERS, PRICE, SCHEMA

EMPTY = Schema()


def test_one_that_owned_nothing_adds_nothing() -> None:
    """Nor does one of which nobody knows."""
    assert joined(None, None) is None
    assert joined(SCHEMA, None) == joined(None, SCHEMA) == SCHEMA
    for both in (joined(SCHEMA, EMPTY), joined(EMPTY, SCHEMA)):
        assert both is not None
        assert replace(both, views=SCHEMA.views) == SCHEMA, "but views, which no release owns"


def test_objects_of_every_kind_are_put_together() -> None:
    """Tables of either, the parts of a table that both had, types and sequences."""
    hosts = SCHEMA.table(HOSTS)
    assert hosts is not None
    mine = Schema((replace(hosts, columns=hosts.columns[:1], uniques=(), indexes=()),))
    more = replace(hosts, columns=(*hosts.columns, Column("more", INTEGER)))
    theirs = replace(
        SCHEMA.with_table(more), enumerations=(MOOD,), sequences=(NUMBERS,), domains=(PRICE,)
    )

    both = joined(mine, theirs)

    assert both is not None
    assert [t.name for t in both.tables] == [t.name for t in SCHEMA.tables]
    found = both.table(HOSTS)
    assert found is not None
    assert found.column_names == more.column_names
    assert (found.uniques, found.indexes) == (more.uniques, more.indexes)
    assert (both.enumerations, both.sequences) == ((MOOD,), (NUMBERS,))
    assert both.domains == (PRICE,)
