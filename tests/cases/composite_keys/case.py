"""Keys of two columns: of tables, of the foreign key between them, and of what is added."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "racks",
    a,
    Column("room", String(10), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("height", Integer),
)
Table(
    "hosts",
    a,
    Column("room", String(10), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rack", Integer),
    Column("name", String(40)),
)
Table(
    "racks",
    b,
    Column("room", String(10), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("height", Integer, nullable=False, info=fill("42")),
    Column("row", Integer),
    UniqueConstraint("room", "row", name="uq_racks_row"),
)
Table(
    "hosts",
    b,
    Column("room", String(10), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rack", Integer),
    Column("name", String(40)),
    ForeignKeyConstraint(["room", "rack"], ["racks.room", "racks.number"], name="fk_hosts_rack"),
    UniqueConstraint("room", "name", name="uq_hosts_name"),
)

CASE = Case(
    a=a,
    b=b,
    rows={
        "racks": [{"room": "a", "number": 1}, {"room": "a", "number": 2, "height": 10}],
        "hosts": [{"room": "a", "position": 1, "rack": 1, "name": "one"}],
    },
    window=(
        Insert(Release.A, "hosts", {"room": "a", "position": 2, "rack": 2, "name": "two"}),
        Insert(Release.A, "racks", {"room": "b", "number": 1}),
        Insert(Release.B, "racks", {"room": "b", "number": 2, "height": 5, "row": 1}),
    ),
)
