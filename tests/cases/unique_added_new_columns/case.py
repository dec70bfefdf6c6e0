"""Unique over columns that only B writes: enforced at once."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Upsert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("shelf", String(10)),
    Column("slot", Integer),
    UniqueConstraint("shelf", "slot", name="uq_hosts_place"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two"}),
        Upsert(Release.B, "hosts", ("shelf", "slot"), {"name": "three", "shelf": "s", "slot": 1}),
    ),
)
