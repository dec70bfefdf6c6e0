"""What a scenario is: the models of two releases, rows, what both write meanwhile, and the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, MetaData, Table, func, insert, select

from falsework.model.plan import Phase, QuestionKind
from falsework.model.policy import Policy
from tests.generator.writes import Delete, Insert, Row, Update, Upsert, Write

__all__ = [
    "Case",
    "Delete",
    "Expected",
    "Insert",
    "Refused",
    "Stopped",
    "Succeeds",
    "Update",
    "Upsert",
]


@dataclass(frozen=True, slots=True)
class Succeeds:
    """All three phases run, and nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The plan holds exactly this refusal.

    ``subject``  what is refused, without the schema's name
    ``do``       a part of the way out: the declaration or option to write
    """

    subject: str
    do: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The plan is fine, and the gate of a phase finds rows that stand in the way."""

    phase: Phase
    kind: QuestionKind
    subject: str


Expected = Succeeds | Refused | Stopped


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scenario.

    ``a``, ``b``   the models of both releases
    ``rows``       what the tables of A hold at the beginning
    ``window``     what A and B write between the end of expand and the start of contract, in order
    ``expect``     how it ends; ``elsewhere`` says so for engines where it ends otherwise, or for
                   one test server, whose version lacks something
    ``accept``     ids of steps that the operator accepts, without the schema's name
    ``beside``     SQL that makes objects which no release knows: an operator's own
    ``adopted``    whether A's objects are known as A's, so that they may be dropped
    ``leaves``     engines on which something of A stays, since no server there takes it back
    """

    a: MetaData
    b: MetaData
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    window: tuple[Write, ...] = ()
    expect: Expected = field(default_factory=Succeeds)
    elsewhere: Mapping[str, Expected] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    adopted: bool = True
    leaves: tuple[str, ...] = ()
    name: str = ""
    title: str = ""

    def __str__(self) -> str:
        return self.name

    def expected(self, engine: str, server: str = "") -> Expected:
        """How it ends on that engine, and on that one of its servers."""
        return self.elsewhere.get(server) or self.elsewhere.get(engine, self.expect)

    def policy(self, schema: str, lock_budget: float | None = None) -> Policy:
        """What the operator accepts, for tables in that schema."""
        return Policy(
            lock_budget=lock_budget, accept=frozenset(f"{schema}.{step}" for step in self.accept)
        )

    def begin(self, connection: Connection, *, rows: bool = True) -> None:
        """Make A's tables as ``create_all`` does, what lies beside them, and A's rows."""
        create(self.a, connection)
        for sql in self.beside:
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        for table in self.a.sorted_tables if rows else ():
            found = self.rows.get(table.name, ())
            for row in found:
                connection.execute(insert(table), dict(row))
            if found:
                _count_on(connection, table)


def create(metadata: MetaData, connection: Connection) -> None:
    """``create_all`` as in a new process.

    Where tables refer to each other in a circle it adds keys afterwards, on servers that can, and
    marks them so for good: the next CREATE TABLE, on whatever server, would leave them out.
    """
    for table in metadata.tables.values():
        for key in table.foreign_key_constraints:
            key._create_rule = None
    metadata.create_all(connection)


def _count_on(connection: Connection, table: Table) -> None:
    """Have the server's counter go on after the keys that were given by hand."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    # A value, not SQL: the driver does not halve the percent signs that the preparer doubles.
    quoted = connection.dialect.identifier_preparer.format_table(table).replace("%%", "%")
    top = select(func.max(column)).scalar_subquery()
    counter = func.pg_get_serial_sequence(quoted, column.name)
    connection.execute(select(func.setval(counter, top)).where(counter.is_not(None)))
