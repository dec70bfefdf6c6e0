"""A unique index is a rule: it waits until A, which does not know it, is gone."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Index("ix_hosts_name", "name", unique=True),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.A, "hosts", {"name": "two"}),),
)
