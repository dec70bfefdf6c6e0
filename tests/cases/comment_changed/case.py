"""Comments come, change and go, whatever they hold, where the database keeps any."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, MetaData, String, Table, func

from tests.cases.model import Case

HOSTILE = """It's "quoted", 100 %, %(a)s :b ? \\n
a second line\\"""

a, b = MetaData(), MetaData()
for metadata, table, added, changed, gone in (
    (a, "the machines", None, "old", "unused"),
    (b, HOSTILE, HOSTILE, "new; COMMENT 'x'", None),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True, comment=changed),
        Column("name", String(40), nullable=False, server_default="x'y", comment=added),
        Column("state", String(20), index=True, unique=True, comment=gone),
        Column("up", Integer, ForeignKey("hosts.id"), comment=changed),
        Column("seen", Integer, server_default=func.abs(1), comment=added),
        CheckConstraint("up <> 13", name="ck_up"),
        comment=table,
    )
Table("notes", a, Column("id", Integer, primary_key=True), comment="gone in B")
Table(
    "notes",
    b,
    Column("id", Integer, primary_key=True),
    Column("text", String(80), comment=HOSTILE),
)
Table(
    "labels",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), comment=HOSTILE),
    comment=HOSTILE,
)

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one", "state": "up", "up": None, "seen": 1}]})
