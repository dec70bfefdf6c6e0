"""kill -9 at a moment of an upgrade, then the same commands again, then a look at everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from falsework.engines.connect import Target
from falsework.migrate import Event, Moment, State
from falsework.migrate.observer import silent
from falsework.model.plan import Phase, Plan, Release, Statement, Step
from tests.cases.model import Case
from tests.generator import database
from tests.generator.cells import known
from tests.generator.child import KILLED, in_child, kill_myself
from tests.generator.database import Observe
from tests.generator.dump import Dump, different, dump, read_rows
from tests.generator.history import filled, problems, states
from tests.generator.predictor import Expected, predict, unexpected, visible
from tests.generator.sessions import wait_until_gone
from tests.generator.window import halves, written
from tests.generator.writes import Log, Rows, Stage, Write
from tests.servers import Server

# Between two of these an upgrade changes nothing in the database.
POINTS = frozenset(
    {
        Moment.BEFORE_STATEMENT,
        Moment.AFTER_STATEMENT,
        Moment.BEFORE_JOURNAL,
        Moment.AFTER_JOURNAL,
        Moment.BEFORE_COMMIT,
        Moment.AFTER_COMMIT,
    }
)


@dataclass
class Counter:
    """An observer that counts crash points, and does something at one of them."""

    at: int = -1
    then: Callable[[], None] = kill_myself
    seen: list[Event] = field(default_factory=list)

    def __call__(self, event: Event, /) -> None:
        if event.moment not in POINTS:
            return
        self.seen.append(event)
        if len(self.seen) - 1 == self.at:
            self.then()


@dataclass(frozen=True)
class Point:
    """A place to kill: the n-th crash point of a phase."""

    phase: Phase
    number: int
    event: Event = field(compare=False)

    def __str__(self) -> str:
        where = self.event.step or self.event.note or "the run itself"
        return f"{self.phase} {self.number}, {self.event.moment} of {where}"


@dataclass(frozen=True)
class Whole:
    """An uninterrupted upgrade: what is killed must end like it.

    ``url``     the database that was upgraded
    ``starts``  for each phase a template of the database as that phase finds it
    ``rows``    A's rows at the beginning, and ``logs``, for each phase what was written before it
    """

    server: Server
    case: Case
    plan: Plan
    url: str
    points: tuple[Point, ...]
    end: Dump
    expected: Expected
    filled: Mapping[str, int]
    starts: Mapping[Phase, str]
    rows: Rows
    logs: Mapping[Phase, Log]


@contextmanager
def whole(server: Server, case: Case, plan: Plan, url: str) -> Iterator[Whole]:
    """Upgrade once without interruption, and keep what killing it at every point needs."""
    with ExitStack() as kept:
        starts: dict[Phase, str] = {}
        points: list[Point] = []
        with database.opened(url) as target:
            rows = read_rows(target, case.a)
        log: list[Write | Stage] = []
        logs: dict[Phase, Log] = {}
        for phase in Phase:
            logs[phase] = tuple(log)
            starts[phase] = kept.enter_context(server.fresh(url))
            counter = Counter()
            with database.opened(url) as target:
                database.upgrade(target, plan, counter, phases=(phase,))
            points += [Point(phase, n, event) for n, event in enumerate(counter.seen)]
            log += meanwhile(url, case, phase)
        with database.opened(url) as target:
            end, counted = dump(target), filled(target)
        expected = predict(case.a, case.b, rows, log)
        yield Whole(
            server=server,
            case=case,
            plan=plan,
            url=url,
            points=tuple(points),
            end=end,
            expected=expected,
            filled=counted,
            starts=starts,
            rows=rows,
            logs=logs,
        )


@contextmanager
def started(run: Whole, phase: Phase) -> Iterator[str]:
    """The database as a phase finds it, for the length of a block.

    The uninterrupted upgrade's own is gone then: a plan knows schemas by name, and where a schema
    is a database the copy must have the same name.
    """
    with run.server.fresh(run.starts[phase], run.url) as url:
        yield url


def meanwhile(url: str, case: Case, phase: Phase) -> list[Write | Stage]:
    """What both releases write after a phase, with how far the upgrade is by then."""
    early, late = halves(case)
    if phase is Phase.EXPAND:
        return [Stage.EXPANDED, *written(url, case, early), Stage.MIGRATING]
    if phase is Phase.MIGRATE:
        return [Stage.MIGRATED, *written(url, case, late), Stage.CONTRACTING]
    return []


def killed(run: Whole, point: Point, again: int | None = None) -> list[str]:
    """Kill at a point, maybe the next run at another one, too; what is wrong after resuming."""
    with started(run, point.phase) as url:
        _kill(run, url, point.phase, point.number)
        if again is not None:
            _kill(run, url, point.phase, again, may_end=True)
        if told := left_alone(run, url, point.phase):
            return told
        events: list[Event] = []
        told = resumed(run, url, point.phase, observer=events.append)
        step = unrecorded(run, point)
        return told if step is None or again is not None else [*told, *repeated(url, step, events)]


def unrecorded(run: Whole, point: Point) -> Step | None:
    """The step whose statement is committed at that point while the journal does not say so.

    Where no transaction holds a statement (or the server commits it by itself) that is so from
    its end to the commit of the entry.
    """
    step = next((s for s in run.plan.steps if s.id == point.event.step), None)
    if step is None or not isinstance(step.work, Statement) or step.work.transaction:
        return None
    mine = [p for p in run.points if p.phase is point.phase and p.event.step == step.id]
    ran = next(
        p.number
        for p in mine
        if (p.event.moment, p.event.sql) == (Moment.AFTER_STATEMENT, step.work.sql[-1])
    )
    told = next(
        p.number
        for p in mine
        if (p.event.moment, p.event.note) == (Moment.BEFORE_JOURNAL, State.DONE)
    )
    recorded = next(
        p.number for p in mine if p.number > told and p.event.moment is Moment.AFTER_COMMIT
    )
    return step if ran <= point.number < recorded else None


def repeated(url: str, step: Step, events: Sequence[Event]) -> list[str]:
    """What is wrong unless the step was found done: by its effect, for the journal knew nothing."""
    assert isinstance(step.work, Statement)
    ran = [e.sql for e in events if e.sql in step.work.sql]
    with database.opened(url) as target:
        ended = [state for name, state in states(target) if name == step.id]
    told = [f"{step.id} ran once more: {ran}"] if ran else []
    return told if ended[-1:] == [State.FOUND] else [*told, f"{step.id} went {ended}"]


ALIVE = {
    Phase.EXPAND: (Release.A,),
    Phase.MIGRATE: (Release.A, Release.B),
    Phase.CONTRACT: (Release.B,),
}


def left_alone(run: Whole, url: str, phase: Phase) -> list[str]:
    """What is wrong for the releases that work on while the runner is dead."""
    wait_until_gone(run.server, url)
    told = []
    with database.opened(url) as target:
        for release in ALIVE[phase]:
            models = run.case.a if release is Release.A else run.case.b
            expected = visible(run.case.a, run.case.b, run.rows, run.logs[phase], release)
            wrong = unexpected(expected, read_rows(target, models), models)
            told += [f"release {release} reads {line}" for line in wrong]
    return told


def resumed(
    run: Whole, url: str, since: Phase, *, wait: bool = True, observer: Observe = silent
) -> list[str]:
    """Run what is left, and say what is wrong at the end.

    ``wait``  first let the server see that the earlier runner is gone, which saves time
    """
    if wait:
        wait_until_gone(run.server, url)
    with database.opened(url) as target:
        before = True
        for phase in Phase:
            database.upgrade(target, run.plan, observer, phases=(phase,))
            before = before and phase is not since
            if not before:
                meanwhile(url, run.case, phase)
        return wrong(run, target)


def wrong(run: Whole, target: Target) -> list[str]:
    """How a finished upgrade differs from the uninterrupted one."""
    loose = frozenset(
        (table, column)
        for table, rows in run.expected.items()
        for row in rows
        for column, cell in row.items()
        if not known(cell)
    )
    counted = filled(target)
    return [
        *([] if counted == run.filled else [f"filled {counted}, not {run.filled}"]),
        *different(run.end, dump(target), loose),
        *unexpected(run.expected, read_rows(target, run.case.b), run.case.b),
        *problems(target, run.plan),
    ]


def _kill(run: Whole, url: str, phase: Phase, at: int, *, may_end: bool = False) -> None:
    def work() -> None:
        wait_until_gone(run.server, url)
        with database.opened(url) as target:
            database.upgrade(target, run.plan, Counter(at), phases=(phase,))

    ending = in_child(work)
    if ending.code != KILLED and not (may_end and ending.code == 0):
        raise AssertionError(f"not killed at {phase} {at}: {ending.code}\n{ending.error}")
