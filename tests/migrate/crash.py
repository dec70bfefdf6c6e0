"""Kill a runner at a given moment: a forked child of this process, warm and without connections."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from falsework.engines.connect import Target
from falsework.migrate import Event, Observer, Settings, run
from falsework.migrate.observer import silent
from falsework.model.plan import Phase, Plan
from tests.servers import Server

RUNNING: set[int] = set()  # children that nobody has waited for


def end_all() -> None:
    """Kill the children that a failed test has left behind."""
    for child in tuple(RUNNING):
        os.kill(child, signal.SIGKILL)
        ended(child)


@dataclass
class Killer:
    """An observer that ends its process at the n-th event, counted from 0, as ``kill -9`` does."""

    at: int
    seen: int = field(default=-1)

    def __call__(self, _event: Event, /) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def upgrade(
    target: Target,
    plan: Plan,
    settings: Settings,
    observer: Observer = silent,
    phases: Iterable[Phase] = Phase,
) -> None:
    """All three phases, or some, from wherever the database stands."""
    for phase in phases:
        run(target, plan if phase is Phase.EXPAND else None, phase, settings, observer)


@contextmanager
def over_and_over(server: Server, url: str) -> Iterator[Callable[[], AbstractContextManager[str]]]:
    """Each call gives the database as it is now, in its own place: a plan fits no other name."""
    with server.fresh(url) as template:
        yield lambda: server.fresh(template, at=url)


def in_child(work: Callable[[], None]) -> int:
    """Start ``work`` in a forked child, which ends with 0, or with 1 where it raised; its pid."""
    child = os.fork()
    if child:
        RUNNING.add(child)
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)  # whatever was raised: the rest of pytest is not this process's business


def ended(child: int) -> int:
    """Wait for the child; its exit code, or minus the signal that ended it."""
    _, status = os.waitpid(child, 0)
    RUNNING.discard(child)
    return os.waitstatus_to_exitcode(status)


def killed_at(moment: int, work: Callable[[Killer], None]) -> bool:
    """Do ``work`` in a child that is killed at that event; False where it got to the end first."""
    code = ended(in_child(lambda: work(Killer(moment))))
    if code not in (0, -signal.SIGKILL):
        raise AssertionError(f"the child of event {moment} ended with {code}")
    return code != 0
