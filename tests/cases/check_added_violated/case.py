"""A writes what the check will refuse: contract stops at it."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from falsework.model.plan import Phase, QuestionKind, Release
from tests.cases.model import Case, Insert, Stopped

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
    CheckConstraint("slot > 0", name="ck_hosts_slot"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 1}]},
    window=(Insert(Release.A, "hosts", {"slot": -1}),),
    expect=Stopped(Phase.CONTRACT, QuestionKind.VIOLATIONS, "ck_hosts_slot"),
)
