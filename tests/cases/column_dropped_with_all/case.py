"""A column goes with its index, its unique constraint, its check and its foreign key."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
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
    Table("racks", metadata, Column("id", Integer, primary_key=True))
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer, ForeignKey("racks.id", name="fk_hosts_rack"), index=True),
    Column("slot", Integer),
    UniqueConstraint("rack_id", "slot", name="uq_hosts_place"),
    CheckConstraint("slot > 0", name="ck_hosts_slot"),
)
Table("hosts", b, Column("id", Integer, primary_key=True), Column("name", String(40)))

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"name": "one", "rack_id": 1, "slot": 1}]},
    window=(
        Insert(Release.B, "hosts", {"name": "two"}),
        Insert(Release.A, "hosts", {"name": "three", "rack_id": 1, "slot": 2}),
    ),
)
