"""Another primary key is not built yet: the plan says so, and how to do it."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("code", String(10), nullable=False),
)
Table("hosts", b, Column("id", Integer), Column("code", String(10), primary_key=True))

CASE = Case(a=a, b=b, expect=Refused("hosts", "create a new table"))
