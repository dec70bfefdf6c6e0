"""What a picture of a schema answers about itself."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model.schema import (
    Action,
    Column,
    Default,
    DefaultKind,
    Index,
    PrimaryKey,
    Schema,
    SqlType,
    Table,
    UniqueConstraint,
)
from tests.model.samples import DISKS, HOSTS, INTEGER, SCHEMA, SPARE, TEXT


def hosts(**more: object) -> Table:
    found = SCHEMA.table(HOSTS)
    assert found is not None
    return replace(found, **more)


def test_a_column_is_optional_where_an_insert_may_leave_it_out() -> None:
    """It takes NULL, has a default, is counted or computed by the server."""
    needed = Column("c", INTEGER, nullable=False)

    assert not needed.optional
    assert replace(needed, nullable=True).optional
    assert replace(needed, default=Default("1", DefaultKind.CONSTANT)).optional
    assert replace(needed, autoincrement=True).optional
    assert replace(needed, generated="a + 1").optional


def test_keys_are_what_an_upsert_can_name() -> None:
    """Primary key first; partial, computed and broken indexes keep nothing that it could name."""
    indexes = (
        Index("plain", ("slot", "free"), unique=True, uses=("free", "slot")),
        Index("partial", ("slot",), unique=True, where="free > 0", uses=("free", "slot")),
        Index("computed", ("abs(slot)",), unique=True, uses=("slot",)),
        Index("broken", ("free",), unique=True, uses=("free",), valid=False),
        Index("ordinary", ("free",), uses=("free",)),
    )

    assert hosts(indexes=indexes).keys == (("id",), ("name",), ("slot", "free"))


def test_a_fill_walks_a_key_without_nulls() -> None:
    """The primary key, else a unique key whose columns all refuse NULL, else none."""
    assert hosts().walk_key == ("id",)
    assert hosts(primary_key=None).walk_key == ("name",)
    loose = tuple(replace(c, nullable=True) for c in hosts().columns)
    assert hosts(primary_key=None, columns=loose).walk_key is None


def test_the_order_of_what_has_no_order_is_always_the_same() -> None:
    """Two pictures of one schema are equal, whatever order a catalog gave."""
    one = hosts(indexes=(Index("b", ("slot",)), Index("a", ("free",))))
    other = hosts(indexes=(Index("a", ("free",)), Index("b", ("slot",))))

    assert one != other
    assert one.sorted() == other.sorted()
    assert Schema().with_table(one) == Schema().with_table(other)


def test_the_order_of_columns_says_something() -> None:
    """Of a table and of a key alike: it is kept, and part of the digest."""
    turned = hosts(columns=tuple(reversed(hosts().columns)))
    key = replace(hosts(), uniques=(UniqueConstraint("u", ("slot", "name")),)).sorted()
    other = replace(hosts(), uniques=(UniqueConstraint("u", ("name", "slot")),)).sorted()

    assert SCHEMA.with_table(turned).digest != SCHEMA.digest
    assert key != other


def test_neighbours_are_parents_and_children() -> None:
    """One foreign key away, up or down; a table without any has none."""
    assert SCHEMA.neighbours((DISKS,)) == {DISKS, HOSTS}
    assert SCHEMA.neighbours((HOSTS,)) == {DISKS, HOSTS}
    assert SCHEMA.neighbours((SPARE,)) == {SPARE}


def test_a_part_of_a_schema_has_the_views_over_it() -> None:
    """A view goes with any table that it reads."""
    assert len(SCHEMA.only((HOSTS,)).views) == 1
    assert SCHEMA.only((SPARE,)).views == ()
    assert [t.name for t in SCHEMA.only((SPARE, HOSTS)).tables] == [HOSTS, SPARE]


def test_a_type_reads_as_people_write_it() -> None:
    """Name, arguments, flags."""
    assert str(TEXT) == "varchar(40)"
    assert str(SqlType("timestamp", (3,), ("with time zone",))) == "timestamp(3) with time zone"


def test_only_some_actions_stop_the_parent() -> None:
    """CASCADE and SET NULL follow it; SET DEFAULT may refer to nothing, and stops it."""
    stopping = {action for action in Action if action.stops_parent}

    assert stopping == {Action.NO_ACTION, Action.RESTRICT, Action.SET_DEFAULT}


def test_the_name_of_a_primary_key_is_part_of_the_picture() -> None:
    """Names decide what a later drop says, so a picture without them is another one."""
    assert hosts() != hosts(primary_key=PrimaryKey(("id",), "other"))
