"""A table that refers to itself, rebuilt and loosened and given a key."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Update

a, b = MetaData(), MetaData()
Table(
    "folders",
    a,
    Column("id", Integer, primary_key=True),
    Column("above_id", Integer, ForeignKey("folders.id", name="fk_folders_above")),
    Column("name", String(40)),
    Column("code", String(10), nullable=False),
)
Table(
    "folders",
    b,
    Column("id", Integer, primary_key=True),
    Column("above_id", Integer, ForeignKey("folders.id", name="fk_folders_above")),
    Column("name", String(40), nullable=False, info=fill("'?'")),
    Column("code", String(10)),
    UniqueConstraint("above_id", "code", name="uq_folders_path"),
)

CASE = Case(
    a=a,
    b=b,
    rows={
        "folders": [
            {"id": 1, "name": "top", "code": "t"},
            {"id": 2, "above_id": 1, "code": "m"},
            {"id": 3, "above_id": 2, "name": "low", "code": "l"},
        ]
    },
    window=(
        Insert(Release.A, "folders", {"above_id": 2, "code": "x"}),
        Update(Release.B, "folders", {"id": 3}, {"above_id": 1, "code": None}),
    ),
)
