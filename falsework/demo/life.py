"""What happens in the window: rows that release A and release B write beside the upgrade.

Each write is told to a ledger, so that the end of the story can be predicted without asking the
database what it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, insert, select, update

from falsework.demo import release_a as a
from falsework.demo import release_b as b

Values = Mapping[str, object]
Key = tuple[str, object]  # a table's name and a row's id
NOW = datetime.fromisoformat("2014-03-01T12:00:00")
ANY_UUID = object()
"""Stands in a predicted row for a UUID that nobody can know beforehand."""


@dataclass(slots=True)
class Ledger:
    """The rows that must be there at the end, by table and id, as release B reads them."""

    rows: dict[Key, dict[str, object]] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection) -> Ledger:
        """Everything that release A has, as release B is to find it."""
        ledger = cls()
        for table in a.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                ledger.rows[table.name, row["id"]] = as_b(table.name, dict(row))
        return ledger

    def differences(self, connection: Connection) -> list[str]:
        """What is not as predicted; empty when every row is."""
        found = {
            (table.name, row["id"]): dict(row)
            for table in b.metadata.sorted_tables
            for row in connection.execute(select(table)).mappings()
        }
        keys = self.rows.keys() | found.keys()
        wrong = [k for k in keys if not _agree(self.rows.get(k), found.get(k))]
        uuids = [row["uuid"] for (table, _), row in found.items() if table == "instances"]
        twice = len(uuids) - len(set(uuids))
        return [f"{t} {i}" for t, i in sorted(wrong, key=str)] + ["a UUID stands twice"] * twice


def as_b(table: str, row: Values) -> dict[str, object]:
    """A row of release A as release B reads it once the upgrade is complete."""
    seen = dict(row)
    if table == "hosts":
        del seen["legacy_capabilities"]
    if table == "volumes":
        seen["multiattach"] = False
    if table == "instances" and seen["uuid"] is None:
        seen["uuid"] = ANY_UUID
    return seen


def _agree(wanted: Values | None, found: Values | None) -> bool:
    if wanted is None or found is None or wanted.keys() != found.keys():
        return False
    return all(
        is_uuid(found[name]) if value is ANY_UUID else value == found[name]
        for name, value in wanted.items()
    )


def is_uuid(value: object) -> bool:
    """Whether it is a UUID in its usual text form."""
    try:
        return str(UUID(str(value))) == str(value).lower()
    except ValueError:
        return False


def live(connection: Connection, ledger: Ledger) -> tuple[str, ...]:
    """A and B at work beside each other; says what they did, a line each."""
    old = _a_boots(connection, ledger)
    new = _b_boots(connection, ledger)
    _a_renames(connection, ledger, new)
    _b_renames(connection, ledger, old)
    return (
        f"A boots instance {old} and gives it no UUID, as it always could",
        f"B boots instance {new}, gives it one, and writes down the action",
        f"A renames B's instance {new}",
        f"B gives A's instance {old} a name of 200 characters",
    )


def _a_boots(connection: Connection, ledger: Ledger) -> object:
    values = _instance(connection) | {"display_name": "made by A", "uuid": None}
    key = connection.execute(insert(a.instances).values(values)).inserted_primary_key
    row = connection.execute(select(a.instances).where(a.instances.c.id == _id(key))).mappings()
    ledger.rows["instances", _id(key)] = as_b("instances", dict(row.one()))
    return _id(key)


def _b_boots(connection: Connection, ledger: Ledger) -> object:
    values = _instance(connection) | {"display_name": "made by B", "uuid": str(uuid4())}
    key = connection.execute(insert(b.instances).values(values)).inserted_primary_key
    action = {"instance_id": _id(key), "action": "create", "created_at": NOW}
    done = connection.execute(insert(b.instance_actions).values(action)).inserted_primary_key
    for table, found in ((b.instances, key), (b.instance_actions, done)):
        row = connection.execute(select(table).where(table.c.id == _id(found))).mappings().one()
        ledger.rows[table.name, _id(found)] = dict(row)
    return _id(key)


def _a_renames(connection: Connection, ledger: Ledger, instance: object) -> None:
    change = {"display_name": "made by B, named by A"}
    connection.execute(update(a.instances).where(a.instances.c.id == instance).values(change))
    ledger.rows["instances", instance].update(change)


def _b_renames(connection: Connection, ledger: Ledger, instance: object) -> None:
    change = {"display_name": "a name that release A's column could not hold ".ljust(200, "!")}
    connection.execute(update(b.instances).where(b.instances.c.id == instance).values(change))
    ledger.rows["instances", instance].update(change)


def _instance(connection: Connection) -> dict[str, object]:
    flavor = connection.scalar(select(a.flavors.c.id).limit(1))
    return {"project_id": "demo", "flavor_id": flavor, "vm_state": "active", "created_at": NOW}


def _id(key: Row[Any] | None) -> object:
    """The only column of a primary key that the server returned."""
    if key is None:
        raise LookupError("the server returned no key")
    return key[0]
