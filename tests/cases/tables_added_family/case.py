"""Three new tables refer to each other and to themselves, and nothing old is touched."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True))
Table(
    "areas",
    b,
    Column("id", Integer, primary_key=True),
    Column("above_id", Integer, ForeignKey("areas.id")),
)
Table(
    "racks",
    b,
    Column("id", Integer, primary_key=True),
    Column("area_id", Integer, ForeignKey("areas.id"), nullable=False),
    Column("code", String(10), nullable=False),
    UniqueConstraint("area_id", "code"),
)
Table(
    "shelves",
    b,
    Column("id", Integer, primary_key=True),
    Column("area_id", Integer, nullable=False),
    Column("code", String(10), nullable=False),
    ForeignKeyConstraint(["area_id", "code"], ["racks.area_id", "racks.code"]),
)

CASE = Case(
    a=a,
    b=b,
    window=(
        Insert(Release.B, "areas", {"id": 1}),
        Insert(Release.B, "racks", {"area_id": 1, "code": "x"}),
        Insert(Release.B, "shelves", {"area_id": 1, "code": "x"}),
    ),
)
