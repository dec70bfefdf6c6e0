"""Progress on stderr: live on a terminal, elsewhere a line per step and one every 10 seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from falsework.cli.call import Call
from falsework.migrate import Event, Moment, Observer
from falsework.model.plan import Phase, Plan, Step
from falsework.report.words import duration, number, shown

EVERY = 10.0  # seconds between two lines where there is no terminal
TELLING = frozenset({Moment.STEP, Moment.STEP_DONE, Moment.CHUNK, Moment.WAITING, Moment.NOTE})


@dataclass
class Progress:
    """Where the run is; an observer that keeps count and hands lines on."""

    steps: Sequence[Step]
    line: Callable[[str, bool], None]
    clock: Callable[[], float] = time.monotonic
    begun: float = 0.0
    first: int = 0
    waited: str = field(default="")

    def __call__(self, event: Event) -> None:
        """Note what happened; ``line(text, important)`` gets what is worth saying."""
        if event.moment not in TELLING:
            return
        step = self._step(event)
        if event.moment is Moment.STEP:
            self.begun, self.first, self.waited = self.clock(), -1, ""
            self.line(f"{self._place(event)}: {step.title if step else ''}", True)
        elif event.moment is Moment.STEP_DONE:
            took = duration(self.clock() - self.begun)
            rows = f", {number(event.rows)} rows filled" if event.rows is not None else ""
            self.line(f"{self._place(event)}: done in {took}{rows}", True)
        elif event.moment is Moment.CHUNK:
            self.line(f"{self._place(event)}: {self._rate(event, step)}", False)
        elif event.moment is Moment.WAITING:
            self._waiting(event)
        elif event.note:
            self.line(f"{self._place(event)}: {event.note}", True)

    def _waiting(self, event: Event) -> None:
        """Say at once whom the step waits for, again only when it is somebody else."""
        text = f"{self._place(event)}: waits for {event.note or 'a lock'}"
        self.line(text, text != self.waited)
        self.waited = text

    def _step(self, event: Event) -> Step | None:
        return next((s for s in self.steps if s.id == event.step), None)

    def _place(self, event: Event) -> str:
        for place, step in enumerate(self.steps, 1):
            if step.id == event.step:
                return f"{step.phase} {place}/{len(self.steps)} {step.id}"
        return event.step or "run"

    def _rate(self, event: Event, step: Step | None) -> str:
        """Rows so far, and a second. Rows an earlier run filled do not count for the rate."""
        rows = event.rows or 0
        if self.first < 0:
            self.first = rows
        took = self.clock() - self.begun
        rate = (rows - self.first) / took if took > 0 else 0.0
        of = f" of at most {number(step.rows)}" if step and step.rows else ""
        return f"{number(rows)}{of} rows filled, {number(round(rate))} a second"


@contextmanager
def progress(call: Call, plan: Plan, phases: Sequence[Phase]) -> Iterator[Observer]:
    """An observer for a run of these phases."""
    with _lines(call) as line:
        yield Progress([s for s in plan.steps if s.phase in phases], line)


@contextmanager
def walking(call: Call) -> Iterator[Observer]:
    """An observer for a walk over tables: rows so far, and whom it waits for."""
    with _lines(call) as line:

        def observer(event: Event) -> None:
            if event.moment in (Moment.CHUNK, Moment.STEP_DONE):
                done = event.moment is Moment.STEP_DONE
                line(f"{event.step}: {number(event.rows or 0)} rows taken", done)
            elif event.moment is Moment.WAITING:
                line(f"{event.step}: waits for {event.note or 'a lock'}", False)

        yield observer


@contextmanager
def _lines(call: Call) -> Iterator[Callable[[str, bool], None]]:
    """Where lines of progress go."""
    if call.quiet:
        yield lambda _text, _important: None
    elif sys.stderr.isatty():
        with _live() as line:
            yield line
    else:
        yield _sparse(call.tell)


def _sparse(tell: Callable[[str], None]) -> Callable[[str, bool], None]:
    """Every important line, and another one when nothing was said for a while."""
    last = [time.monotonic()]

    def line(text: str, important: bool) -> None:
        if important or time.monotonic() - last[0] >= EVERY:
            last[0] = time.monotonic()
            tell(shown(text))

    return line


@contextmanager
def _live() -> Iterator[Callable[[str, bool], None]]:
    """Important lines stay; the others replace each other under a spinner."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, highlight=False)
    with console.status("begins") as status:

        def line(text: str, important: bool) -> None:
            if important:
                console.print(escape(shown(text)), soft_wrap=True)
            status.update(escape(shown(text)))

        yield line
