"""A new column refers to a table that A knows, and another one to a table that is new too."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Delete, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("racks", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table("hosts", a, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table("zones", b, Column("id", Integer, primary_key=True), Column("name", String(40), unique=True))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer, ForeignKey("racks.id"), index=True),
    Column("zone_id", Integer, ForeignKey("zones.id", ondelete="SET NULL")),
    Column("zone_name", String(40), ForeignKey("zones.name", onupdate="CASCADE")),
)

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}, {"id": 2}], "hosts": [{"name": "one"}]},
    window=(
        Insert(Release.B, "zones", {"id": 1, "name": "north"}),
        Insert(Release.B, "hosts", {"name": "two", "rack_id": 1, "zone_id": 1}),
        Insert(Release.A, "hosts", {"name": "three"}),
        Delete(Release.A, "racks", {"id": 2}),
    ),
)
