"""One release that does much at once, as releases do."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

from falsework.declare import dropped, fill, new_uuid
from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Update

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("legacy", Text, nullable=False),
)
Table(
    "instances",
    a,
    Column("id", Integer, primary_key=True),
    Column("uuid", String(36)),
    Column("host_id", Integer, ForeignKey("hosts.id")),
    Column("title", String(20)),
    Column("state", String(20), nullable=False, server_default="new"),
    Index("ix_instances_state", "state"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    info=dropped("legacy", down="'{}'"),
)
Table(
    "instances",
    b,
    Column("id", Integer, primary_key=True),
    Column("uuid", String(36), nullable=False, unique=True, info=fill(new_uuid())),
    Column("host_id", Integer, ForeignKey("hosts.id"), index=True),
    Column("title", String(80)),
    Column("state", String(20), nullable=False, server_default="new"),
    Column("hidden", Boolean, nullable=False, info=fill("false")),
)
Table(
    "actions",
    b,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), nullable=False),
    Column("action", String(20)),
)

CASE = Case(
    a=a,
    b=b,
    rows={
        "hosts": [{"id": 1, "name": "one", "legacy": "{}"}],
        "instances": [
            {"id": 1, "uuid": None, "host_id": 1, "title": "web"},
            {"id": 2, "uuid": "2" * 36, "host_id": 1, "title": "db"},
        ],
    },
    window=(
        Insert(Release.A, "instances", {"host_id": 1, "title": "mail"}),
        Insert(Release.B, "actions", {"instance_id": 1, "action": "stop"}),
        Insert(Release.B, "hosts", {"name": "two"}),
        Update(Release.A, "hosts", {"name": "two"}, {"legacy": "seen by A"}),
    ),
)
