"""A Python function as default runs in B only: A and old rows never see it."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("token", String(36), nullable=False, default=lambda: "made by B"),
)

CASE = Case(a=a, b=b, expect=Refused("hosts.token", "fill(new_uuid())"))
