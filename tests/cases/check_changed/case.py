"""Another text under the same name is not built yet: the plan says so."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
    CheckConstraint("slot > 0", name="ck_hosts_slot"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("slot", Integer),
    CheckConstraint("slot > 1", name="ck_hosts_slot"),
)

CASE = Case(a=a, b=b, expect=Refused("hosts: check ck_hosts_slot", "give it a new name"))
