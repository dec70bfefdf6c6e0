"""Domains that come with a new table, where there are such things."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert
from tests.cases.own import Domain

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True))
name = Domain("Name's", String(20), check="VALUE <> 'nobody'", constraint_name="not nobody")
plain = Domain("plain", Integer, metadata=b)
Table(
    "racks",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(20).with_variant(name, "postgresql")),
    Column("size", Integer),
)
b.tables["hosts"].append_column(Column("size", Integer().with_variant(plain, "postgresql")))

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1}]},
    window=(
        Insert(Release.A, "hosts", {"id": 2}),
        Insert(Release.B, "racks", {"name": "one", "size": 5}),
    ),
)
