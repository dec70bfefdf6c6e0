"""A view that nobody declared reads the column: the plan names it and stops."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True), Column("rack", String(10)))
Table("hosts", b, Column("id", Integer, primary_key=True))

CASE = Case(
    a=a,
    b=b,
    beside=("CREATE VIEW racks AS SELECT rack FROM hosts",),
    expect=Refused("hosts.rack", "drop or rewrite it"),
)
