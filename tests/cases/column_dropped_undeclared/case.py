"""A NOT NULL column is gone from the models, and nobody said what B writes."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("rack", String(10), nullable=False),
)
Table("hosts", b, Column("id", Integer, primary_key=True))

CASE = Case(a=a, b=b, expect=Refused("hosts.rack", "dropped('rack', down='...')"))
