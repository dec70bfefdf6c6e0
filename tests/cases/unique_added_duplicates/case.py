"""A writes a duplicate of what shall be unique: contract stops at it."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from falsework.model.plan import Phase, QuestionKind, Release
from tests.cases.model import Case, Insert, Stopped

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    UniqueConstraint("name", name="uq_hosts_name"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.A, "hosts", {"name": "one"}),),
    expect=Stopped(Phase.CONTRACT, QuestionKind.DUPLICATES, "uq_hosts_name"),
)
