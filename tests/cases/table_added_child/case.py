"""The rows of a new table belong to rows that A may delete: the foreign key waits."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Delete, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "disks",
    b,
    Column("id", Integer, primary_key=True),
    Column("host_id", Integer, ForeignKey("hosts.id"), nullable=False, index=True),
    Column("size", Integer),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]},
    window=(
        Insert(Release.B, "disks", {"host_id": 1, "size": 10}),
        Delete(Release.A, "hosts", {"id": 2}),
    ),
)
