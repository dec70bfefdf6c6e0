"""One column cannot be a text for A and a number for B."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("size", String(10)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("size", Integer),
)

CASE = Case(a=a, b=b, expect=Refused("hosts.size", "declare a new column"))
