"""A obeys the new key already, as the models say: counted first, then enforced for B's upserts."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.declare import at_expand
from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Upsert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("cpus", Integer),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("cpus", Integer),
    info=at_expand("name"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two"}),
        Upsert(Release.B, "hosts", ("name",), {"name": "two", "cpus": 2}),
    ),
)
