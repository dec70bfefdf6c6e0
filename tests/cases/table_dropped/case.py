"""B gives a table up whose rows would stop it from deleting their parents."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Delete, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "disks",
    a,
    Column("id", Integer, primary_key=True),
    Column("host_id", Integer, ForeignKey("hosts.id"), nullable=False),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}], "disks": [{"host_id": 1}]},
    window=(
        Insert(Release.A, "disks", {"host_id": 1}),
        Delete(Release.B, "hosts", {"id": 1}),
    ),
)
