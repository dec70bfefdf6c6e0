"""An index that becomes unique, and a unique one that is an ordinary index from now on."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from falsework.declare import until_contract
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, named, placed, info in (
    (a, False, True, {}),
    (b, True, False, until_contract("ix_place")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("place", Integer),
        Index("ix_name", "name", unique=named),
        Index("ix_place", "place", unique=placed),
        info=info,
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "place": 1}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two", "place": 2}),
        Insert(Release.B, "hosts", {"name": "three", "place": None}),
    ),
)
