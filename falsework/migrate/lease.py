"""The run lock where there are no session locks: a row that has to be renewed.

It is freed by its owner, by the death of its owner where this host can tell, or by the database's
clock.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import DBAPIError

from falsework.migrate import liveness
from falsework.migrate.locks import Holder, RunLock
from falsework.migrate.tables import LOCK_ROW

CLOCK_SECONDS = 1.0  # the database's clock may count in whole seconds


@dataclass(frozen=True, slots=True)
class _Lease:
    """The lock row as it was read; ``age`` in seconds by the database's clock."""

    token: int
    beat: int
    owner: str
    process: str
    lease_seconds: float
    age: float

    @property
    def over(self) -> bool:
        """Whether it is anybody's to take."""
        old = self.age > self.lease_seconds + CLOCK_SECONDS
        return not self.owner or old or liveness.dead(self.process)


class Lease(RunLock):
    """A row that has to be renewed, for engines without session locks."""

    def take(self) -> Holder | None:
        with self._guard:
            connection = self._open()
            lease = self._read(connection)
            if not lease.over:
                return Holder(f"{lease.owner}, last heard of {max(lease.age, 0):.0f} s ago")
            table = self._table
            taking = self._taking(self.settings.lease_seconds).where(
                table.c.token == lease.token, table.c.beat == lease.beat
            )
            with connection.begin():
                if connection.execute(taking).rowcount != 1:
                    return Holder("a runner that began at this moment")
            self.token = lease.token + 1
        return None

    def free(self) -> None:
        with self._guard, suppress(DBAPIError):
            connection = self._open()
            with connection.begin():
                connection.execute(self._freeing())
        self.close()

    def beat(self) -> None:
        table = self._table
        renewing = (
            update(table)
            .where(table.c.id == LOCK_ROW, table.c.token == self.token)
            .values(beat=table.c.beat + 1, renewed=func.current_timestamp())
        )
        with self._guard:
            connection = self._open()
            with connection.begin():
                connection.execute(renewing)

    def _read(self, connection: Connection) -> _Lease:
        table = self._table
        with connection.begin():
            row = connection.execute(
                select(table, func.current_timestamp().label("now")).where(table.c.id == LOCK_ROW)
            ).one()
        return _Lease(
            token=row.token,
            beat=row.beat,
            owner=row.owner,
            process=row.process,
            lease_seconds=row.lease_seconds,
            age=(row.now - row.renewed).total_seconds(),
        )
