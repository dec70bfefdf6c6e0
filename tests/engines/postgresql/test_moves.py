"""Type moves against the server: what is in place, what is rewritten, what is refused or cut."""

from __future__ import annotations

import pytest

from falsework.engines.postgresql import ENGINE
from falsework.engines.postgresql.types import parsed
from falsework.model.engine import Cost, Move
from tests.engines.postgresql.conftest import Database
from tests.engines.postgresql.oracle import seen
from tests.engines.postgresql.versions import EVERY_POSTGRESQL

pytestmark = EVERY_POSTGRESQL

IDENTICAL, TRANSPARENT, NARROWING = Move.IDENTICAL, Move.TRANSPARENT, Move.NARROWING
PLACE, REWRITE = Cost.METADATA, Cost.REWRITE

# old, new, move, cost, a value of the old type
MOVES = [
    ("smallint", "integer", TRANSPARENT, REWRITE, "5"),
    ("integer", "bigint", TRANSPARENT, REWRITE, "5"),
    ("smallint", "bigint", TRANSPARENT, REWRITE, "5"),
    ("bigint", "integer", NARROWING, REWRITE, "5"),
    ("integer", "smallint", NARROWING, REWRITE, "5"),
    ("real", "double precision", TRANSPARENT, REWRITE, "5"),
    ("varchar(5)", "varchar(5)", IDENTICAL, PLACE, "a"),
    ("varchar(5)", "varchar(9)", TRANSPARENT, PLACE, "a"),
    ("varchar(5)", "varchar", TRANSPARENT, PLACE, "a"),
    ("varchar(5)", "text", TRANSPARENT, PLACE, "a"),
    ("varchar", "text", TRANSPARENT, PLACE, "a"),
    ("text", "varchar", TRANSPARENT, PLACE, "a"),
    ("varchar(9)", "varchar(5)", NARROWING, REWRITE, "a"),
    ("text", "varchar(5)", NARROWING, REWRITE, "a"),
    ("numeric(5,2)", "numeric(9,2)", TRANSPARENT, PLACE, "1.25"),
    ("numeric(5,2)", "numeric", TRANSPARENT, PLACE, "1.25"),
    ("numeric(9,2)", "numeric(5,2)", NARROWING, REWRITE, "1.25"),
    ("numeric(5,2)", "numeric(9,4)", TRANSPARENT, REWRITE, "1.25"),
    ("timestamp(3)", "timestamp", TRANSPARENT, PLACE, "2020-01-01 10:00:00.125"),
    ("timestamp(3)", "timestamp(5)", TRANSPARENT, PLACE, "2020-01-01 10:00:00.125"),
    (
        "timestamp(3) with time zone",
        "timestamp with time zone",
        TRANSPARENT,
        PLACE,
        "2020-01-01 10:00:00.125+00",
    ),
    ("time(3)", "time", TRANSPARENT, PLACE, "10:00:00.125"),
    ("time(3) with time zone", "time with time zone", TRANSPARENT, PLACE, "10:00:00.125+00"),
    ("interval(3)", "interval", TRANSPARENT, PLACE, "1.125 s"),
    ("bit varying(3)", "bit varying(5)", TRANSPARENT, PLACE, "101"),
    ("bit varying(3)", "bit varying", TRANSPARENT, PLACE, "101"),
    ("varchar(5)[]", "varchar(9)[]", TRANSPARENT, REWRITE, "{a}"),
    ("integer[]", "bigint[]", TRANSPARENT, REWRITE, "{5}"),
]
CONVERSIONS = [
    ("double precision", "real"),
    ("numeric(5,2)", "numeric(5,1)"),
    ("numeric", "numeric(5,2)"),
    ("numeric(5,2)", "numeric(5,4)"),
    ("timestamp", "timestamp(3)"),
    ("interval", "interval(3)"),
    ("char(5)", "char(9)"),
    ("char(5)", "varchar(5)"),
    ("char(5)", "text"),
    ("text", "char(5)"),
    ("integer", "numeric"),
    ("integer", "text"),
    ("text", "integer"),
    ("timestamp", "timestamp with time zone"),
    ("date", "timestamp"),
    ("json", "jsonb"),
    ("cidr", "inet"),
    ("bit(3)", "bit varying(5)"),
    ("integer", "integer[]"),
]


@pytest.mark.parametrize("case", MOVES, ids=lambda case: f"{case[0]}-{case[1]}")
def test_moves(db: Database, case: tuple[str, str, Move, Cost, str]) -> None:
    """In place where the server writes no row, and without a cast."""
    old, new, move, cost, value = case
    assert ENGINE.type_move(parsed(old), parsed(new), db.version) == (move, cost)
    db.run(f"CREATE TABLE t (x {old})", f"INSERT INTO t VALUES ('{value}')")

    assert seen(db, [f"ALTER TABLE t ALTER x TYPE {new}"]).cost == cost


@pytest.mark.parametrize(("old", "new"), CONVERSIONS)
def test_conversions(db: Database, old: str, new: str) -> None:
    """Whatever rounds, pads or reads otherwise is no move that goes by itself."""
    assert ENGINE.type_move(parsed(old), parsed(new), db.version) == (Move.CONVERSION, REWRITE)


def test_a_check_over_the_column_is_read_again(db: Database) -> None:
    """In place for the column, and a scan all the same: the planner has to know of it."""
    db.run("CREATE TABLE t (x varchar(5) CHECK (x <> ''))", "INSERT INTO t VALUES ('a')")

    assert seen(db, ["ALTER TABLE t ALTER x TYPE varchar(9)"]).cost is Cost.SCAN


def test_an_index_with_an_expression_is_built_again(db: Database) -> None:
    """A plain one is kept."""
    db.run("CREATE TABLE t (x varchar(5))", "CREATE INDEX plain ON t (x)")
    grow = ["ALTER TABLE t ALTER x TYPE varchar(9)"]
    assert seen(db, grow).cost is Cost.METADATA

    db.run("CREATE INDEX part ON t (x) WHERE x <> ''")
    assert seen(db, grow).cost is Cost.BUILD


GROWN = ["ALTER TABLE t ALTER x TYPE varchar(9)"]


@pytest.mark.parametrize("t_is_parent", [True, False])
def test_both_sides_of_a_foreign_key_are_locked(db: Database, t_is_parent: bool) -> None:
    """Also where nothing is rewritten: parents and children wait, too."""
    parent, child = ("t", "other") if t_is_parent else ("other", "t")
    db.run(
        f"CREATE TABLE {parent} (x varchar(5) PRIMARY KEY)",
        f"CREATE TABLE {child} (x varchar(5) REFERENCES {parent})",
    )
    found = seen(db, GROWN)

    assert found.cost is Cost.METADATA
    assert (found.lock, found.others) == ("ACCESS EXCLUSIVE", {"other": "ACCESS EXCLUSIVE"})
