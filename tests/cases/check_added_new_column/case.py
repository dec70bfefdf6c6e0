"""A check over a column that only B has, and over its default."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

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
    Column("name", String(40)),
    Column("slot", Integer),
    Column("size", Integer, nullable=False, info=fill("1")),
    CheckConstraint("slot > 0", name="ck_hosts_slot"),
    CheckConstraint("size > 0", name="ck_hosts_size"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.A, "hosts", {"name": "two"}),),
)
