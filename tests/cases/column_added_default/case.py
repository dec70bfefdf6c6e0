"""Columns with constant server defaults, NOT NULL and not: rows of A get them by themselves."""

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, String, Table, false, func

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("weight", Integer, nullable=False, server_default="7"),
    Column("state", String(20), server_default="it's new"),
    Column("hidden", Boolean, nullable=False, server_default=false()),
    Column("seen", DateTime, nullable=False, server_default=func.current_timestamp()),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.A, "hosts", {"name": "two"}),),
)
