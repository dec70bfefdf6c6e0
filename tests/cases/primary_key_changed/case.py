"""Another primary key is not built yet: the plan says so, and how to do it."""

from sqlalchemy import Column, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
for metadata, key in ((a, "code"), (b, "name")):
    Table(
        "hosts",
        metadata,
        Column("code", String(10), primary_key=key == "code", nullable=False),
        Column("name", String(40), primary_key=key == "name", nullable=False),
    )

CASE = Case(a=a, b=b, expect=Refused("hosts", "create a new table"))
