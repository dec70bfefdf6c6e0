"""A default comes at once; one that A relies on goes, or changes, when A is gone."""

from sqlalchemy import Column, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("added", Integer),
    Column("removed", Integer, server_default="1"),
    Column("changed", Integer, server_default="1"),
    Column("needed", Integer, nullable=False, server_default="1"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("added", Integer, server_default="2"),
    Column("removed", Integer),
    Column("changed", Integer, server_default="2"),
    Column("needed", Integer, nullable=False),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"added": 5}]},
    window=(
        Insert(Release.A, "hosts", {"added": 6}),
        Insert(Release.B, "hosts", {"added": 7, "needed": 3}),
    ),
)
