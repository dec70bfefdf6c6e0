"""Models with rows that are marked deleted, for the tests of db-reclaim."""

from datetime import timedelta

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table

from falsework.declare import soft_delete


def _models(said: dict[str, object]) -> MetaData:
    metadata = MetaData()
    Table(
        "instances",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("host", String(20)),
        Column("task_state", String(20)),
        Column("deleted", Integer),
        Column("deleted_at", DateTime),
        info=said,
    )
    Table(
        "faults",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("instance_id", Integer, ForeignKey("instances.id", ondelete="CASCADE")),
    )
    Table(
        "snapshots",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("instance_id", Integer, ForeignKey("instances.id"), index=True),
    )
    Table(
        "audits",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("instance_id", ForeignKey("instances.id", ondelete="SET NULL"), index=True),
    )
    return metadata


after = timedelta(days=90)
declared = _models(soft_delete("deleted", idle="task_state IS NULL", host="host", after=after))
without_age = _models(soft_delete("deleted"))
silent = _models({})
wrong = _models(soft_delete("deletet"))
