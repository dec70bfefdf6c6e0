"""Holds the proof against a server: what it says of every statement, and what becomes of it there.

A *ground* is one database on its way from release A to release B, with a session of each release,
as applications have them. After each step both releases say their whole list; whatever the proof
calls fine must succeed, and whatever it calls broken must fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from msgspec.structs import replace
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy import Engine as Pool

from falsework.datasets.traffic import Outcome, Traffic
from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.expand_contract.look import Home, statements_of
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.proof import homes_of
from falsework.expand_contract.rules import verdicts
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.plan import Kind, Plan, Release, Verdict
from falsework.model.schema import Schema, Table, TableName
from tests.cases.model import Case

Said = tuple[Release, TableName, Kind, str]
Seen = set[tuple[Release, TableName, Schema]]

LAW = "law"
"""The property of a test's report that holds its numbers."""

COUNTED = {
    "states": "states",
    "pairs": "statements held against the proof",
    "tries": "tries",
    "failures": "failed as proven",
    "open": "succeeded undecided",
    "again": "repeated after a type change",
}

MANY = 10_000_000
"""Rows at which every step takes its long form, as far as the planner is told."""


@dataclass
class Tally:
    """What was compared: states of a schema, statements said in them, and how those fared."""

    states: int = 0
    pairs: int = 0
    failures: int = 0
    open: int = 0
    tries: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)

    def numbers(self) -> dict[str, int]:
        """What can be added up, over tests and over the processes that run them."""
        return {name: getattr(self, name) for name in COUNTED}


@dataclass
class Ground:
    """A database under test. ``homes`` are by the models, as the releases themselves are."""

    case: Case
    target: Target
    upgrade: Upgrade
    homes: Mapping[Release, Home]
    traffic: Mapping[Release, Traffic]
    seen: Seen

    def read(self) -> Schema:
        """The live schema, the journal aside."""
        with self.target.pool.connect() as connection:
            return self.target.driver.read(connection, [self.target.schema])

    def plan(self) -> Plan:
        """The plan for it."""
        return make_plan(self.upgrade, self.target.schema)

    def hold(
        self, where: str, schema: Schema, tally: Tally, only: frozenset[TableName] | None = None
    ) -> None:
        """Compare proof and server on this state for both releases, and note what differs.

        ``only``  tables to look at; None: all
        """
        tally.states += 1
        for release, home in self.homes.items():
            wanted = [t for t in home.tables.tables if only is None or t.name in only]
            tables = [t for t in wanted if self._new(release, t.name, schema)]
            scope = frozenset(t.name for t in tables)
            proven = by_statement(verdicts(self.upgrade.server, home, schema, scope))
            said = {_key(o): o for o in self.traffic[release].run(release, sorted(scope))}
            tally.wrong += self._detours(where, release, schema)
            listed = {(release, t.name, *s) for t in tables for s in statements_of(t)}
            if said.keys() != listed or not proven.keys() <= listed:
                tally.wrong.append(f"{where}: other statements: {said.keys() ^ listed}")
            for key, outcome in said.items():
                _compare(where, outcome, proven.get(key, ()), tally)

    def _detours(self, where: str, release: Release, schema: Schema) -> list[str]:
        """Rows that the release could not write in its own schema: such rows prove nothing."""
        met = self.traffic[release].detours
        own = [f"{where}: set-up: {d}" for d in met if d.startswith(f"{release} ")]
        met.clear()
        home = self.homes[release].tables
        same = all(_same_columns(t, schema.table(t.name)) for t in home.tables)
        return own if same and _all_labels(home, schema) else []

    def _new(self, release: Release, name: TableName, schema: Schema) -> bool:
        """Whether the table was not yet tried among relatives like these: no others matter."""
        state = (release, name, schema.only(family(schema, self.homes.values(), name)))
        fresh = state not in self.seen
        self.seen.add(state)
        return fresh


def family(schema: Schema, homes: Iterable[Home], name: TableName) -> frozenset[TableName]:
    """All tables that foreign keys tie to this one, over however many others."""
    found = frozenset((name,))
    while True:
        more = found.union(*(s.neighbours(found) for s in (schema, *(h.tables for h in homes))))
        if more == found:
            return found
        found = more


def _same_columns(one: Table, other: Table | None) -> bool:
    if other is None or one.sorted() != replace(other, columns=one.columns).sorted():
        return False
    return set(one.columns) == set(other.columns)


def _all_labels(home: Schema, schema: Schema) -> bool:
    """Whether every value that the release lists is one there."""
    return all(
        (now := schema.enumeration(e.name)) is not None and {*e.labels} <= {*now.labels}
        for e in home.enumerations
    )


def by_statement(found: Iterator[Verdict]) -> dict[Said, tuple[Verdict, ...]]:
    """The verdicts on each statement."""
    grouped: dict[Said, tuple[Verdict, ...]] = {}
    for verdict in found:
        key = (verdict.release, verdict.table, verdict.kind, verdict.subject)
        grouped[key] = (*grouped.get(key, ()), verdict)
    return grouped


def _key(outcome: Outcome) -> Said:
    return (outcome.release, outcome.table, outcome.kind, outcome.subject)


def _compare(where: str, outcome: Outcome, proven: tuple[Verdict, ...], tally: Tally) -> None:
    tally.pairs += 1
    tally.tries += outcome.tries
    tally.again += outcome.again
    tally.failures += not outcome.ok
    # Whether a row would have been refused is not seen where neither release can write one.
    certain = [v for v in proven if v.certain] if outcome.blind < outcome.tries else []
    if outcome.ok and proven and not certain:
        tally.open += 1
    if (outcome.ok and certain) or not (outcome.ok or proven):
        reasons = "; ".join(v.reason for v in proven) or "fine"
        server = "succeeds" if outcome.ok else f"{outcome.trouble}: {outcome.error}"
        tally.wrong.append(
            f"{where}: {outcome.release} {outcome.table} {outcome.kind} {outcome.subject}\n"
            f"    proof:  {reasons}\n    server: {server}"
        )


@contextmanager
def ground(
    case: Case, url: str, *, many: bool = False, rows: bool = True, seen: Seen | None = None
) -> Iterator[Ground]:
    """The case's database at release A, behind ``url``, with both releases connected."""
    target = connect(url)
    application = _application(target, url)
    with application.begin() as connection:
        case.begin(connection, rows=rows)
    with application.connect() as a, application.connect() as b:
        traffic = {Release.A: _traffic(case, target, a), Release.B: _traffic(case, target, b)}
        upgrade, homes = _upgrade(case, target, many=many)
        yield Ground(case, target, upgrade, homes, traffic, set() if seen is None else seen)
    application.dispose()
    target.pool.dispose()


def _application(target: Target, url: str) -> Pool:
    """Sessions as an application has them: a server's driver does what it does by itself.

    A file needs foreign keys switched on, and transactions that begin.
    """
    if target.driver.engine.name == "sqlite":
        return target.pool
    return create_engine(url, poolclass=NullPool)


def _traffic(case: Case, target: Target, connection: Connection) -> Traffic:
    return Traffic(connection, target.driver, target.schema, a=(case.a,), b=(case.b,), seed=SEED)


SEED = 60_466_176  # any: the same rows in every run


def _upgrade(case: Case, target: Target, *, many: bool) -> tuple[Upgrade, Mapping[Release, Home]]:
    with target.pool.connect() as connection:
        driver, dialect = target.driver, connection.dialect
        live = driver.read(connection, [target.schema])
        new = declared(case.b, driver, dialect, target.schema, live=live)
        known = declared(case.a, driver, dialect, target.schema).schema
    rows = {t.name: MANY if many else 10 for t in live.tables}
    upgrade = Upgrade(
        old=live,
        new=new,
        server=target.server,
        rows=rows,
        owned=known if case.adopted else None,
        policy=case.policy(target.schema, lock_budget=float(MANY)),
    )
    homes = homes_of(Upgrade(old=known, new=new, server=target.server, rows=rows))
    return upgrade, homes
