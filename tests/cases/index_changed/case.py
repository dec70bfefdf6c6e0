"""An index of the same name over other columns: its successor is built beside it and takes over."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, columns, others in (
    (a, ("name",), ("up", "state")),
    (b, ("name", "state"), ("up", "name")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("state", String(20)),
        Column("up", Integer, ForeignKey("hosts.id")),
        Index("ix_hosts", *columns),
        Index("ix that a foreign key needs", *others),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "state": "up", "up": None}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two", "state": "up", "up": 1}),
        Insert(Release.B, "hosts", {"name": "three", "state": "down", "up": 1}),
    ),
)
