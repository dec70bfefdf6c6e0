"""B may write what A never did."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
    CheckConstraint("slot > 0", name="ck_hosts_slot"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 1}]},
    window=(Insert(Release.B, "hosts", {"slot": -1}),),
)
