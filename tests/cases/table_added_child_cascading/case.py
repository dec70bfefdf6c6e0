"""The children follow whatever A does to their parent, so their foreign key is there at once."""

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
    Column(
        "host_id",
        Integer,
        ForeignKey("hosts.id", ondelete="CASCADE", onupdate="CASCADE"),
        nullable=False,
    ),
)
Table(
    "ports",
    b,
    Column("id", Integer, primary_key=True),
    Column("host_id", Integer, ForeignKey("hosts.id", ondelete="SET NULL", onupdate="CASCADE")),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]},
    window=(
        Insert(Release.B, "disks", {"host_id": 1}),
        Insert(Release.B, "ports", {"host_id": 1}),
        Delete(Release.A, "hosts", {"id": 1}),
    ),
)
