"""Columns that the server computes: one as it is read, one kept beside the row."""

from sqlalchemy import Column, Computed, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Update

a, b = MetaData(), MetaData()
for metadata, more in (
    (a, ()),
    (
        b,
        (
            Column("half", Integer, Computed("used / 2", persisted=True)),
            Column("folded", String(20), Computed("lower(name)")),
        ),
    ),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("used", Integer),
        Column("name", String(20), nullable=False),
        *more,
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"used": 4, "name": "One"}, {"name": "TWO"}]},
    window=(
        Insert(Release.A, "hosts", {"used": 8, "name": "Three"}),
        Insert(Release.B, "hosts", {"used": 9, "name": "FOUR"}),
        Update(Release.A, "hosts", {"name": "One"}, {"name": "ONE"}),
    ),
)
