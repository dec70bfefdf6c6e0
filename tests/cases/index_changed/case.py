"""An index of the same name over other columns is not built yet: the plan says so."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("state", String(20)),
    Index("ix_hosts", "name"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("state", String(20)),
    Index("ix_hosts", "name", "state"),
)

CASE = Case(a=a, b=b, expect=Refused("hosts: index ix_hosts", "give it a new name"))
