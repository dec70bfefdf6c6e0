"""B may write duplicates of what A upserts on, by an index: both at once cannot be."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

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
)

WAY_OUT = "until_contract('ix_hosts_name')"
SAME_AS_A_RULE = Refused("hosts: unique (name)", WAY_OUT)  # nothing tells one from the other

CASE = Case(
    a=a,
    b=b,
    expect=Refused("hosts: unique index ix_hosts_name", WAY_OUT),
    elsewhere={"mysql": SAME_AS_A_RULE, "mariadb": SAME_AS_A_RULE},
)
