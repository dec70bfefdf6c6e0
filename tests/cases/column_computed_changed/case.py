"""Columns that the server computes otherwise: A reads what it always read, until contract."""

from sqlalchemy import Column, Computed, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, half, short in (
    (a, "used / 2", "substr(name, 1, 3)"),
    (b, "used / 3", "substr(name, 1, 5)"),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("used", Integer),
        Column("half", Integer, Computed(half, persisted=True)),
        Column("short", String(20), Computed(short)),
        Column("name", String(20), nullable=False),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"used": 4, "name": "One"}, {"name": "TWO"}]},
    window=(
        Insert(Release.A, "hosts", {"used": 8, "name": "Three"}),
        Insert(Release.B, "hosts", {"used": 9, "name": "FOUR"}),
    ),
)
