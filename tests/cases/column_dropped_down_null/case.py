"""The dropped column is NOT NULL, and A can bear NULL in it: the models say so."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.declare import dropped
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack", String(10), nullable=False),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    info=dropped("rack", down=None),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "rack": "r1"}]},
    window=(Insert(Release.B, "hosts", {"name": "two"}),),
)
