"""The foreign key is over a column that is never NULL, and follows its parent."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from tests.cases.model import Case

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer, nullable=False),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer, ForeignKey("racks.id", ondelete="CASCADE"), nullable=False),
)

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"name": "one", "rack_id": 1}]},
)
