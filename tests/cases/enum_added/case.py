"""A new table and a new column with values that are listed."""

from sqlalchemy import Column, Enum, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, more in ((a, ()), (b, (Column("state", Enum("up", "down", name="state")),))):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), *more)
Table(
    "disks",
    b,
    Column("id", Integer, primary_key=True),
    Column(
        "kind",
        Enum("ssd", "disk", name="Disk's kind"),
        nullable=False,
        server_default="disk",
    ),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1}]},
    window=(
        Insert(Release.B, "hosts", {"state": "down"}),
        Insert(Release.A, "hosts", {}),
        Insert(Release.B, "disks", {"kind": "ssd"}),
    ),
)
