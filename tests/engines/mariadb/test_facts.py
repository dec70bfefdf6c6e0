"""MariaDB's fact sheet by version, and what it says about itself."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from falsework.engines.innodb.reader import READER
from falsework.engines.mariadb import DRIVER, ENGINE
from falsework.engines.mariadb.moves import type_move
from falsework.model import edits as e
from falsework.model.engine import Cost, Fact, Move, Version, Way
from falsework.model.plan import Lock
from falsework.model.schema import Action, Column, ForeignKey, Schema, Table, TableName
from tests.engines.innodb.samples import ALL, COPIES, Make, column

T = TableName("s", "t")
TABLE = Table(T, (column("a", "int", nullable=False), column("b", "varchar(20)")))
BEFORE = Schema((TABLE,))


def fact(edit: e.Edit, version: Version = (11, 8, 9)) -> Fact:
    found = ENGINE.facts.cost(edit, Way.DIRECT, version)
    assert found is not None
    return found


def sql(edit: e.Edit, version: Version) -> str:
    (text,) = ENGINE.spelling.statement((edit,), Way.DIRECT, BEFORE, version).sql
    return text


@pytest.mark.parametrize("name", COPIES)
def test_copies_let_others_write_since_11_2(name: str) -> None:
    """What takes a copy keeps writers out before."""
    edit = COPIES[name]("s")

    assert not fact(edit, (11, 1, 9)).online
    assert fact(edit, (11, 2, 0)).online
    assert fact(edit, (10, 11, 18)).cost is Cost.REWRITE


@pytest.mark.parametrize(
    ("version", "words"),
    [((10, 11, 18), "ALGORITHM=COPY, LOCK=SHARED"), ((11, 8, 9), "ALGORITHM=COPY, LOCK=NONE")],
)
def test_the_copy_says_which_it_is(version: Version, words: str) -> None:
    """So that the server refuses the other one."""
    assert sql(e.SetType(table=T, column="b", type=READER.type("text")), version).endswith(words)


@pytest.mark.parametrize("action", [Action.CASCADE, Action.SET_NULL])
def test_children_that_change_by_themselves(action: Action) -> None:
    """The server copies them only while it keeps writers out: refused, not done so."""
    key = ForeignKey("f", ("a",), TableName("s", "p"), ("id",), on_delete=action)
    child = Schema((replace(TABLE, foreign_keys=(key,)),))
    edit = e.SetType(table=T, column="b", type=READER.type("text"))
    spelling = ENGINE.spelling

    with pytest.raises(ValueError, match=action.value):
        spelling.statement((edit,), Way.DIRECT, child, (11, 8, 9))
    (text,) = spelling.statement((edit,), Way.DIRECT, child, (10, 11, 18)).sql
    assert text.endswith("LOCK=SHARED")


@pytest.mark.parametrize(
    ("made", "cost", "online"),
    [
        (column("z", "int"), Cost.METADATA, True),
        (column("z", "int", default="5"), Cost.METADATA, True),
        (column("z", "datetime", default="now()"), Cost.METADATA, True),
        (column("z", "int", default="(1 + 1)"), Cost.METADATA, True),
        (column("z", "text", default="('x')"), Cost.METADATA, True),
        (column("z", "char(36)", default="(uuid())"), Cost.REWRITE, False),
        (column("z", "int", generated="a + 1"), Cost.METADATA, True),
        (column("z", "int", generated="a + 1", stored=True), Cost.REWRITE, False),
    ],
)
def test_what_a_new_column_costs(made: Column, cost: Cost, online: bool) -> None:
    """Another value in each row takes a copy, and before 11.2 a copy keeps writers out."""
    found = fact(e.AddColumn(table=T, column=made), (10, 11, 18))

    assert (found.cost, found.online) == (cost, online)
    assert (found.lock is Lock.WRITES) is not online


@pytest.mark.parametrize(
    ("old", "new", "cost"),
    [
        ("varchar(50)", "varchar(63)", Cost.METADATA),
        ("varchar(31)", "varchar(300)", Cost.METADATA),
        ("varchar(32)", "varchar(63)", Cost.METADATA),
        ("varchar(32)", "varchar(300)", Cost.REWRITE),
        ("varchar(64)", "varchar(500)", Cost.METADATA),
        ("varchar(127) charset latin1", "varchar(256) charset latin1", Cost.METADATA),
        ("varchar(128) charset latin1", "varchar(256) charset latin1", Cost.REWRITE),
        ("varchar(64)", "varchar(63)", Cost.REWRITE),
        ("varbinary(127)", "varbinary(300)", Cost.METADATA),
        ("varbinary(128)", "varbinary(300)", Cost.REWRITE),
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
    """Lengths are kept in one byte up to 255 bytes; up to 127, a longer one may follow."""
    assert type_move(READER.type(old), READER.type(new), (11, 8, 9))[1] is cost


def test_a_type_costs_the_most_until_both_types_are_known() -> None:
    """The edit knows only the new one."""
    found = fact(e.SetType(table=T, column="b", type=READER.type("text")))
    assert (found.cost, found.online) == (Cost.REWRITE, True)
    assert type_move(READER.type("int"), READER.type("int"), ())[0] is Move.IDENTICAL


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
@pytest.mark.parametrize("version", [(10, 11, 1), (11, 4, 0), (11, 8, 9), (12, 1, 0)])
def test_whoever_is_online_waits_for_nobody_for_long(make: Make, version: Version) -> None:
    """Work on rows is online only under a lock that neither readers nor writers feel."""
    found = fact(make("s"), version)
    assert found.source
    assert found.online == (found.cost is Cost.METADATA or found.lock <= Lock.DDL)


def test_it_stands_alone() -> None:
    """No engine is a kind of another one."""
    assert type(DRIVER).__mro__ == (type(DRIVER), object)
    assert ENGINE.name == "mariadb"
    assert ENGINE.batches_rewrites
