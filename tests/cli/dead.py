"""A table most of whose rows were marked deleted long ago, at releases A and B."""

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, create_engine

from falsework.declare import fill, soft_delete

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
ROWS, DEAD = 200, 150


def _models(*, required: bool, says: bool = True) -> MetaData:
    found = MetaData()
    Table(
        "instances",
        found,
        Column("id", Integer, primary_key=True),
        Column("uuid", String(36), nullable=not required, info=fill("'none'")),
        Column("deleted_at", DateTime),
        info=soft_delete(at="deleted_at") if says else {},
    )
    return found


a = _models(required=False)
b = _models(required=True)
silent = _models(required=True, says=False)


def make(url: str) -> None:
    """Release A with its rows, in an empty database."""
    engine = create_engine(url)
    a.create_all(engine)
    rows = [{"id": n, "deleted_at": LONG_AGO if n <= DEAD else None} for n in range(1, ROWS + 1)]
    with engine.begin() as connection:
        connection.execute(a.tables["instances"].insert(), rows)
    engine.dispose()
