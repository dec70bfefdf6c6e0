"""One test run: its folder, its servers, and their common end.

The controller (pytest itself; with xdist, the process that gives work to the workers) opens the
run, which makes a folder and starts a keeper, and tells its workers the folder by an environment
variable. A server starts when the first test asks for it; a file lock lets one worker start it and
the others find it. Two runs have two folders, other ports and other database names: they do not
meet.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.servers import processes
from tests.servers.daemon import Daemon
from tests.servers.server import Kind, Server

RUN = "FALSEWORK_TEST_RUN"
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 2**30  # bytes that must be free in memory; containers often have 64 MB there
ROOT = Path(__file__).parents[2]


class Run:
    """The servers that all workers of one test run share."""

    def __init__(self, folder: Path, kinds: Mapping[str, Kind]) -> None:
        self.folder = folder
        self.kinds = kinds
        self._servers: dict[str, Server] = {}
        self._keeper: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, kinds: Mapping[str, Kind]) -> "Run":
        """Begin a run, in the controller."""
        run = cls(Path(tempfile.mkdtemp(prefix="falsework-", dir=_place())), kinds)
        run.folder.chmod(0o711)  # servers run as another user, and pass through
        os.environ[RUN] = str(run.folder)
        run._keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.keeper", str(run.folder), str(os.getpid())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        return run

    @classmethod
    def join(cls, kinds: Mapping[str, Kind]) -> "Run":
        """Take part in the controller's run, in a worker."""
        return cls(Path(os.environ[RUN]), kinds)

    def close(self) -> None:
        """End all servers and remove their data; in a worker there is nothing to end."""
        if self._keeper is not None:
            processes.clear(self.folder)
            self._keeper.kill()
            self._keeper.wait()

    def server(self, name: str) -> Server:
        """The shared server of this name, started. Raises Missing."""
        if name not in self._servers:
            server = self.kinds[name](name, self.folder / name)
            url = os.environ.get(f"FALSEWORK_TEST_{name.upper()}_URL")
            if url and isinstance(server, Daemon):
                server.use(url)
            server.start()
            self._servers[name] = server
        return self._servers[name]

    def own(self, name: str, **settings: str) -> Server:
        """A server for one test, started. Raises Missing."""
        home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        server = self.kinds[name](name, home, **settings)
        server.start()
        return server


def _place() -> Path | None:
    """Memory, where there is enough: copying a database is four times faster there."""
    if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
        return IN_MEMORY
    return None
