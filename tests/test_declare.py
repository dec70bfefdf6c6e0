from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Column, MetaData, String, Table, func

from falsework.declare import (
    DROPPED,
    FILL,
    SOFT_DELETE,
    UNTIL_CONTRACT,
    DroppedColumn,
    FillExpression,
    Info,
    NewUuid,
    SoftDeletion,
    at_expand,
    dropped,
    fill,
    new_uuid,
    soft_delete,
    until_contract,
)


@pytest.mark.parametrize(
    "expression", ["0", {"postgresql": "now()", "sqlite": "0"}, func.now(), new_uuid()]
)
def test_fill_keeps_the_expression(expression: FillExpression) -> None:
    """Whatever form the expression has, it reaches Column.info untouched."""
    column = Column("c", String, info=fill(expression))

    assert column.info[FILL] is expression


def test_fills_are_merged_with_what_an_application_keeps_in_info() -> None:
    """Column.info belongs to the application: its own keys stay, on either side."""
    assert {"label": "x"} | fill("0") == {"label": "x", FILL: "0"}
    assert fill("0") | {"label": "x"} == {"label": "x", FILL: "0"}


def test_several_drops_and_promises_stand_on_one_table() -> None:
    """``|`` adds drops and constraints up, instead of keeping the last one."""
    both = dropped("a", down=None) | dropped("b", down="0")
    table = Table("t", MetaData(), info=both | until_contract("x", "y") | until_contract("z"))

    assert table.info[DROPPED] == (DroppedColumn("a", None), DroppedColumn("b", "0"))
    assert table.info[UNTIL_CONTRACT] == ("x", "y", "z")


def test_merging_in_place_makes_a_new_value() -> None:
    """One declaration may be shared by several tables: ``|=`` must not change the others'."""
    shared = mine = until_contract("x")
    mine |= dropped("a", down=None)

    assert DROPPED in mine
    assert DROPPED not in shared


def test_soft_delete_is_kept_as_it_was_said() -> None:
    """Once a table, beside other declarations."""
    said = soft_delete("state", values=["GONE"], at="gone_at", after=timedelta(days=1))
    table = Table("t", MetaData(), info=said | dropped("a", down=None))

    after = timedelta(days=1)
    expected = SoftDeletion("state", ("GONE",), "gone_at", None, None, after, local=False)
    assert table.info[SOFT_DELETE] == expected


def test_new_uuid_is_a_marker() -> None:
    """The engine spells it; equal markers are equal."""
    assert new_uuid() == NewUuid()


def info(declare: Callable[..., Info], *args: object, **down: object) -> Callable[[], Info]:
    """The call, to be made by the test: past the type checker, as an untyped program makes it."""
    return lambda: declare(*args, **down)


@pytest.mark.parametrize(
    ("declare", "says"),
    [
        (info(fill, 0), "write '0'"),
        (info(fill, True), "write 'true'"),
        (info(fill, None), "NULL is what rows without one have"),
        (info(fill, "null"), "fills nothing"),
        (info(fill, " "), "the empty string is"),
        (info(fill, object()), "SQLAlchemy expression"),
        (info(fill, str), "Python function"),
        (info(fill, lambda: "x"), r"new_uuid\(\)"),
        (info(fill, {}), "no engine is named"),
        (info(fill, {"sqlite": 0}), "not an engine's name and its SQL"),
        (info(dropped, "", down=None), "the name is a string"),
        (info(soft_delete, ""), "the name is a string"),
        (info(soft_delete, at=None, host=3), "the name is a string"),
        (info(soft_delete, values=("GONE",)), "say which column"),
        (info(soft_delete, "state", values="GONE"), "write values="),
        (info(soft_delete, "state", values=(True,)), "write values="),
        (info(soft_delete, idle=True), "write 'true'"),
        (info(soft_delete, after=90), r"timedelta\(days=90\)"),
        (info(soft_delete, after=timedelta(0)), r"timedelta\(days=90\)"),
        (info(dropped, Column("a", String), down=None), "the name is a string"),
        (info(dropped, "a", down=7), "write '7'"),
        (info(dropped, "a", down=new_uuid()), "write its SQL"),
        (info(until_contract), "needs the names"),
        (info(until_contract, "x", 3), "the name is a string"),
        (info(at_expand), r'at_expand\("ck_hosts_rack"\)'),
        (info(at_expand, "x", ""), "the name is a string"),
        (lambda: at_expand("x") | at_expand("x"), "at_expand.'x'. is said twice"),
        (lambda: fill("0") | fill("1"), "two fill"),
        (lambda: dropped("a", down=None) | dropped("a", down="0"), "dropped.'a'. is said twice"),
        (lambda: until_contract("x") | until_contract("x"), "said twice"),
    ],
)
def test_mistakes_are_found_where_they_are_written(declare: Callable[[], Info], says: str) -> None:
    """A wrong declaration fails at import of the models, and says what to write instead."""
    with pytest.raises((TypeError, ValueError), match=says):
        declare()
