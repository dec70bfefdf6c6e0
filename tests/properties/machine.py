"""An upgrade as a state machine: A, B, the runner and its death, in any order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from falsework.checks.ask import count
from falsework.errors import Interrupted
from falsework.migrate import Event, Journal, Moment, run
from falsework.model.plan import Phase, Release, Statement
from tests.generator import database
from tests.generator.child import KILLED, in_child
from tests.generator.crash import Counter
from tests.generator.dump import read_rows
from tests.generator.history import problems, so_far
from tests.generator.obeyed import broken
from tests.generator.predictor import predict, unexpected, visible
from tests.generator.sessions import wait_until_gone
from tests.generator.writer import Writer
from tests.generator.writes import Stage, Write
from tests.properties.trials import Trial
from tests.servers import Server

STAGES = {
    Phase.EXPAND: (Stage.EXPANDING, Stage.EXPANDED),
    Phase.MIGRATE: (Stage.MIGRATING, Stage.MIGRATED),
    Phase.CONTRACT: (Stage.CONTRACTING, Stage.CONTRACTING),
}


class Upgrading(RuleBasedStateMachine):
    """What is done next is drawn; after everything each release sees what both have written."""

    server: ClassVar[Server]
    trials: ClassVar[st.SearchStrategy[Trial]]

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Write | Stage] = []
        self.stage = Stage.EXPANDING
        self.due: Phase | None = Phase.EXPAND
        self.rounds = 0
        self.ready = False
        self.url = ""

    @initialize(data=st.data(), online=st.booleans())
    def begin(self, data: st.DataObject, online: bool) -> None:
        """Release A with its rows, and a plan that is not refused and not stopped by its rows."""
        self.case = data.draw(self.trials).case
        self.url = self.server.create_database()
        database.make(self.url, self.case)
        with database.opened(self.url) as target:
            self.rows = read_rows(target, self.case.a)
            policy = database.policy(target, self.case, online=online)
            self.plan = database.plan(target, self.case.b, policy)
        assume(not self.plan.refusals)
        assume(not broken(self.case.b, predict(self.case.a, self.case.b, self.rows)))
        self.ready = True

    @rule()
    @precondition(lambda self: self.stage < Stage.CONTRACTING)
    def a_works(self) -> None:
        """A inserts, updates and deletes."""
        self._work(Release.A)

    @rule()
    @precondition(lambda self: self.stage >= Stage.EXPANDED)
    def b_works(self) -> None:
        """B inserts, updates and deletes."""
        self._work(Release.B)

    @rule(checks=st.integers(1, 6))
    @precondition(lambda self: self.due is not None)
    def go_on(self, checks: int) -> None:
        """A runner does something, is asked to stop, and ends as it should."""
        left = iter(range(checks))
        self._run(lambda: next(left, None) is None)

    @rule()
    @precondition(lambda self: self.due is not None)
    def finish_phase(self) -> None:
        """A runner brings the phase that is due to its end."""
        self._run(lambda: False)

    @rule(point=st.integers(0, 40))
    @precondition(lambda self: self.due is not None)
    def crash(self, point: int) -> None:
        """A runner is killed, or is done before that."""
        phase = self._enter()

        def work() -> None:
            with database.opened(self.url) as target:
                database.upgrade(target, self.plan, Counter(point), phases=(phase,))

        ending = in_child(work)
        wait_until_gone(self.server, self.url)
        if ending.code != KILLED:
            ending.result()
        self._leave()

    @invariant()
    def what_both_wrote_is_there(self) -> None:
        """No row is lost, each release sees the other's, and the journal only goes forward."""
        if not self.ready:
            return
        with database.opened(self.url) as target:
            assert so_far(target) == []
        for release in Release:
            if self._alive(release):
                self._look(release)

    def teardown(self) -> None:
        """Bring it to its end, whatever was done to it, and compare."""
        try:
            if self.ready:
                while self.due is not None:
                    self._run(lambda: False)
                self._compare()
        finally:
            if self.url:
                self.server.drop_database(self.url)

    def _alive(self, release: Release) -> bool:
        if release is Release.A:
            return self.stage < Stage.CONTRACTING
        return self.stage >= Stage.EXPANDED

    def _writer(self, release: Release) -> Writer:
        self.rounds += 1
        return Writer(release, self.case, self.url, self.rounds)

    def _work(self, release: Release) -> None:
        writer = self._writer(release)
        self.log.extend(writer.work())
        writer.close()

    def _look(self, release: Release) -> None:
        writer = self._writer(release)
        case = self.case
        expected = visible(case.a, case.b, self.rows, self.log, release)
        wrong = unexpected(expected, writer.read(), writer.models)
        writer.close()
        assert not wrong, f"release {release} at {self.stage.name}: {wrong}"

    def _enter(self) -> Phase:
        """The phase that is due begins, unless it had begun before."""
        assert self.due is not None
        self._reach(STAGES[self.due][0])
        return self.due

    def _leave(self) -> None:
        """See whether a phase has ended."""
        before = self.due
        with database.opened(self.url) as target:
            journal = Journal.open(target)
        self.due = journal.due or (None if journal.history else Phase.EXPAND)
        if before is not None and before is not self.due:
            self._reach(STAGES[before][1])

    def _reach(self, stage: Stage) -> None:
        if stage > self.stage or not self.log:
            self.stage = stage
            self.log.append(stage)

    def _run(self, stop: Callable[[], bool]) -> None:
        phase = self._enter()
        planned = {sql for step in self.plan.steps for sql in _sql(step.work, step.repair)}

        def watch(event: Event, /) -> None:
            if event.moment is Moment.BEFORE_STATEMENT and event.sql is not None:
                assert event.sql in planned, f"not in the plan: {event.sql}"

        plan = self.plan if phase is Phase.EXPAND else None
        with database.opened(self.url) as target, suppress(Interrupted):
            run(target, plan, phase, database.SETTINGS, watch, stop=stop, ask=count)
        self._leave()

    def _compare(self) -> None:
        """Rows as predicted, B's schema, and nothing left to do."""
        case = self.case
        with database.opened(self.url) as target:
            expected = predict(case.a, case.b, self.rows, self.log)
            assert unexpected(expected, read_rows(target, case.b), case.b) == []
            assert problems(target, self.plan) == []
            left = database.plan(target, case.b, database.policy(target, case))
            assert (left.steps, left.refusals) == ((), ())
            schema = database.normal(database.read(target))
        with database.created(self.server, case.b, self.url) as target:
            assert schema == database.normal(database.read(target))


def _sql(*parts: object) -> list[str]:
    return [
        sql
        for part in parts
        if isinstance(part, Statement)
        for sql in (*part.setup, *part.sql, *part.must_be_empty, *part.teardown)
    ]
