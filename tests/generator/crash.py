"""kill -9 at a moment of an upgrade, then the same commands again, then a look at everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from falsework.engines.connect import Target
from falsework.migrate import Event, Moment
from falsework.model.plan import Phase, Plan, Release
from tests.cases.model import Case
from tests.generator import database
from tests.generator.cells import known
from tests.generator.child import KILLED, in_child, kill_myself
from tests.generator.dump import Dump, different, dump, read_rows
from tests.generator.history import filled, problems
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
    with run.server.fresh(run.starts[point.phase]) as url:
        _kill(run, url, point.phase, point.number)
        if again is not None:
            _kill(run, url, point.phase, again, may_end=True)
        return left_alone(run, url, point.phase) or resumed(run, url, point.phase)


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


def resumed(run: Whole, url: str, since: Phase, *, wait: bool = True) -> list[str]:
    """Run what is left, and say what is wrong at the end.

    ``wait``  first let the server see that the earlier runner is gone, which saves time
    """
    if wait:
        wait_until_gone(run.server, url)
    with database.opened(url) as target:
        before = True
        for phase in Phase:
            database.upgrade(target, run.plan, phases=(phase,))
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
