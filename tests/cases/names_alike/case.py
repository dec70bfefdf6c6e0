"""Columns and rules over them have the same names: every step still has one of its own."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
Table("hosts", a, Column("id", Integer, primary_key=True), Column("size", Integer))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("size", Integer, nullable=False, info=fill("1")),
    Column("uuid", String(36)),
    Column("rack_id", Integer, ForeignKey("racks.id", name="rack_id")),
    Column("slot", Integer, nullable=False, info=fill("0")),
    UniqueConstraint("uuid", name="uuid"),
    CheckConstraint("size > 0", name="size"),
    Index("slot", "slot"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"size": 1}, {"size": None}]},
    window=(
        Insert(Release.A, "hosts", {"size": 2}),
        Insert(Release.B, "hosts", {"size": 3, "uuid": "u", "rack_id": 1, "slot": 4}),
    ),
)
