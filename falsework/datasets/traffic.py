"""Says every statement of the law's closed list to a live database, as one release would.

::

    traffic = Traffic(connection, driver, "public", a=(models_a,), b=(models_b,))
    for outcome in traffic.run(Release.A):
        print(outcome.table, outcome.kind, outcome.subject, outcome.ok)

Each statement runs in a transaction of its own, with the rows it needs, and is rolled back. It is
tried with the worst rows that the release's own models allow; it is ok when every try was. With
``keep=True`` it is tried once, with ordinary rows that differ from all others, and committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import SystemRandom

from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError

from falsework.datasets.ordinary import Ordinary
from falsework.datasets.release import models
from falsework.datasets.rows import Rows
from falsework.datasets.setup import Avoid, SetUp, Write
from falsework.datasets.statements import Statements
from falsework.datasets.trials import Said, Trial
from falsework.datasets.values import Fresh
from falsework.engines.base import Driver, Trouble
from falsework.engines.dml import dml_of
from falsework.model.plan import Kind, Release
from falsework.model.schema import TableName


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a statement of the closed list fared.

    ``subject``  the column of an UPDATE, the key of an upsert; "" for the others
    ``trouble``  what the first error means; None where there was none
    ``error``    its first line; it may hold made-up values, never a row's
    ``tries``    how many ways it was tried
    ``again``    how many tries had to be repeated since a prepared statement was outdated
    ``blind``    how many tries had no row to find, since neither release could write it
    """

    release: Release
    table: TableName
    kind: Kind
    subject: str
    ok: bool
    trouble: Trouble | None = None
    error: str = ""
    tries: int = 1
    again: int = 0
    blind: int = 0


class Traffic:
    """What releases A and B say, over one connection that nobody else uses meanwhile.

    ``schema``  where tables lie that name none
    ``b``       empty where there is only one release
    ``seed``    the same one gives the same rows; None: rows that no other traffic has
    """

    def __init__(
        self,
        connection: Connection,
        driver: Driver,
        schema: str,
        *,
        a: Sequence[MetaData],
        b: Sequence[MetaData] = (),
        seed: int | None = None,
    ) -> None:
        dml = dml_of(driver)
        fresh = Fresh(SystemRandom().randrange(2**48) if seed is None else seed)
        said = {Release.A: a, Release.B: b} if b else {Release.A: a}
        self._rows = {
            release: Rows(
                connection,
                models(
                    release,
                    metadata,
                    connection.dialect,
                    schema,
                    b if metadata is a else a,
                    cascades_to_itself=driver.engine.cascades_to_itself,
                ),
                fresh,
                dml,
            )
            for release, metadata in said.items()
        }
        self._connection = connection
        self._driver = driver
        self._dml = dml
        self._again = self._blind = 0
        self.detours: list[str] = []
        """Set-ups whose first choice of a row could not be written, with the error: for tests."""

    def tables(self, release: Release) -> tuple[TableName, ...]:
        """The release's tables, sorted."""
        return tuple(sorted(self._rows[release].models.shapes))

    def run(
        self, release: Release, tables: Iterable[TableName] | None = None, *, keep: bool = False
    ) -> Iterator[Outcome]:
        """Say every statement over the tables (all of the release's), one by one."""
        for name in self.tables(release) if tables is None else tables:
            for said in self._list(release, name, keep=keep):
                yield self._say(release, name, said, keep=keep)

    def _list(self, release: Release, name: TableName, *, keep: bool) -> Iterator[Said]:
        ours = self._rows[release]
        shape = ours.models.shapes[name]
        theirs = next((r for other, r in self._rows.items() if other is not release), None)
        if keep:
            return Ordinary(ours, shape, self._dml).all()
        return Statements(ours, theirs, shape, self._dml).all()

    def _say(self, release: Release, name: TableName, said: Said, *, keep: bool) -> Outcome:
        self._again = self._blind = 0
        for tried, trial in enumerate(said.trials, 1):
            error = self._try(trial, keep=keep)
            if error is not None:
                return Outcome(
                    release,
                    name,
                    said.kind,
                    said.subject,
                    ok=False,
                    trouble=self._trouble(error),
                    error=_first_line(error),
                    tries=tried,
                    again=self._again,
                    blind=self._blind,
                )
        return Outcome(
            release,
            name,
            said.kind,
            said.subject,
            ok=True,
            tries=len(said.trials),
            again=self._again,
            blind=self._blind,
        )

    def _trouble(self, error: DBAPIError) -> Trouble:
        return Trouble.OTHER if isinstance(error, _Lost) else self._driver.trouble(error)

    def _try(self, trial: Trial, *, keep: bool) -> DBAPIError | None:
        """Run the trial; where a row of its set-up cannot be had, by a detour around it."""
        avoid: Avoid = frozenset()
        while True:
            rows = SetUp(self._rows, avoid)
            trial.setup(rows)
            try:
                error = self._transaction(rows.writes, trial, keep=keep)
                found = trial.hits is None or any(_is(write, trial) for write in rows.writes)
                self._blind += not found
                return error
            except _Stuck as stuck:
                write = stuck.write
                if not avoid:
                    self.detours.append(f"{write.by} {write.shape.name}: {stuck}")
                avoid |= {write.way}

    def _transaction(self, writes: list[Write], trial: Trial, *, keep: bool) -> DBAPIError | None:
        """The error of the statement itself. Raises _Stuck where the set-up has one."""
        error = self._once(writes, trial, keep=keep)
        while error is not None and self._dml.stale(error) and self._again < _REPEATS:
            # Rolled back, the session forgets its prepared statements: what a pool's retry does.
            self._again += 1
            error = self._once(writes, trial, keep=keep)
        return error

    def _once(self, writes: list[Write], trial: Trial, *, keep: bool) -> DBAPIError | None:
        with self._connection.begin() as transaction:
            try:
                self._write(writes)
                self._statement(trial, writes)
            except DBAPIError as error:
                transaction.rollback()
                return error
            if keep:
                transaction.commit()
            else:
                transaction.rollback()
        return None

    def _write(self, writes: list[Write]) -> None:
        for write in writes:
            try:
                self._connection.execute(write.shape.insert, write.row).close()
            except DBAPIError as error:
                if self._dml.stale(error):
                    raise
                raise _Stuck(write, error) from error

    def _statement(self, trial: Trial, writes: list[Write]) -> None:
        result = self._connection.execute(trial.statement, trial.row)
        if result.returns_rows and result.cursor is not None:
            result.cursor.fetchall()  # what the client makes of the values is its own affair
            result.close()
        elif result.rowcount != 1 and any(_is(write, trial) for write in writes):
            raise _Lost(str(trial.statement), None, LookupError(f"{result.rowcount} rows, not 1"))
        if trial.leaves is not None:
            found = len(self._connection.execute(trial.leaves).all())
            if found != 1:
                raise _Lost(str(trial.statement), None, LookupError(f"left {found} rows, not 1"))
        self._settle()

    def _settle(self) -> None:
        """Have deferred foreign keys checked, which only a commit would do."""
        deferred = [
            shape.clause
            for rows in self._rows.values()
            for shape in rows.models.shapes.values()
            if any(link.deferrable for link in shape.links)
        ]
        if deferred:
            self._dml.settle(self._connection, deferred)


_REPEATS = 100  # a statement: each of its tries may meet one outdated one, and no more


def _is(write: Write, trial: Trial) -> bool:
    """Whether this is the row that the trial's statement is to find."""
    if trial.hits is None:
        return False
    shape, row = trial.hits
    same = all(write.row.get(n) == row.get(n) for n in shape.finds)
    return write.shape.name == shape.name and same


class _Stuck(Exception):
    """A row of the set-up could not be written."""

    def __init__(self, write: Write, error: DBAPIError) -> None:
        super().__init__(_first_line(error))
        self.write = write


class _Lost(DBAPIError):
    """The row that was just written is not the one that is there: what one writes is not read."""


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
