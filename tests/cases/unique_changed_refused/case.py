"""A larger key under the same name: B may write what A's upserts do not expect."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
for metadata, columns in ((a, ("name",)), (b, ("name", "state"))):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("state", String(20)),
        UniqueConstraint(*columns, name="uq_hosts"),
    )

CASE = Case(a=a, b=b, expect=Refused("hosts: unique (name)", "until_contract('uq_hosts')"))
