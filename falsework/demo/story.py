"""The whole story on a database of its own: asked, planned, expanded, lived in, contracted.

Everything shown is what the commands show, made by the same functions; every claim is checked
while it is told, and the story ends with an error where one does not hold.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from falsework import migrate
from falsework.checks import ask, count
from falsework.config import Config
from falsework.datasets.traffic import Traffic
from falsework.demo import release_a, release_b
from falsework.demo.life import Ledger, live
from falsework.demo.seed import seed
from falsework.errors import CheckFailed, Refused
from falsework.migrate import Event, Moment
from falsework.model.plan import Kind, Phase, Plan, Release
from falsework.model.schema import TableName
from falsework.report.checks import checks_text
from falsework.report.plan import Standing, plan_text
from falsework.report.words import counted, duration, number
from falsework.session import Session, open_session, settings_of

WHO = {
    Phase.EXPAND: "release A runs on; B starts when it is done",
    Phase.MIGRATE: "A and B both run",
    Phase.CONTRACT: "A is gone, B runs",
}

NOT_YET = ("instances", Kind.UPSERT, "uuid")
NOT_YET_SAID = "the upsert on uuid, which B must not rely on yet"


def run(url: str | None, out: TextIO) -> int:
    """Tell it on a throw-away file, or on the empty database behind ``url``. Returns 0.

    Raises Refused when the database is not empty, CheckFailed when a claim does not hold.
    """
    if url is not None:
        return _tell(url, out)
    with tempfile.TemporaryDirectory(prefix="falsework-demo-") as folder:
        file = Path(folder) / "cloud.db"
        file.touch()
        return _tell(f"sqlite:///{file}", out)


def _tell(url: str, out: TextIO) -> int:
    started = time.monotonic()
    config = Config(url=url, models=("falsework.demo.release_b:metadata",), release="B")
    story = _Story(config, out)
    story.release_a()
    plan = story.questions_and_plan()
    story.phase(plan, Phase.EXPAND)
    story.window()
    story.phase(plan, Phase.MIGRATE)
    story.window()
    story.phase(plan, Phase.CONTRACT)
    story.contracted = True
    story.end()
    story.say(f"Told in {duration(time.monotonic() - started)}.")
    return 0


@dataclass(slots=True)
class _Story:
    config: Config
    out: TextIO
    ledger: Ledger = field(default_factory=Ledger)
    said: int = 0  # statements of the closed list so far
    contracted: bool = False

    def say(self, text: str = "") -> None:
        self.out.write(text + "\n")
        self.out.flush()

    def head(self, text: str) -> None:
        self.say(f"\n{'=' * 100}\n{text}\n")

    def session(self) -> Session:
        return open_session(self.config)

    def release_a(self) -> None:
        """A cloud that has run for two years."""
        session = self.session()
        if session.live().tables:
            raise Refused(
                f"{session.name} is not empty",
                why="the demo writes tables and rows, and drops none of somebody else's",
                do="name an empty database",
            )
        with session.target.pool.begin() as connection:
            release_a.metadata.create_all(connection)
            rows = seed(connection)
        with session.target.pool.connect() as connection:
            self.ledger = Ledger.of(connection)
        migrate.adopt(session.target, session.live(), "A")
        self.head(
            "Release A of a small cloud has run for two years. Most of its rows are soft-deleted."
        )
        self.say("  " + ", ".join(f"{table} {number(n)}" for table, n in rows.items()))

    def questions_and_plan(self) -> Plan:
        """What an operator does first: ask."""
        session = self.session()
        plan = session.plan(session.present((release_b.metadata,)))
        with session.asking("counting") as asker:
            results = ask(asker, session.spelling, plan)
        self.head(
            "Release B is to come. Before anything is touched, the operator asks.\n\n$ db-check"
        )
        self.say(checks_text(results, database=session.name))
        self.head("$ db-plan")
        self.say(plan_text(plan, Standing(session.name, budget=session.lock_budget)))
        if plan.refusals:
            raise CheckFailed("the demo's plan has refusals", do="report this output")
        return plan

    def phase(self, plan: Plan, phase: Phase) -> None:
        """One phase, with everything that the running releases may say after each of its steps."""
        self.head(f"$ db-{phase}        # {WHO[phase]}")
        session = self.session()
        last = plan.phase(phase)[-1].id
        tables = {s.id: frozenset((s.table, *s.also_locks)) for s in plan.steps}
        titles = {s.id: s.title for s in plan.steps}

        def told(event: Event) -> None:
            if event.moment is Moment.STEP_DONE and event.step is not None:
                filled = f", {counted(event.rows, 'row')}" if event.rows else ""
                self.say(f"  done  {titles[event.step]}{filled}")
                scope = None if event.step == last else tables[event.step]
                for release in _at_work(phase, last=event.step == last):
                    self.statements(session, release, scope)

        migrate.run(
            session.target,
            plan if phase is Phase.EXPAND else None,
            phase,
            settings_of(self.config),
            told,
            ask=count,
        )

    def statements(
        self, session: Session, release: Release, tables: frozenset[TableName] | None
    ) -> None:
        """Let the release say every statement of the law's list, and see each succeed."""
        with session.target.pool.connect() as connection:
            traffic = Traffic(
                connection,
                session.target.driver,
                session.target.schema,
                a=(release_a.metadata,),
                b=(release_b.metadata,),
            )
            known = traffic.tables(release)
            scope = known if tables is None else [t for t in known if t in tables]
            outcomes = list(traffic.run(release, scope))
        failed = [o for o in outcomes if not o.ok]
        early = [o for o in failed if (o.table.name, o.kind, o.subject) == NOT_YET]
        for outcome in failed:
            if outcome not in early or self.contracted:
                said = f"release {release}'s {outcome.kind} on {outcome.table}"
                raise CheckFailed(
                    f"{said} failed: {outcome.error}",
                    why="the law says that every statement of a running release succeeds",
                    do="report this output: the proof said it would",
                )
        self.said += len(outcomes) - len(early)
        if outcomes:
            but = f", but for {NOT_YET_SAID}" if early else ""
            self.say(f"        {len(outcomes)} statements of {release}: all succeed{but}")

    def window(self) -> None:
        """Rows that both write beside each other, and keep."""
        self.head("Meanwhile A and B write beside each other.")
        with self.session().target.pool.begin() as connection:
            for line in live(connection, self.ledger):
                self.say(f"  {line}")

    def end(self) -> None:
        """Nothing is left to do, and nothing is lost."""
        session = self.session()
        self.head("The upgrade is complete. Is it?")
        with session.target.pool.connect() as connection:
            left = _alembic(connection)
            lost = self.ledger.differences(connection)
        empty = session.plan(session.present((release_b.metadata,)))
        self._claim(not empty.steps, "db-plan finds nothing to do")
        self._claim(not left, "Alembic has nothing to add", str(left))
        rows = len(self.ledger.rows)
        self._claim(not lost, f"all {number(rows)} rows are as predicted", ", ".join(lost[:5]))
        self.statements(session, Release.B, None)
        self.say(
            f"  yes   {number(self.said)} statements of A and B were said on the way; none failed"
        )

    def _claim(self, holds: bool, claim: str, otherwise: str = "") -> None:
        if not holds:
            raise CheckFailed(f"it does not hold that {claim}", why=otherwise, do="report this")
        self.say(f"  yes   {claim}")


def _at_work(phase: Phase, *, last: bool) -> tuple[Release, ...]:
    """Who runs after a step of this phase."""
    if phase is Phase.CONTRACT:
        return (Release.B,)
    if phase is Phase.MIGRATE or last:
        return (Release.A, Release.B)
    return (Release.A,)


def _alembic(connection: Connection) -> list[object]:
    """What Alembic would still change; the journal's own tables aside."""

    def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and (name or "").startswith("falsework_"))

    options = {"compare_type": True, "compare_server_default": True, "include_object": ours}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, release_b.metadata))
