"""Upgrades on paper: both schemas from models, no database, every engine at any version."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import URL, MetaData

from falsework.engines.declared import declared
from falsework.engines.drivers import driver_for
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.engine import Server
from falsework.model.plan import Plan
from falsework.model.policy import Policy
from falsework.model.schema import Schema, TableName
from tests.cases.model import Case

SCHEMAS = {"sqlite": "main", "postgresql": "public", "mysql": "app", "mariadb": "app"}
ENGINES = tuple(SCHEMAS)

_VERSIONS = {
    "sqlite": (3, 40, 1),
    "postgresql": (16, 0),
    "mysql": (9, 7, 0),
    "mariadb": (11, 8, 0),
}


def upgrade(
    a: MetaData | Schema,
    b: MetaData,
    engine: str = "sqlite",
    *,
    rows: int = 10,
    policy: Policy | None = None,
    owned: bool = True,
) -> Upgrade:
    """From the models (or a schema) of A to the models of B."""
    driver, schema = driver_for(engine), SCHEMAS[engine]
    dialect = URL.create(engine).get_dialect()()
    old = a if isinstance(a, Schema) else declared(a, driver, dialect, schema).schema
    return Upgrade(
        old=old,
        new=declared(b, driver, dialect, schema, live=old),
        server=Server(driver.engine, _VERSIONS[engine]),
        rows={t.name: rows for t in old.tables},
        owned=old if owned else None,
        policy=policy or Policy(),
    )


def of(case: Case, engine: str = "sqlite", rows: int = 10) -> Upgrade:
    """The case's upgrade; what lies beside the models is not on paper."""
    schema = SCHEMAS[engine]
    found = upgrade(case.a, case.b, engine, rows=rows, owned=case.adopted)
    return replace(found, policy=case.policy(schema, lock_budget=1e9))


def plan(a: MetaData | Schema, b: MetaData, engine: str = "sqlite", **more: object) -> Plan:
    """The plan for it."""
    return make_plan(upgrade(a, b, engine, **more), SCHEMAS[engine])  # type: ignore[arg-type]


def name(table: str, engine: str = "sqlite") -> TableName:
    """The table's whole name."""
    return TableName(SCHEMAS[engine], table)
