"""More values in a list: at the end, and between the others."""

from sqlalchemy import Column, Enum, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, state, kind in (
    (a, ("up", "down"), ("ssd", "disk")),
    (b, ("up", "down", "lost", "it's"), ("new", "ssd", "tape", "old", "disk")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("state", Enum(*state, name="state"), nullable=False, server_default="up"),
        Column("kind", Enum(*kind, name="kind")),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"state": "up", "kind": "disk"}, {"state": "down", "kind": "ssd"}]},
    window=(
        Insert(Release.A, "hosts", {"state": "down", "kind": "disk"}),
        Insert(Release.B, "hosts", {"state": "up", "kind": "ssd"}),
    ),
)
