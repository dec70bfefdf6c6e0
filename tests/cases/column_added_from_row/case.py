"""The fill reads other columns of its row."""

from sqlalchemy import Column, Integer, MetaData, String, Table, column, literal

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Update

a, b = MetaData(), MetaData()
PREFIX = literal("host ", String)
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("label", String(80), nullable=False, info=fill(PREFIX + column("name", String))),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}, {"name": "two"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "three"}),
        Update(Release.A, "hosts", {"name": "one"}, {"name": "eins"}),
    ),
)
