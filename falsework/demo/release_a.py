"""The cloud's models at release A: what runs now. Rows are deleted softly, as OpenStack does it."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def history() -> tuple[Column[object], ...]:
    """When the row was made, changed and deleted; ``deleted`` is 0, or the row's own id."""
    return (
        Column("created_at", DateTime, nullable=False),
        Column("updated_at", DateTime),
        Column("deleted_at", DateTime),
        Column("deleted", Integer, nullable=False, server_default="0"),
    )


hosts = Table(
    "hosts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("vcpus", Integer, nullable=False),
    Column("memory_mb", Integer, nullable=False),
    Column("legacy_capabilities", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default="0"),
    *history(),
    UniqueConstraint("name", "deleted"),
)

flavors = Table(
    "flavors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("vcpus", Integer, nullable=False),
    Column("memory_mb", Integer, nullable=False),
    Column("root_gb", Integer, nullable=False),
    Column("is_public", Boolean, nullable=False, server_default="1"),
    *history(),
    UniqueConstraint("name", "deleted"),
)

networks = Table(
    "networks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label", String(255), nullable=False),
    Column("cidr", String(43)),
    Column("vlan", Integer),
    *history(),
    UniqueConstraint("vlan", "deleted"),
)

instances = Table(
    "instances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uuid", String(36)),
    Column("display_name", String(80)),
    Column("project_id", String(32), nullable=False),
    Column("host_id", Integer, ForeignKey("hosts.id"), index=True),
    Column("flavor_id", Integer, ForeignKey("flavors.id"), nullable=False, index=True),
    Column("network_id", Integer, ForeignKey("networks.id"), index=True),
    Column("vm_state", String(32), nullable=False, server_default="building"),
    Column("task_state", String(32)),
    *history(),
    Index("ix_instances_deleted", "deleted", "deleted_at"),
)

instance_metadata = Table(
    "instance_metadata",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), nullable=False, index=True),
    Column("key", String(255), nullable=False),
    Column("value", String(255)),
    *history(),
)

volumes = Table(
    "volumes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), index=True),
    Column("size_gb", Integer, nullable=False),
    Column("status", String(32), nullable=False, server_default="creating"),
    *history(),
)
