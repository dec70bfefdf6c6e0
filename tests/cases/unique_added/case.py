"""B upserts on the new unique: not before contract, since A may write duplicates."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
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
    Column("name", String(40), nullable=False, unique=True),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two"}),
        Insert(Release.B, "hosts", {"name": "three"}),
    ),
)
