"""Optuna: studies of optimizers, from the schema of version 2.6 to the models of today.

Older schemas need what only Python can say (distributions written anew as JSON).
"""

from __future__ import annotations

from pathlib import Path

import alembic.command
from alembic.config import Config
from optuna.storages import _rdb
from optuna.storages._rdb import models
from sqlalchemy import Engine, inspect

from falsework.declare import fill
from tests.applications.application import Application

metadata = models.BaseModel.metadata
# A revision that changes its type makes it nullable where the server wants to hear all of it again.
metadata.tables["trials"].c.state.info.update(fill("'FAIL'"))
metadata.tables["trial_values"].c.value_type.info.update(fill("'FINITE'"))
metadata.tables["trial_intermediate_values"].c.intermediate_value_type.info.update(fill("'FINITE'"))


def begin(engine: Engine) -> None:
    """Its revisions up to that of 2.6, by its own Alembic environment."""
    folder = Path(str(_rdb.__file__)).parent
    config = Config(folder / "alembic.ini")
    config.set_main_option("script_location", str(folder / "alembic"))
    config.set_main_option("sqlalchemy.url", engine.url.render_as_string(hide_password=False))
    engine.connect().close()  # only then the dialect knows the server
    if getattr(engine.dialect, "is_mariadb", False):
        alembic.command.upgrade(config, "v1.3.0.a")
        _make_way(engine)
    alembic.command.upgrade(config, "v2.6.0.a")
    with engine.begin() as connection:
        row = {"version_info_id": 1, "schema_version": 12, "library_version": "2.6.0"}
        connection.execute(metadata.tables["version_info"].insert(), row)


def _make_way(engine: Engine) -> None:
    """Its next revision drops a column of a unique key, which this server does not do."""
    keys = inspect(engine).get_unique_constraints("trial_values")
    name = next(k["name"] for k in keys if "step" in k["column_names"])
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"ALTER TABLE trial_values ADD KEY kept (trial_id), DROP KEY `{name}`"
        )


APPLICATION = Application(
    begin=begin,
    models=metadata,
    dialects={
        "sqlite": "sqlite+pysqlite",
        "postgresql": "postgresql+psycopg2",
        "mysql": "mysql+pymysql",
        "mariadb": "mysql+pymysql",
    },
    # Nullable in its revisions and not in its models.
    removed=[("trial_values", "trial_id"), ("trial_intermediate_values", "trial_id")],
    single=("version_info",),
    filled={
        ("trials", "state"): "FAIL",
        ("trial_values", "value_type"): "FINITE",
        ("trial_intermediate_values", "intermediate_value_type"): "FINITE",
    },
)
