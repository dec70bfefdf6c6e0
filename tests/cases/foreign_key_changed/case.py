"""Other actions of a foreign key: A's hold until contract, then B's take their place."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Delete, Insert

a, b = MetaData(), MetaData()
for metadata, stops, follows, cleared in (
    (a, None, "CASCADE", "SET NULL"),
    (b, "CASCADE", None, "CASCADE"),
):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
    Table("rooms", metadata, Column("id", Integer, primary_key=True))
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("rack_id", Integer, ForeignKey("racks.id", name="fk_hosts_rack", ondelete=stops)),
        Column("room_id", Integer, ForeignKey("rooms.id", name="fk hosts", ondelete=follows)),
        Column("spare_id", Integer, ForeignKey("racks.id", ondelete=cleared, onupdate=stops)),
    )

CASE = Case(
    a=a,
    b=b,
    rows={
        "racks": [{"id": 1}, {"id": 2}],
        "rooms": [{"id": 1}, {"id": 2}],
        "hosts": [
            {"id": 1, "name": "one", "rack_id": 1, "room_id": 1, "spare_id": 2},
            {"id": 2, "name": "two", "rack_id": 1, "room_id": 2, "spare_id": None},
        ],
    },
    window=(
        Insert(
            Release.A,
            "hosts",
            {"id": 3, "name": "three", "rack_id": 2, "room_id": 1, "spare_id": 1},
        ),
        Delete(Release.A, "rooms", {"id": 1}),
    ),
)
