"""B may write duplicates of what A upserts on: both at once cannot be."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    UniqueConstraint("name", name="uq_hosts_name"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)

CASE = Case(a=a, b=b, expect=Refused("hosts: unique (name)", "until_contract('uq_hosts_name')"))
