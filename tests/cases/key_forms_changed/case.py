"""Columns that an index keeps along, and NULLs that are equal, where the database has such."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, UniqueConstraint

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, kept, equal in ((a, ["place"], None), (b, ["state"], True)):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("state", String(20)),
        Column("place", Integer, nullable=False),
        Index("ix_name", "name", postgresql_include=kept),
        UniqueConstraint("place", name="uq_place", postgresql_nulls_not_distinct=equal),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "state": "up", "place": 1}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two", "place": 2}),
        Insert(Release.B, "hosts", {"name": "three", "place": 3}),
    ),
)
