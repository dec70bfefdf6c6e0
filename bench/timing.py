"""Seconds, medians and statement counts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


def median_seconds(works: Sequence[Callable[[], object]], runs: int) -> list[float]:
    """The median time of ``runs`` calls of each. Garbage is collected before, not within.

    They take turns, so that whatever else the machine does is felt by all of them.
    """
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, times in zip(works, taken, strict=True):
            gc.collect()
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in taken]


@dataclass(slots=True)
class Count:
    """Statements that went over the wire, with their parameters."""

    statements: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def counted(pool: Engine) -> Iterator[Count]:
    """Count the statements that any connection of ``pool`` executes in the block."""
    count = Count()

    def note(_c: object, _cur: object, statement: str, parameters: object, *_: object) -> None:
        count.statements.append((statement, parameters))

    event.listen(pool, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(pool, "before_cursor_execute", note)
