"""One scenario with something of everything, for tests of how the runner behaves."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.declare import dropped, fill, new_uuid
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

ROWS = 20

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
Table(
    "servers",
    a,
    Column("id", Integer, primary_key=True),
    Column("uuid", String(36)),
    Column("host_id", Integer, ForeignKey("hosts.id")),
    Column("rack", String(10), nullable=False),
)
Table(
    "servers",
    b,
    Column("id", Integer, primary_key=True),
    Column("uuid", String(36), nullable=False, unique=True, info=fill(new_uuid())),
    Column("host_id", Integer, ForeignKey("hosts.id"), index=True),
    Column("state", String(10), nullable=False, info=fill("'new'")),
    info=dropped("rack", down="'?'"),
)
Table(
    "disks",
    b,
    Column("id", Integer, primary_key=True),
    Column("server_id", Integer, ForeignKey("servers.id"), nullable=False, index=True),
)


def _uuid(number: int) -> str:
    return f"{number:08}-0000-4000-8000-000000000000"


CASE = Case(
    name="story",
    a=a,
    b=b,
    rows={
        "hosts": [{"id": 1, "name": "one"}],
        "servers": [
            {
                "id": n,
                "uuid": None if n % 3 else _uuid(n),
                "host_id": 1 if n % 2 else None,
                "rack": "r",
            }
            for n in range(1, ROWS + 1)
        ],
    },
    window=(
        Insert(Release.A, "servers", {"id": 50, "rack": "r2"}),
        Insert(Release.B, "servers", {"id": 51, "uuid": _uuid(51), "state": "up"}),
        Insert(Release.A, "servers", {"id": 52, "rack": "r3"}),
        Insert(Release.B, "disks", {"id": 1, "server_id": 52}),
    ),
)
