"""Work in a forked child of this process: warm, without connections, and easy to kill."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KILLED = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: its exit code, or minus the signal; what it returned, or its traceback."""

    code: int
    value: Any = None
    error: str = ""

    def result(self) -> Any:  # noqa: ANN401 - whatever the work returns
        """The value that the work returned. Raises AssertionError where it came to none."""
        if self.code:
            raise AssertionError(f"the child ended with {self.code}\n{self.error}")
        return self.value


def in_child(work: Callable[[], object]) -> Ending:
    """Do the work in a child, to its end."""
    return Child(work).ending()


class Child:
    """A child at work. No other thread may run in this process when it is started."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._reads, writes = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # "multi-threaded" from Python 3.12
            self.pid = os.fork()
        if not self.pid:
            os.close(self._reads)
            _work(work, writes)
        os.close(writes)

    def kill(self) -> None:
        """As ``kill -9`` does."""
        os.kill(self.pid, signal.SIGKILL)

    def ending(self) -> Ending:
        """Wait for the end."""
        with os.fdopen(self._reads, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return Ending(0, pickle.loads(told))  # noqa: S301 - our own child wrote it
        return Ending(code, error=told.decode(errors="replace"))


def kill_myself() -> None:
    """End this process as ``kill -9`` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _work(work: Callable[[], object], writes: int) -> None:
    """The child's whole life. It never returns, and runs none of pytest's clean-up."""
    gc.disable()  # collecting would copy every page that the parent shares with it
    code = 1
    try:
        with os.fdopen(writes, "wb") as pipe:
            try:
                pipe.write(pickle.dumps(work()))
                code = 0
            except BaseException:  # noqa: BLE001 - the parent raises it
                pipe.write(traceback.format_exc().encode())
        sys.stdout.flush()
    finally:
        os._exit(code)
