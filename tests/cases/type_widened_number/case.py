"""A whole number gets room for larger ones."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("bytes", Integer, nullable=False),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("bytes", BigInteger, nullable=False),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "bytes": 1}]},
    window=(Insert(Release.A, "hosts", {"name": "two", "bytes": 2}),),
)
