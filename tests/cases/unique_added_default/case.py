"""Unique over a new column whose fill is the same in every row of A."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

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
    Column("slot", Integer, nullable=False, info=fill("0")),
    UniqueConstraint("name", "slot", name="uq_hosts_slot"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.A, "hosts", {"name": "two"}),),
)
