"""Indexes in another order, over an expression or of other rows, where the database has such."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, text

from tests.cases.model import Case

a, b = MetaData(), MetaData()
for metadata, wanted in ((a, "state = 'up'"), (b, "state = 'down'")):
    hosts = Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("state", String(20)),
    )
    first, second = (hosts.c.name, hosts.c.state)[:: 1 if metadata is a else -1]
    Index("ix_order", first, second)
    Index("ix_direction", first if metadata is a else second.desc())
    Index("ix_some", hosts.c.name, sqlite_where=text(wanted), postgresql_where=text(wanted))

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one", "state": "up"}]})
