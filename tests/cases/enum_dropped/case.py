"""A column and a table with listed values go, and the types with them."""

from sqlalchemy import Column, Enum, Integer, MetaData, Table

from falsework.declare import dropped
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, more in ((a, (Column("state", Enum("up", "down", name="state")),)), (b, ())):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        *more,
        info=dropped("state", down=None) if not more else {},
    )
Table(
    "disks",
    a,
    Column("id", Integer, primary_key=True),
    Column("kind", Enum("ssd", "disk", name="kind")),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"state": "up"}], "disks": [{"kind": "ssd"}]},
    window=(Insert(Release.A, "hosts", {"state": "down"}), Insert(Release.B, "hosts", {})),
)
