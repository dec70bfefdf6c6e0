"""Models whose tables lie in several schemas: no difference after create_all, each change found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.plan import Plan

WITH_SCHEMAS = ("postgresql16", "postgresql18", "mysql", "mariadb1011", "mariadb118")


def models(other: str, *, more: bool = False) -> sa.MetaData:
    """Two tables of one name, and keys from one schema to the other.

    All of them towards the schema that is named: MySQL and MariaDB look for a parent without one
    beside the child, so that create_all itself would tie such a key to the wrong table.
    """
    metadata = sa.MetaData()
    sa.Table(
        "hosts",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, unique=True),
        sa.Column("rack", sa.Integer, sa.ForeignKey(f"{other}.racks.id", name="fk_rack")),
        sa.Index("ix_hosts_rack", "rack"),
    )
    sa.Table(
        "hosts",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(10), server_default="new"),
        *([sa.Column("owner", sa.String(20))] if more else []),
        sa.CheckConstraint("state <> ''", name="ck_state"),
        schema=other,
    )
    sa.Table(
        "racks",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("host", sa.Integer, sa.ForeignKey(f"{other}.hosts.id", ondelete="CASCADE")),
        sa.Index("ix_racks_host", "host"),
        schema=other,
    )
    return metadata


@pytest.fixture
def target(database: str) -> Iterator[Target]:
    found = connect(database)
    yield found
    found.pool.dispose()


@pytest.fixture
def other(target: Target) -> Iterator[str]:
    """A schema beside the one that tables without one are in."""
    name = f"{target.schema}_other"
    with target.pool.begin() as connection:
        connection.execute(sa.schema.CreateSchema(name))
    yield name
    with target.pool.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=target.schema == "public"))


def plan(target: Target, metadata: sa.MetaData, other: str) -> Plan:
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        live = target.driver.read(connection, (target.schema, other))
        new = declared(metadata, target.driver, connection.dialect, target.schema, live=live)
        rows = target.driver.rows(connection, [t.name for t in live.tables])
    return make_plan(Upgrade(live, new, target.server, rows, live), target.schema)


@pytest.mark.parametrize("server", WITH_SCHEMAS, indirect=True)
def test_tables_in_several_schemas(target: Target, other: str) -> None:
    """The same name in both, keys from one to the other."""
    metadata = models(other)
    metadata.create_all(target.pool)

    made = plan(target, metadata, other)
    assert (made.steps, made.refusals) == ((), ())
    assert not [note for note in made.notes if "not managed" in note]

    changed = plan(target, models(other, more=True), other)
    assert [step.id for step in changed.steps] == [f"{other}.hosts.owner/add"]
    metadata.drop_all(target.pool)
