"""What falsework sees between a database and models: the changes, and the notes of its plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.expand_contract.changes import Change
from falsework.expand_contract.diff import changes
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.plan import Plan
from falsework.model.policy import Policy
from falsework.model.schema import Schema
from tests.properties.releases import Release, models


@dataclass(frozen=True)
class Compared:
    """One database, read once, for any number of models to be held against it."""

    target: Target
    live: Schema
    dialect: sa.Dialect

    def upgrade(self, release: Release) -> Upgrade:
        """From what is there to the release; all that is there is its predecessor's."""
        target = self.target
        said = declared(models(release), target.driver, self.dialect, target.schema, live=self.live)
        rows = {t.name: 10 for t in self.live.tables}
        return Upgrade(self.live, said, target.server, rows, self.live, Policy())

    def changes(self, release: Release) -> tuple[Change, ...]:
        """All there are, in their order."""
        return tuple(changes(self.upgrade(release)))

    def plan(self, release: Release) -> Plan:
        """The plan that comes of it."""
        return make_plan(self.upgrade(release), self.target.schema)


@contextmanager
def compared(url: str, release: Release, schemas: Sequence[str]) -> Iterator[Compared]:
    """The database at ``url``, in which ``create_all`` has made the release."""
    pool = sa.create_engine(url)
    with pool.begin() as connection:
        for metadata in models(release):
            metadata.create_all(connection)
    pool.dispose()
    target = connect(url)
    try:
        with target.pool.connect().execution_options(falsework_read_only=True) as connection:
            live = target.driver.read(connection, sorted({target.schema, *schemas}))
            yield Compared(target, live, connection.dialect)
    finally:
        target.pool.dispose()
