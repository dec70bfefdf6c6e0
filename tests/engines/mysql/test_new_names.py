"""A new table cannot take a name that is the schema's, not the table's: the plan says so."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from tests.cases.model import Case
from tests.generator import database
from tests.servers import Server


def models(name: str) -> MetaData:
    """A table that goes by another name in each release."""
    metadata = MetaData()
    Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("checked", Integer),
        CheckConstraint("checked > 0", name="ck_positive"),
    )
    return metadata


def test_a_check_of_a_dropped_table_still_has_its_name(newest: Callable[[str], Server]) -> None:
    """The old table goes in contract, and the new one would come in expand."""
    case = Case(a=models("old"), b=models("new"))
    with newest("mysql").fresh() as url:
        database.make(url, case)
        with database.opened(url) as target:
            plan = database.plan(target, case.b, database.policy(target, case))
    assert "old has a check ck_positive already" in plan.refusals[0].reason
