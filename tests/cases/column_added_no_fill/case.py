"""NOT NULL, and nothing to give the rows that are there: the plan says what to write."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("state", String(20), nullable=False),
)

CASE = Case(a=a, b=b, expect=Refused("hosts.state", "info=fill('...')"))
