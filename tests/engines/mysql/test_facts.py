"""MySQL's fact sheet by version, and what it says about itself."""

from __future__ import annotations

import pytest

from falsework.engines.innodb.reader import READER
from falsework.engines.mysql import DRIVER, ENGINE
from falsework.engines.mysql.moves import type_move
from falsework.model import edits as e
from falsework.model.engine import Cost, Fact, Move, Version, Way
from falsework.model.plan import Lock
from falsework.model.schema import Column, Schema, Table, TableName
from tests.engines.innodb.samples import ALL, Make, column

T = TableName("s", "t")
TABLE = Table(T, (column("a", "int", nullable=False), column("b", "varchar(20)")))
BEFORE = Schema((TABLE,))


def fact(edit: e.Edit, version: Version = (9, 7, 4)) -> Fact:
    found = ENGINE.facts.cost(edit, Way.DIRECT, version)
    assert found is not None
    return found


def sql(edit: e.Edit, version: Version) -> str:
    (text,) = ENGINE.spelling.statement((edit,), Way.DIRECT, BEFORE, version).sql
    return text


@pytest.mark.parametrize(
    ("version", "instant"),
    [
        ((8, 0, 16), True),
        ((8, 0, 28), True),
        ((8, 0, 29), False),
        ((8, 0, 31), False),
        ((8, 0, 32), True),
        ((8, 4, 5), True),
        ((9, 7, 4), True),
        ((26, 7, 0), True),
    ],
)
def test_adding_a_column_at_once(version: Version, instant: bool) -> None:
    """Not while rows written around it could be read wrongly after a crash."""
    add = e.AddColumn(table=T, column=column("z", "int"))

    assert (fact(add, version).cost is Cost.METADATA) is instant
    assert ("ALGORITHM=INSTANT" in sql(add, version)) is instant
    assert fact(add, version).online


@pytest.mark.parametrize(
    ("version", "instant"),
    [((8, 0, 28), False), ((8, 0, 29), False), ((8, 0, 32), True), ((26, 7, 0), True)],
)
def test_dropping_a_column_at_once(version: Version, instant: bool) -> None:
    """Since it exists, and is safe."""
    drop = e.DropColumn(table=T, column="b")

    assert (fact(drop, version).cost is Cost.METADATA) is instant
    assert sql(drop, version).endswith(
        "ALGORITHM=INSTANT" if instant else "ALGORITHM=INPLACE, LOCK=NONE"
    )


@pytest.mark.parametrize(
    ("made", "cost", "online"),
    [
        (column("z", "int"), Cost.METADATA, True),
        (column("z", "int", default="5"), Cost.METADATA, True),
        (column("z", "datetime", default="now()"), Cost.METADATA, True),
        (column("z", "int", default="(1 + 1)"), Cost.REWRITE, False),
        (column("z", "text", default="('x')"), Cost.REWRITE, False),
        (column("z", "int", generated="a + 1"), Cost.METADATA, True),
        (column("z", "int", generated="a + 1", stored=True), Cost.REWRITE, False),
    ],
)
def test_what_a_new_column_costs(made: Column, cost: Cost, online: bool) -> None:
    """A default in parentheses takes a copy, and a copy keeps writers out."""
    found = fact(e.AddColumn(table=T, column=made))

    assert (found.cost, found.online) == (cost, online)
    assert (found.lock is Lock.WRITES) is not online


def test_what_the_binary_log_would_refuse() -> None:
    """Another value in each row (1674): there is no way."""
    made = column("z", "char(36)", default="(uuid())")
    assert ENGINE.facts.cost(e.AddColumn(table=T, column=made), Way.DIRECT, (9, 7, 4)) is None


@pytest.mark.parametrize(
    ("old", "new", "cost"),
    [
        ("varchar(50)", "varchar(63)", Cost.METADATA),
        ("varchar(63)", "varchar(64)", Cost.REWRITE),
        ("varchar(64)", "varchar(500)", Cost.METADATA),
        ("varchar(84) charset utf8mb3", "varchar(85) charset utf8mb3", Cost.METADATA),
        ("varchar(85) charset utf8mb3", "varchar(86) charset utf8mb3", Cost.REWRITE),
        ("varchar(255) charset latin1", "varchar(256) charset latin1", Cost.REWRITE),
        ("varchar(64)", "varchar(63)", Cost.REWRITE),
        ("varbinary(50)", "varbinary(300)", Cost.REWRITE),
        ("int", "bigint", Cost.REWRITE),
        ("tinyint", "tinyint(1)", Cost.METADATA),
        ("decimal(10,2)", "decimal(12,2)", Cost.REWRITE),
        ("enum('a')", "enum('a','b')", Cost.METADATA),
        (
            "set('1','2','3','4','5','6','7','8')",
            "set('1','2','3','4','5','6','7','8','9')",
            Cost.REWRITE,
        ),
    ],
)
def test_what_a_type_costs(old: str, new: str, cost: Cost) -> None:
    """Lengths are kept in one byte up to 255 bytes, whatever the characters."""
    assert type_move(READER.type(old), READER.type(new), (9, 7, 4))[1] is cost


def test_a_type_costs_the_most_until_both_types_are_known() -> None:
    """The edit knows only the new one."""
    found = fact(e.SetType(table=T, column="b", type=READER.type("text")))
    assert (found.cost, found.online) == (Cost.REWRITE, False)
    assert type_move(READER.type("int"), READER.type("int"), ())[0] is Move.IDENTICAL


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
@pytest.mark.parametrize("version", [(8, 0, 16), (8, 0, 30), (8, 4, 0), (9, 7, 4), (26, 10, 0)])
def test_whoever_is_online_waits_for_nobody_for_long(make: Make, version: Version) -> None:
    """Work on rows is online only under a lock that neither readers nor writers feel."""
    found = fact(make("s"), version)
    assert found.source
    assert found.online == (found.cost is Cost.METADATA or found.lock <= Lock.DDL)


def test_it_stands_alone() -> None:
    """No engine is a kind of another one."""
    assert type(DRIVER).__mro__ == (type(DRIVER), object)
    assert ENGINE.name == "mysql"
    assert ENGINE.batches_rewrites
