"""The way back touches what the plan touched, and nothing beside it."""

from msgspec.structs import fields

from falsework.expand_contract.back import before
from falsework.model.plan import Plan
from falsework.model.schema import (
    Column,
    Domain,
    Enumeration,
    Schema,
    Sequence,
    SqlType,
    Table,
    TableName,
)

LIVE = Schema(
    tables=(Table(TableName("s", "t"), (Column("id", SqlType("int"), nullable=False),)),),
    enumerations=(Enumeration(TableName("s", "e"), ("a",), "e"),),
    sequences=(Sequence(TableName("s", "n")),),
    domains=(Domain(TableName("s", "d"), SqlType("int"), "d"),),
)


def test_what_the_plan_leaves_alone_stays() -> None:
    """Of every kind of object; views are nobody's to make."""
    plan = Plan("x", (1,), "s", Schema(), "", Schema())
    kinds = {field.name for field in fields(Schema)} - {"views"}
    assert all(getattr(LIVE, kind) for kind in kinds), "one of each kind"

    assert before(plan, LIVE).schema == LIVE
