"""The fact sheet: which ways there are, and that each is said by somebody."""

from __future__ import annotations

from typing import get_args

import pytest

from falsework.engines.postgresql import ENGINE
from falsework.model import edits as e
from falsework.model.engine import Cost, Fact, Way
from falsework.model.plan import Lock
from falsework.model.schema import Column, Default, DefaultKind, Schema, SqlType
from tests.engines.postgresql.samples import EDITS, INTEGER, RARE, T

WAYS = {
    e.SetNullable: {Way.CHECKED},
    e.AddIndex: {Way.ONLINE},
    e.DropIndex: {Way.ONLINE, Way.ADOPT},
    e.AddUnique: {Way.ADOPT},
    e.AddForeignKey: {Way.UNVALIDATED},
    e.AddCheck: {Way.UNVALIDATED},
    # In one statement with the constraint that comes in their place.
    e.DropUnique: {Way.ADOPT},
    e.DropForeignKey: {Way.UNVALIDATED},
    e.DropCheck: {Way.UNVALIDATED},
    e.ValidateForeignKey: {Way.VALIDATE},
    e.ValidateCheck: {Way.VALIDATE},
}
# A counter begins anew beside values that are written by hand, and no UPDATE gives a moment.
NO_WAY = (e.SetCounter, e.SetRefresh)


def fact(edit: e.Edit, way: Way = Way.DIRECT) -> Fact:
    found = ENGINE.facts.cost(edit, way, (18, 4))
    assert found is not None
    return found


def test_each_kind_of_edit_has_a_sample() -> None:
    """Else the tests below and in test_edits would miss it."""
    assert {type(edit) for edit in (*EDITS, *RARE)} == set(get_args(e.Edit))


@pytest.mark.parametrize("edit", [*EDITS, *RARE], ids=lambda edit: type(edit).__name__)
def test_ways(edit: e.Edit) -> None:
    """Direct, but for validation, and the ways named above."""
    validates = isinstance(edit, e.ValidateForeignKey | e.ValidateCheck)
    direct = not validates and not isinstance(edit, NO_WAY)
    expected = WAYS.get(type(edit), set()) | ({Way.DIRECT} if direct else set())

    assert {way for way in Way if ENGINE.facts.cost(edit, way, (18, 4))} == expected


@pytest.mark.parametrize("edit", [*EDITS, *RARE], ids=lambda edit: type(edit).__name__)
def test_whoever_is_online_waits_for_nobody_for_long(edit: e.Edit) -> None:
    """Work on rows is online only under a lock that neither readers nor writers feel."""
    for way in Way:
        found = ENGINE.facts.cost(edit, way, (18, 4))
        if found is not None:
            assert found.source
            assert found.online == (found.cost is Cost.METADATA or found.lock <= Lock.DDL)


def test_no_way_no_statement() -> None:
    """A way that the fact sheet does not have cannot be spelled either."""
    edit = e.SetDefault(table=T, column="a", default=None)

    with pytest.raises(ValueError, match="no way"):
        ENGINE.spelling.statement((edit,), Way.ONLINE, Schema(), (18, 4))


@pytest.mark.parametrize(
    ("column", "cost"),
    [
        (Column("z", INTEGER), Cost.METADATA),
        (Column("z", INTEGER, default=Default("5", DefaultKind.CONSTANT)), Cost.METADATA),
        (Column("z", INTEGER, default=Default("now()", DefaultKind.STABLE)), Cost.METADATA),
        (Column("z", INTEGER, default=Default("random()", DefaultKind.VOLATILE)), Cost.REWRITE),
        (Column("z", INTEGER, default=Default("nextval('s')", DefaultKind.SEQUENCE)), Cost.REWRITE),
        (Column("z", INTEGER, autoincrement=True), Cost.REWRITE),
        (Column("z", INTEGER, generated="a + 1", stored=True), Cost.REWRITE),
        (Column("z", INTEGER, generated="a + 1"), Cost.METADATA),
    ],
)
def test_only_one_value_for_all_rows_is_kept_beside_them(column: Column, cost: Cost) -> None:
    """A value of its own in each row has to be written into each row."""
    assert fact(e.AddColumn(table=T, column=column)).cost is cost


def test_what_a_version_does_not_have() -> None:
    """A virtual column needs 18, and a check that spares the scan needs 12."""
    virtual = e.AddColumn(table=T, column=Column("z", INTEGER, generated="a + 1"))
    enforce = e.SetNullable(table=T, column="a", nullable=False)

    assert ENGINE.facts.cost(virtual, Way.DIRECT, (17, 2)) is None
    assert ENGINE.facts.cost(enforce, Way.CHECKED, (11, 9)) is None
    assert ENGINE.facts.cost(enforce, Way.CHECKED, (12, 0)) is not None


def test_a_type_costs_the_most_until_both_types_are_known() -> None:
    """The edit knows only the new one."""
    assert fact(e.SetType(table=T, column="b", type=SqlType("text"))).cost is Cost.REWRITE
