"""An index over some of the rows."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, text

from tests.cases.model import Case

a, b = MetaData(), MetaData()
UP = text("state = 'up'")
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
    Column("state", String(20)),
    Index("ix_hosts_up", "name", sqlite_where=UP, postgresql_where=UP),
)

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one", "state": "up"}]})
