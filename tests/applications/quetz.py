"""Quetz: a server of packages, from the names without case of its second revision to its models."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import alembic.command
import quetz
from alembic.config import Config
from quetz import db_models
from sqlalchemy import Engine

from tests.applications.application import ANY, Application

for module in ("jobs.models", "metrics.db_models"):
    import_module(f"quetz.{module}")

metadata = db_models.Base.metadata


def begin(engine: Engine) -> None:
    """Its first two revisions, by its own Alembic environment."""
    config = Config()
    config.set_main_option("script_location", str(Path(str(quetz.__file__)).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", engine.url.render_as_string(hide_password=False))
    alembic.command.upgrade(config, "a3ffa287d074")


APPLICATION = Application(
    begin=begin,
    models=metadata,
    # Its texts without length cannot be made on MySQL, and on PostgreSQL its names take ICU, which
    # the builds for these tests leave out.
    dialects={"sqlite": "sqlite+pysqlite"},
    filled={
        ("api_keys", "time_created"): ANY,
        ("channels", "channel_metadata"): "{}",
        ("channels", "ttl"): 36000,
    },
)
