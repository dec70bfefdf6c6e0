"""B may write NULL where A never did."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

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
    Column("name", String(40)),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.B, "hosts", {"name": None}),),
)
