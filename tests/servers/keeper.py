"""Ends the servers of a test run that was killed.

    python -m tests.servers.keeper FOLDER PID

waits until its parent (PID, the run) is gone, then does what the run does at an orderly end.
"""

import os
import sys
import time
from pathlib import Path

from tests.servers import processes

POLL_SECONDS = 0.2


def main(folder: Path, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    processes.clear(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
