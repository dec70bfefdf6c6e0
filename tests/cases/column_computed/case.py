"""A column that the server computes stays as it is while its neighbours change."""

from sqlalchemy import Column, Computed, Integer, MetaData, Table

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Refused

a, b = MetaData(), MetaData()
for metadata, needed in ((a, False), (b, True)):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("used", Integer, nullable=False),
        Column("size", Integer, nullable=not needed, info=fill("1") if needed else {}),
        Column("half", Integer, Computed("used / 2", persisted=True)),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"used": 1, "size": 2}, {"used": 2}]},
    elsewhere={"mariadb1011": Refused("hosts.size/enforce", "keep it as it is in the models")},
    window=(Insert(Release.A, "hosts", {"used": 3}),),
)
