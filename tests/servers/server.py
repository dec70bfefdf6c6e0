"""What every test server answers, whatever the engine."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import ClassVar, Protocol, TypeAlias


class Missing(Exception):
    """The server cannot be had on this machine; the text says how to get it."""


Told: TypeAlias = "subprocess.CompletedProcess[str]"


class Server(ABC):
    """One database server; see the package's docstring for the meaning of each part."""

    engine: ClassVar[str]
    drivers: ClassVar[tuple[str, ...]]
    ours = True

    def __init__(self, name: str, home: Path, **settings: str) -> None:
        """``home`` is a folder for this server alone; it is made by ``start``."""
        self.name = name
        self.home = home
        self.settings: Mapping[str, str] = settings

    def __repr__(self) -> str:
        return f"<{self.name} in {self.home}>"

    @property
    @abstractmethod
    def version(self) -> tuple[int, ...]:
        """As the running server itself reports it."""

    @abstractmethod
    def url(self, driver: str | None = None, database: str | None = None) -> str: ...

    @abstractmethod
    def create_database(self, template: str | None = None, at: str | None = None) -> str: ...

    @abstractmethod
    def drop_database(self, url: str) -> None: ...

    @abstractmethod
    def tell(self, url: str, script: str) -> Told:
        """Have the server's own client run a script, up to its first error. Raises Missing."""

    @abstractmethod
    def start(self) -> None:
        """Start it, or find it started by another worker of this run. Raises Missing."""

    @abstractmethod
    def stop(self) -> None: ...

    @abstractmethod
    def kill(self) -> None: ...

    def restart(self) -> None:
        self.stop()
        self.start()

    @contextmanager
    def fresh(self, template: str | None = None, at: str | None = None) -> Iterator[str]:
        """A database for the length of a block."""
        url = self.create_database(template, at)
        try:
            yield url
        finally:
            self.drop_database(url)

    def with_driver(self, url: str, driver: str | None) -> str:
        return f"{self.engine}+{driver or self.drivers[0]}://{url.partition('://')[2]}"


class Kind(Protocol):
    """A class of servers: called with the server's name, so that one class serves many versions."""

    @property
    def engine(self) -> str: ...

    def __call__(self, name: str, home: Path, **settings: str) -> Server: ...


def new_name() -> str:
    """A database name that no other worker or run has, also on a server that runs share."""
    return f"fw_{token_hex(6)}"
