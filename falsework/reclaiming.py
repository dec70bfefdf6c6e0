"""What db-reclaim goes by: the live schema, the policies, and the time on the database's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from falsework.engines.declared import declared, schemas_of
from falsework.engines.marks import clock
from falsework.engines.policies import policies
from falsework.errors import ConfigError, UsageError
from falsework.migrate.reclaim import Kinds
from falsework.model.engine import Engine
from falsework.model.forest import Forest, grown
from falsework.model.schema import Schema, TableName
from falsework.session import Session, models_of


@dataclass(frozen=True, slots=True)
class Reclaiming:
    """The live schema with its policies; ``now`` is the database's time, UTC without a zone."""

    live: Schema
    forest: Forest
    now: datetime

    def kinds(self, engine: Engine, older_than: float | datetime | None, host: str | None) -> Kinds:
        """What a run goes by; ``older_than`` in seconds or as a moment, None: as the policies say.

        Raises ConfigError where nobody says what may go, or since when; UsageError for a moment
        that is still to come.
        """
        if not self.forest.policies:
            raise ConfigError(
                "no table says how its rows are marked deleted",
                why="nothing goes from a table without a policy",
                do="declare soft_delete(...) in the models, or [soft_delete.TABLE] in the "
                "configuration; db-reclaim --suggest proposes some",
            )
        if host is not None and all(p.host is None for p in self.forest.policies.values()):
            raise ConfigError(
                "--host: no table says which host a row belongs to",
                why="so there is nothing that only this host may take",
                do='write soft_delete(..., host="host"), or leave --host out',
            )
        before = {
            name: self._before(name, policy.after if older_than is None else older_than)
            for name, policy in self.forest.policies.items()
        }
        return Kinds(self.live, self.forest, engine, before, host)

    def _before(self, name: TableName, age: float | datetime | None) -> datetime:
        if age is None:
            raise ConfigError(
                f"nobody says how long rows of {name} stay marked before they go",
                why="its policy has no after",
                do="db-reclaim --older-than 90d, or soft_delete(..., after=timedelta(days=90))",
            )
        if isinstance(age, datetime):
            if age > self.now:
                raise UsageError(
                    f"--older-than {age.isoformat()}: that is still to come",
                    why=f"the database has {self.now.isoformat()} (UTC)",
                    do="write a day that is over, or an age such as 90d",
                )
            return age
        try:
            return self.now - timedelta(seconds=age)
        except OverflowError:
            raise UsageError(
                "--older-than reaches back beyond the first year",
                why="no database has rows of that age",
                do="write an age such as 90d",
            ) from None


def reclaiming(session: Session) -> Reclaiming:
    """Read it. Raises ConfigError for a policy that does not fit its table."""
    config, target = session.config, session.target
    models = models_of(config) if config.models else ()
    driver, schemas = target.driver, sorted({target.schema, *schemas_of(models)})
    with session.reading("reading the schema") as connection:
        live = driver.read(connection, schemas)
        said = None
        if models:
            said = declared(models, driver, connection.dialect, target.schema, live=live)
        found = policies(live, driver, said, config.soft_delete)
        forest = grown(live, found, said.schema if said else None)
        return Reclaiming(live, forest, clock(driver.engine, connection))
