"""Rows for the sample application at release A: some 50 000, the same ones each time.

As in a cloud that has run for a while: most instances are gone and were only marked deleted, and a
few, most of them old, have no UUID.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select, update

from falsework.demo.release_a import (
    flavors,
    hosts,
    instance_metadata,
    instances,
    networks,
    volumes,
)

Row = dict[str, object]

HOSTS, FLAVORS, NETWORKS, INSTANCES, METADATA, VOLUMES = 200, 12, 48, 12_000, 30_000, 8_000
WITHOUT_UUID = 37  # instances
GONE = 0.7  # the share of instances that are marked deleted
BEGIN = datetime.fromisoformat("2012-01-01T00:00:00")
YEARS = timedelta(days=730)
BATCH = 2_000  # rows a statement: few statements, and none of a size that a server minds


def seed(connection: Connection) -> dict[str, int]:
    """Fill the empty tables of release A, without committing. Returns the rows per table."""
    draw = random.Random(2014)  # noqa: S311 - rows of a demo, the same each time
    host_ids = _insert(connection, hosts, _hosts())
    flavor_ids = _insert(connection, flavors, _flavors())
    network_ids = _insert(connection, networks, _networks())
    rows = list(_instances(draw, host_ids, flavor_ids, network_ids))
    instance_ids = _insert(connection, instances, rows)
    histories = [_only_history(row) for row in rows]
    _insert(connection, instance_metadata, _metadata(draw, instance_ids, histories))
    _insert(connection, volumes, _volumes(draw, instance_ids, histories))
    for table in (instances, instance_metadata, volumes):
        _mark_deleted(connection, table)
    return {
        "hosts": HOSTS,
        "flavors": FLAVORS,
        "networks": NETWORKS,
        "instances": INSTANCES,
        "instance_metadata": METADATA,
        "volumes": VOLUMES,
    }


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> Sequence[int]:
    """Insert the rows and return the ids the server gave them, in order."""
    pending = list(rows)
    for start in range(0, len(pending), BATCH):
        connection.execute(insert(table), pending[start : start + BATCH])
    return connection.scalars(select(table.c.id).order_by(table.c.id)).all()


def _mark_deleted(connection: Connection, table: Table) -> None:
    """A deleted row carries its own id, so that live names stay unique."""
    gone = update(table).where(table.c.deleted_at.is_not(None)).values(deleted=table.c.id)
    connection.execute(gone)


def _hosts() -> Iterator[Row]:
    for number in range(HOSTS):
        yield {
            "name": f"compute-{number:04}",
            "vcpus": 32,
            "memory_mb": 262_144,
            "legacy_capabilities": '{"hypervisor": "xen"}',
            "created_at": BEGIN,
        }


def _flavors() -> Iterator[Row]:
    for number in range(FLAVORS):
        yield {
            "name": f"m1.{number}",
            "vcpus": 2 ** (number % 6),
            "memory_mb": 512 * 2 ** (number % 6),
            "root_gb": 10 * (number + 1),
            "created_at": BEGIN,
        }


def _networks() -> Iterator[Row]:
    for number in range(NETWORKS):
        yield {
            "label": f"net-{number}",
            "cidr": f"10.{number}.0.0/16",
            "vlan": 100 + number,
            "created_at": BEGIN,
        }


def _instances(
    draw: random.Random,
    host_ids: Sequence[int],
    flavor_ids: Sequence[int],
    network_ids: Sequence[int],
) -> Iterator[Row]:
    without = frozenset(draw.sample(range(INSTANCES // 2), WITHOUT_UUID))
    for number in range(INSTANCES):
        uuid = str(UUID(int=draw.getrandbits(128), version=4))
        history = _history(draw, number / INSTANCES)
        yield {
            "uuid": None if number in without else uuid,
            "display_name": f"server-{number}",
            "project_id": f"{draw.randrange(300):032x}",
            "host_id": draw.choice(host_ids),
            "flavor_id": draw.choice(flavor_ids),
            "network_id": draw.choice(network_ids),
            "vm_state": "deleted" if history["deleted_at"] else "active",
            **history,
        }


def _history(draw: random.Random, age: float) -> Row:
    """When an instance lived; ``age`` from 0 (the oldest) to 1."""
    created = BEGIN + YEARS * age
    lived = timedelta(hours=draw.randrange(1, 4_000))
    gone = draw.random() < GONE
    return {
        "created_at": created,
        "updated_at": created + lived,
        "deleted_at": created + lived if gone else None,
    }


def _only_history(row: Row) -> Row:
    return {name: row[name] for name in ("created_at", "updated_at", "deleted_at")}


def _metadata(
    draw: random.Random, instance_ids: Sequence[int], histories: Sequence[Row]
) -> Iterator[Row]:
    for _ in range(METADATA):
        owner = draw.randrange(INSTANCES)
        key = draw.choice(("role", "owner", "backup", "image", "zone"))
        yield {
            "instance_id": instance_ids[owner],
            "key": key,
            "value": f"{key}-{draw.randrange(50)}",
            **histories[owner],
        }


def _volumes(
    draw: random.Random, instance_ids: Sequence[int], histories: Sequence[Row]
) -> Iterator[Row]:
    for _ in range(VOLUMES):
        owner = draw.randrange(INSTANCES)
        free = histories[owner]["deleted_at"] is not None
        yield {
            "instance_id": instance_ids[owner],
            "size_gb": draw.choice((1, 10, 50, 100)),
            "status": "deleted" if free else "in-use",
            **histories[owner],
        }
