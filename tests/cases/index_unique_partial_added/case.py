"""Only rows that are not deleted have names of their own."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, text

from tests.cases.model import Case

a, b = MetaData(), MetaData()
LIVE = text("deleted = 0")
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("deleted", Integer, nullable=False, server_default="0"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("deleted", Integer, nullable=False, server_default="0"),
    Index("uq_hosts_live", "name", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "deleted": 0}, {"name": "one", "deleted": 1}]},
)
