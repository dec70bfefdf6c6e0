"""B drops a unique index and keeps it until contract."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from falsework.declare import until_contract
from tests.cases.model import Case

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Index("ix_hosts_name", "name", unique=True),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    info=until_contract("ix_hosts_name"),
)

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one"}]})
