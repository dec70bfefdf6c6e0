"""Foreign keys that wait for the end of a transaction, or wait no more, where there are such."""

from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, Table

from tests.cases.model import Case

WAITS: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}
WAITING: Any = ("postgresql", "sqlite")

a, b = MetaData(), MetaData()
for metadata, first, second in ((a, WAITS, {}), (b, {}, WAITS)):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("rack_id", Integer),
        Column("spare_id", Integer),
        ForeignKeyConstraint(["rack_id"], ["racks.id"], name="fk_rack", **first).ddl_if(
            dialect=WAITING
        ),
        ForeignKeyConstraint(["spare_id"], ["racks.id"], name="fk_spare", **second).ddl_if(
            dialect=WAITING
        ),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"id": 1, "rack_id": 1, "spare_id": None}]},
)
