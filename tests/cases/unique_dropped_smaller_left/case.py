"""B keeps a smaller key: no row of it can break the larger one."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from tests.cases.model import Case

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("code", String(10), nullable=False, unique=True),
    UniqueConstraint("name", "code", name="uq_hosts_both"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("code", String(10), nullable=False, unique=True),
)

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one", "code": "1"}]})
