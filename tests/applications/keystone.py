"""OpenStack Keystone: identities, from its first Alembic revision to its models.

What its own history does in two branches, and what it never did: revisions and models have drifted
apart (keystone.tests.unit.common.sql.test_upgrades lists where).
"""

from __future__ import annotations

from importlib import import_module

import alembic.command
import keystone.conf
from keystone.common import sql
from keystone.common.sql import upgrades
from sqlalchemy import Engine

from falsework.declare import until_contract
from tests.applications.application import Application

MODELS = """
application_credential.backends.sql assignment.backends.sql assignment.role_backends.sql_model
catalog.backends.sql credential.backends.sql endpoint_policy.backends.sql federation.backends.sql
identity.backends.sql_model identity.mapping_backends.sql limit.backends.sql oauth1.backends.sql
policy.backends.sql resource.backends.sql_model resource.config_backends.sql revoke.backends.sql
trust.backends.sql
"""
sql.initialize()
keystone.conf.configure()
for module in MODELS.split():
    import_module(f"keystone.{module}")

metadata = sql.ModelBase.metadata


def begin(engine: Engine) -> None:
    """Its first revision, by its own Alembic environment."""
    config = upgrades.get_alembic_config()
    config.set_main_option("sqlalchemy.url", str(engine.url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, upgrades.ALEMBIC_INIT_VERSION)


# Its ids are made up by Keystone itself, which makes them differ.
metadata.tables["access_rule"].info.update(until_contract("access_rule_external_id_key"))


APPLICATION = Application(
    begin=begin,
    models=metadata,
    filled={("mapping", "schema_version"): "1.0"},
    lose=["token"],
    # Its revisions know MySQL by that name alone: on MariaDB, too, operators write mysql.
    dialects={
        "sqlite": "sqlite+pysqlite",
        "postgresql": "postgresql+psycopg2",
        "mysql": "mysql+pymysql",
        "mariadb": "mysql+pymysql",
    },
)
