"""A writes a NULL that nothing fills: contract stops at it."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Phase, QuestionKind, Release
from tests.cases.model import Case, Insert, Stopped

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.A, "hosts", {"name": None}),),
    expect=Stopped(Phase.CONTRACT, QuestionKind.NULLS, "name"),
)
