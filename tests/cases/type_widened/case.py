"""Longer strings: A reads what it can, B writes what it may."""

from sqlalchemy import Column, Integer, MetaData, String, Table, Text

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(10), nullable=False, unique=True),
    Column("note", String(10)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("note", Text),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "note": "n"}]},
    window=(Insert(Release.B, "hosts", {"name": "two", "note": "n" * 200}),),
)
