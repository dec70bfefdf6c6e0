"""Seconds, medians and statement counts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """The median time of ``runs`` calls. Garbage is collected before each, not within."""
    taken = []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


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
