"""A value goes from a list, and another comes: no row holds it."""

from sqlalchemy import Column, Enum, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, labels in ((a, ("up", "lost", "down")), (b, ("down", "gone", "up"))):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("state", Enum(*labels, name="state")),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"state": "up"}, {"state": "down"}]},
    leaves=("postgresql",),
    window=(Insert(Release.A, "hosts", {"state": "down"}),),
)
