"""A may write what the check will refuse, until it is gone."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
    Column("size", Integer, nullable=False),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
    Column("size", Integer, nullable=False),
    CheckConstraint("slot > 0", name="ck_hosts_slot"),
    CheckConstraint("size > 0 AND size < 1000", name="ck_hosts_size"),
    CheckConstraint("slot < size", name="ck_hosts_fits"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 1, "size": 10}]},
    window=(Insert(Release.A, "hosts", {"slot": 2, "size": 20}),),
)
