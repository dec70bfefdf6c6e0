"""From a configuration to a plan: connect, read the journal, the models and the live schema.

What every command, the demo and whoever scripts falsework begin with. Reading only: nothing here
writes, and every transaction it opens is one that cannot write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError

from falsework.checks.asking import TIMEOUT, Asker
from falsework.config import Config
from falsework.engines.base import Trouble
from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared, load_models, schemas_of, speller
from falsework.engines.look import look, touched_by
from falsework.engines.redaction import redact
from falsework.engines.scratch import decided, spelled
from falsework.engines.tls import Tls
from falsework.errors import (
    ConfigError,
    Denied,
    FalseworkError,
    LockNotFree,
    PlanMismatch,
    Unreachable,
)
from falsework.expand_contract.back import before, kept_values, made
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.recorded import (
    Pairs,
    Record,
    adopted,
    apart,
    respelled,
    reworded_since,
    taken,
)
from falsework.expand_contract.upgrade import Upgrade
from falsework.migrate import Journal, Settings
from falsework.migrate.history import samples
from falsework.migrate.tables import stored, tables
from falsework.migrate.work import names
from falsework.model import measured
from falsework.model.engine import Server, Spelling
from falsework.model.forecast import Origin, Pace, Rates, learned
from falsework.model.grant import Grants
from falsework.model.intent import Declared
from falsework.model.ownership import joined
from falsework.model.plan import Phase, Plan
from falsework.model.policy import Policy
from falsework.model.schema import Schema, TableName
from falsework.model.wire import load_plan

LOCK_MS = 5000
"""How long a session that only reads waits for a table that somebody has locked, milliseconds."""


@dataclass(frozen=True, slots=True)
class Present:
    """A database and the models beside it, read at one moment.

    ``owned``  what earlier releases owned, as far as anybody says
    ``apart``  live texts beside the models' ones that are not the same, as the journal tells
    ``rates``  what forecasts go by; None: those shipped with the engine
    """

    live: Schema
    declared: Declared
    rows: Mapping[TableName, int]
    grants: Grants = field(default_factory=dict)
    owned: Schema | None = None
    apart: Pairs = frozenset()
    sizes: Mapping[TableName, int] = field(default_factory=dict)
    rates: Rates | None = None

    @property
    def intent(self) -> str:
        """The fingerprint of the models, as a plan carries it."""
        return self.declared.digest


@dataclass(frozen=True, slots=True)
class Baseline:
    """The schema that a release is to own.

    ``record``  how the server spelled the texts of the models that made it
    ``taken``   the texts of it that nobody could compare, a sentence each
    """

    live: Schema
    record: Record = ()
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A database that answered, with the settings and the journal found in it."""

    config: Config
    target: Target
    journal: Journal

    @property
    def name(self) -> str:
        """Which database and schema it is, for people."""
        return f"{self.target.identity}, schema {self.target.schema}"

    @property
    def lock_budget(self) -> float:
        """Seconds that a statement of the application may be made to wait."""
        budget = self.config.lock_budget
        return self.target.server.engine.lock_budget if budget is None else budget

    @contextmanager
    def reading(self, what: str = "reading") -> Iterator[Connection]:
        """A session whose transactions cannot write; ``what`` says in errors what it was for."""
        with told(self.target, what), self.target.pool.connect() as connection:
            connection.execution_options(falsework_read_only=True)
            self.target.driver.wait_for_locks(connection, LOCK_MS)
            yield connection

    def asking(self, what: str, timeout: float = TIMEOUT) -> Asker:
        """What asks one question after the other, each for so many seconds at most."""
        return Asker(lambda: self.reading(what), timeout)

    @property
    def spelling(self) -> Spelling:
        """The engine's way to write SQL."""
        return self.target.server.engine.spelling

    def baseline(self) -> Baseline:
        """The live schema, and how the server spelled its texts.

        Spelled is known where the models that made it are at hand: an earlier release's, where
        some are named.

        Raises ConfigError for the models.
        """
        live, named = self.live(), self.config.previous_models or self.config.models
        if not named:
            return Baseline(live)
        present = self.present(load_models(named))
        plan = self.plan(present)
        if plan.steps or plan.refusals:
            return Baseline(live)
        by = speller(self.target.pool.dialect)
        record = adopted(present.declared, present.live, by)
        return Baseline(live, record, tuple(taken(plan, present.declared, present.live)))

    def live(self, schemas: tuple[str, ...] = ()) -> Schema:
        """The live schema."""
        with self.reading("reading the schema") as connection:
            return self.target.driver.read(connection, self._schemas(schemas))

    def present(self, models: tuple[MetaData, ...]) -> Present:
        """The live schema, the models' one, and rows per table."""
        schemas = self._schemas(schemas_of(models))
        with self.reading("reading the schema") as connection:
            live, wanted, rows, sizes = look(self.target, connection, models, schemas)
            same, record = self.target.server.engine.same_text, self.journal.record
            pairs = reworded_since(wanted, live, record, same, speller(connection.dialect))
            wanted = self._spelled(models, live, respelled(wanted, live, record, same))
            new = any(live.table(t.name) is None for t in wanted.schema.tables)
            new = new or any(live.sequence(s.name) is None for s in wanted.schema.sequences)
            grants = self.target.driver.grants(connection, schemas) if new else {}
            owned = joined(self.journal.owned, self._previous(connection, live))
            rates = self._rates(connection)
            return Present(live, wanted, rows, grants, owned, pairs, sizes, rates)

    def _rates(self, connection: Connection) -> Rates | None:
        """The shipped rates with what calibration and this database's own history know better."""
        server, file = self.target.server, self.config.rates
        calibrated = rates_file(Path(file), server) if file else ()
        found = tables(self.target.schema)
        known = samples(connection, found) if stored(connection, found) else ()
        learnt = learned(known, Origin.HISTORY)
        if not calibrated and not learnt:
            return None
        return server.engine.rates.joined(calibrated, learnt)

    def _spelled(self, models: tuple[MetaData, ...], live: Schema, wanted: Declared) -> Declared:
        """With the texts of a scratch database, where the configuration names one."""
        url = self.config.scratch_url
        if url is None:
            return wanted
        return spelled(url, self.target, models, live, wanted, tls=Tls(self.config.tls))

    def _previous(self, connection: Connection, live: Schema) -> Schema | None:
        """What the models of an earlier release have, where the configuration names some."""
        if not self.config.previous_models:
            return None
        models = load_models(self.config.previous_models)
        driver, schema = self.target.driver, self.target.schema
        return declared(models, driver, connection.dialect, schema, live=live).schema

    def _schemas(self, named: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({self.target.schema, *named}))

    def _server(self, pairs: Pairs) -> Server:
        """The target's; texts of one server that differ are different, and need no normaliser."""
        server = self.target.server
        same = apart(server.engine.same_text, pairs)
        if self.config.scratch_url is not None:
            same = decided(server.engine)
        return replace(server, engine=replace(server.engine, same_text=same))

    def way_back(self, policy: Policy) -> Plan:
        """The plan that takes back what the one under way has done so far."""
        journal = self.journal
        plan, picture = journal.plan, journal.picture
        if plan is None or picture is None:
            raise ValueError("no plan is under way")
        with self.reading("reading the schema") as connection:
            live = self.target.driver.read(connection, self._schemas(t.schema for t in names(plan)))
            wanted = before(plan, live)
            touched = touched_by(live, wanted)
            rows = self.target.driver.rows(connection, touched)
            sizes = self.target.driver.sizes(connection, touched)
            rates = self._rates(connection)
        upgrade = Upgrade(
            old=live,
            new=wanted,
            server=self.target.server,
            rows=rows,
            sizes=sizes,
            rates=rates,
            owned=joined(made(plan, journal.done, picture), journal.owned),
            policy=policy,
        )
        back = make_plan(upgrade, self.target.schema)
        if Phase.CONTRACT in journal.begun and back.proof.broken:  # A does not work then
            breaking = policy.accept.union(step for step, _ in back.proof.broken)
            accepting = replace(upgrade, policy=replace(policy, accept=breaking))
            back = make_plan(accepting, self.target.schema)
        kept = kept_values(plan, frozenset(step for step, _ in journal.states))
        return replace(back, takes_back=plan.digest, notes=(*back.notes, *kept))

    def plan(self, present: Present, policy: Policy | None = None) -> Plan:
        """The plan from what is there to what the models say."""
        upgrade = Upgrade(
            old=present.live,
            new=present.declared,
            server=self._server(present.apart),
            rows=present.rows,
            sizes=present.sizes,
            rates=present.rates,
            owned=present.owned,
            policy=policy or policy_of(self.config),
            grants={name: tuple(given) for name, given in present.grants.items()},
        )
        return make_plan(upgrade, self.target.schema)


def open_session(config: Config) -> Session:
    """Connect and read the journal. Raises ConfigError, Unreachable, Denied, PlanMismatch."""
    if config.url is None:
        raise ConfigError(
            "no database is named",
            why="there is no url in the configuration, the environment or the options",
            do="--url env:NAME or --url file:PATH, or url = ... in falsework.toml",
        )
    target = connect(
        config.url,
        schema=config.schema,
        connect_seconds=config.connect_seconds,
        tls=Tls(config.tls),
        run_as=config.run_as,
    )
    with told(target, "reading the journal"):
        return Session(config, target, Journal.open(target))


@contextmanager
def told(target: Target, what: str) -> Iterator[None]:
    """Raise a server's error in the block as one that says what to do. Nothing was written."""
    try:
        yield
    except DBAPIError as error:
        ours = _error(target, what, error)
        if ours is None:
            raise
    else:
        return
    raise ours


def _error(target: Target, what: str, error: DBAPIError) -> FalseworkError | None:
    trouble = target.driver.trouble(error)
    why = redact(next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__))
    if trouble in (Trouble.LOCK_TIMEOUT, Trouble.RETRY):
        return LockNotFree(f"{what}: somebody has the lock", why=why, do="try again later")
    if trouble in (Trouble.UNREACHABLE, Trouble.LOST):
        return Unreachable(
            f"{what}: {target.identity} does not answer",
            why=why,
            do="see that the server runs and this machine may reach it, then try again",
        )
    if trouble in (Trouble.DENIED, Trouble.REJECTED):
        return Denied(
            f"{what}: {target.identity} does not let this user look",
            why=why,
            do="grant SELECT on the tables and on the catalog, or use another user",
        )
    return None


def models_of(config: Config) -> tuple[MetaData, ...]:
    """The models that the configuration names; importing them runs their code."""
    return load_models(config.models)


def policy_of(
    config: Config,
    *,
    allow_downtime: frozenset[str] = frozenset(),
    accept: frozenset[str] = frozenset(),
) -> Policy:
    """What the operator decided, for the planner."""
    return Policy(
        lock_budget=config.lock_budget,
        direct_seconds=config.direct_seconds,
        allow_downtime=allow_downtime,
        accept=accept,
        grant_to=config.grant_to,
    )


def settings_of(
    config: Config,
    *,
    allow_downtime: frozenset[str] = frozenset(),
    wait_seconds: float = 0.0,
    supersede: bool = False,
) -> Settings:
    """What the operator decided, for the runner."""
    return Settings(
        lock_budget=config.lock_budget,
        lock_try_ms=config.lock_try_ms,
        lock_wait_seconds=config.lock_wait_seconds,
        wait_seconds=wait_seconds,
        chunk_seconds=config.chunk_seconds,
        time_budget=config.time_budget,
        max_rows=config.max_rows,
        allow_downtime=allow_downtime,
        release=config.release or "",
        supersede=supersede,
    )


def rates_file(path: Path, server: Server) -> tuple[Pace, ...]:
    """The paces in a file that falsework calibrate wrote. Raises ConfigError for anything else."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: the rates cannot be read",
            why=error.strerror or type(error).__name__,
            do="name a file that falsework calibrate wrote, or leave the setting rates out",
        ) from None
    return measured.load(data, str(path), server)


def plan_file(path: Path) -> Plan:
    """The plan in a file that db-plan wrote. Raises PlanMismatch for anything else."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PlanMismatch(
            f"{path}: the plan cannot be read",
            why=error.strerror or type(error).__name__,
            do="name a file that db-plan --out wrote",
        ) from None
    return load_plan(data, str(path))
