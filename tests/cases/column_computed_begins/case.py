"""A column that starts to be computed: A writes it, so the plan says what to do instead."""

from sqlalchemy import Column, Computed, Integer, MetaData, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("half", Integer),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("half", Integer, Computed("size / 2", persisted=True)),
)

CASE = Case(a=a, b=b, expect=Refused("hosts.half", "declare a new computed column"))
