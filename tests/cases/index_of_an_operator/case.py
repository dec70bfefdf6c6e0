"""An index that no release knows is left alone."""

from sqlalchemy import Column, Integer, MetaData, String, Table, Text

from tests.cases.model import Case

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("note", Text),
)

CASE = Case(a=a, b=b, beside=("CREATE INDEX by_hand ON hosts (name)",))
