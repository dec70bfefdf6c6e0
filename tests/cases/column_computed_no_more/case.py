"""A column that stops to be computed: A does not write it, so the plan says what to do instead."""

from sqlalchemy import Column, Computed, Integer, MetaData, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("half", Integer, Computed("size / 2", persisted=True)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("half", Integer),
)

CASE = Case(a=a, b=b, expect=Refused("hosts.half", "declare a new column with fill"))
