"""An index for B: built while both work."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from tests.cases.model import Case

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("state", String(20)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("state", String(20), index=True),
    Index("ix_hosts_both", "state", "name"),
)

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one", "state": "up"}]})
