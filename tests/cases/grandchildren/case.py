"""A deletes a host and its disks follow; the new table below the disks must not stop it."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
    Table(
        "disks",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("host_id", Integer, ForeignKey("hosts.id", ondelete="CASCADE"), nullable=False),
    )
Table(
    "snapshots",
    b,
    Column("id", Integer, primary_key=True),
    Column("disk_id", Integer, ForeignKey("disks.id"), nullable=False),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}], "disks": [{"id": 1, "host_id": 1}]},
    window=(Insert(Release.B, "snapshots", {"disk_id": 1}),),
)
