"""Rows that exclude each other stop contract, and db-check shows them."""

from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from falsework.model.plan import Phase, QuestionKind, Release
from tests.cases.model import Case, Insert, Stopped, Succeeds


def apart(*elements: tuple[str, str], **more: object) -> ExcludeConstraint:
    """One constraint, where there are such things."""
    given = {"using": "btree", "name": "ex_hosts", **more}
    return ExcludeConstraint(*elements, **given).ddl_if(dialect="postgresql")


a, b = MetaData(), MetaData()
for metadata, rules in ((a, ()), (b, (apart(("slot", "="), ("rack", "=")),))):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("slot", Integer),
        Column("rack", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        *rules,
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 1, "rack": "a", "state": "up"}]},
    window=(Insert(Release.A, "hosts", {"slot": 1, "rack": "a", "state": "up"}),),
    expect=Succeeds(),
    elsewhere={"postgresql": Stopped(Phase.CONTRACT, QuestionKind.CONFLICTS, "ex_hosts")},
)
