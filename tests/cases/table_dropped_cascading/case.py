"""A table that follows its parents stops nobody: it just goes in contract."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Delete

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "disks",
    a,
    Column("id", Integer, primary_key=True),
    Column("host_id", Integer, ForeignKey("hosts.id", ondelete="CASCADE", onupdate="CASCADE")),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}], "disks": [{"host_id": 1}]},
    window=(Delete(Release.B, "hosts", {"id": 1}),),
)
