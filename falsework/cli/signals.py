"""SIGINT and SIGTERM while a phase runs: finish the piece of work at hand, then stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
STOPPING = "stopping after this statement or chunk; once more to break it off"


@contextmanager
def stopping(tell: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether a signal came. The second signal is a KeyboardInterrupt."""
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        tell(STOPPING)

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set  # only the main thread may take signals
        return
    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
