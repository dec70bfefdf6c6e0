"""A deletes a rack and its hosts forget it, which B will not let them."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Refused

a, b = MetaData(), MetaData()
for metadata, needed in ((a, False), (b, True)):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column(
            "rack_id",
            Integer,
            ForeignKey("racks.id", ondelete="SET NULL", name="fk_hosts_rack"),
            nullable=not needed,
        ),
    )

NEVER_NULL = Refused("hosts.rack_id/enforce", "change it by hand")  # the server says the same

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"rack_id": 1}]},
    window=(Insert(Release.A, "hosts", {"rack_id": 1}),),
    elsewhere={"mysql": NEVER_NULL, "mariadb": NEVER_NULL},
)
