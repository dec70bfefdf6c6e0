"""A server that is a process: of this run, or somebody else's that a URL names.

All state lies in files below ``home``, so that each worker of a run can find, stop and restart a
server that another worker started: ``pid``, ``url``, ``log``, and ``ready`` once the data is made.
"""

import signal
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from tests.servers import processes
from tests.servers.server import Server

START_SECONDS = 30.0
STOP_SECONDS = 30.0
PORTS_TO_TRY = 5  # another program may take a free port before the server does


class Daemon(Server):
    """A subclass says how to make the data, what to run and how to ask."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, name: str, home: Path, **settings: str) -> None:
        super().__init__(name, home, **settings)
        self.account = processes.unprivileged()
        self._base: str | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make the data below ``home``, once. Raises Missing where there is no such server."""

    @abstractmethod
    def command(self, port: int) -> Sequence[str | Path]:
        """What to run; it must stay in the foreground."""

    @abstractmethod
    def address(self, port: int) -> str:
        """The URL of the maintenance database."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server at ``url()`` takes queries by now."""

    @abstractmethod
    def tidy(self) -> None:
        """Remove what a killed server leaves behind and its successor would stumble over."""

    def use(self, url: str) -> None:
        """Be the running server at ``url`` instead of starting one."""
        self._base = url
        self.ours = False

    def url(self, driver: str | None = None, database: str | None = None) -> str:
        if self._base is None:
            raise RuntimeError(f"{self.name} has not been started")
        parts = urlsplit(self._base)
        path = f"/{database}" if database else parts.path
        return self.with_driver(urlunsplit(parts._replace(path=path)), driver)

    def start(self) -> None:
        if not self.ours:
            return
        self.account.own(self.home)
        with processes.exclusive(self.home / "lock"):
            if processes.pid(self.home) is None:
                self._launch()
            self._base = (self.home / "url").read_text()

    def stop(self) -> None:
        """Orderly: open sessions are ended, data is written."""
        self._end(lambda number: processes.end(number, self.stop_signal, STOP_SECONDS))

    def kill(self) -> None:
        self._end(processes.kill)

    def _end(self, end: processes.End) -> None:
        if not self.ours:
            raise RuntimeError(f"{self.name} is not ours to stop: take own_server")
        with processes.exclusive(self.home / "lock"):
            number = processes.pid(self.home)
            if number is not None:
                end(number)
            (self.home / "pid").unlink(missing_ok=True)
            self.tidy()

    def _launch(self) -> None:
        if not (self.home / "ready").exists():
            self.prepare()
            (self.home / "ready").touch()
        for port in self._ports():
            self._base = self.address(port)
            number = processes.start(self.account, self.command(port), self.home)
            processes.wait_until(partial(self._settled, number), START_SECONDS)
            if processes.runs(number):
                (self.home / "url").write_text(self._base)
                return
        raise RuntimeError(f"{self.name} does not start:\n{self.log()}")

    def _settled(self, number: int) -> bool:
        return not processes.runs(number) or self.answers()

    def _ports(self) -> Iterator[int]:
        """The port of before, so that URLs stay valid; a free one the first time."""
        before = self.home / "url"
        if before.exists():
            yield urlsplit(before.read_text()).port or 0
            return
        for _ in range(PORTS_TO_TRY):
            yield processes.free_port()

    def log(self) -> str:
        """The last lines that the server wrote."""
        lines = (self.home / "log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-30:])
