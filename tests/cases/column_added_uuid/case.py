"""Every row gets a UUID of its own, which is unique from the start: A leaves it NULL."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.declare import fill, new_uuid
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("uuid", String(36), nullable=False, unique=True, info=fill(new_uuid())),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}, {"name": "two"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "three"}),
        Insert(Release.B, "hosts", {"name": "four", "uuid": "0" * 36}),
    ),
)
