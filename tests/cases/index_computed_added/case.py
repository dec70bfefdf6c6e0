"""An index over an expression."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, func

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)
later = Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)
Index("ix_hosts_lower", func.lower(later.c.name))

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "One"}]},
    elsewhere={"mariadb": Refused("hosts.ix_hosts_lower/build", "change it by hand")},
)
