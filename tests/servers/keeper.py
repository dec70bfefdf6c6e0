"""Ends what a test run left when it was killed.

    python -m tests.servers.keeper FOLDER PID

waits until its parent (PID, the run) is gone. Workers may go on for a while then, and start
servers: they and what they started, known by the run's folder in the environment, are killed first.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from tests.servers import processes
from tests.servers.run import RUN

POLL_SECONDS = 0.2


def main(folder: Path, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    for process in members(folder):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    time.sleep(POLL_SECONDS)  # for a shell that is about to write a server's pid
    processes.clear(folder)


def members(folder: Path) -> Iterator[psutil.Process]:
    """Processes of the run, but this one and the servers, which get another environment."""
    for process in psutil.process_iter():
        try:
            home = process.environ().get(RUN)
        except psutil.Error:  # ended by now, or somebody else's
            continue
        if home == str(folder) and process.pid != os.getpid():
            yield process


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
