"""The null UUIDs: B wants each row to have one, A may still write none."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.declare import fill, new_uuid
from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Update

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("uuid", String(36)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("uuid", String(36), nullable=False, info=fill(new_uuid())),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}, {"name": "two", "uuid": "2" * 36}]},
    window=(
        Insert(Release.A, "hosts", {"name": "three"}),
        Update(Release.A, "hosts", {"name": "two"}, {"uuid": None}),
        Insert(Release.B, "hosts", {"name": "four", "uuid": "4" * 36}),
    ),
)
