"""A program of the MySQL family taken out of Debian's packages, and what it starts from.

An entry of the cache holds ``lib`` (the C library and its loader, too), ``sbin`` or ``bin``,
``share``, ``plugin``, and of a server ``data``: what it makes once for a new installation, ready to
be copied.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.servers import cache, debian, processes
from tests.servers.processes import Account
from tests.servers.server import Missing

PLACES = (
    (re.compile(r"(?:usr/)?lib/[^/]+-linux-gnu[^/]*/([^/]+\.so[^/]*)"), "lib"),
    (re.compile(r"usr/sbin/([^/]+)"), "sbin"),
    (re.compile(r"usr/bin/(mysql|mariadb)"), "bin"),
    (re.compile(r"usr/share/(?:mysql|mariadb)/(.+)"), "share"),
    (re.compile(r"usr/lib/mysql/plugin/(.+)"), "plugin"),
)
SECONDS = 60.0

# Servers that could not be had; a run asks once, not for every test.
_missing: dict[str, str] = {}


class Package(NamedTuple):
    """Which package of which suite has the program, and its path in an entry: ``sbin/mysqld``."""

    suite: str
    name: str
    program: str


class Unpacked(NamedTuple):
    """The unpacked program in ``folder``."""

    folder: Path
    program: str

    def command(self, *options: str) -> Sequence[str]:
        """Run the program through the loader that it was linked for."""
        here = self.folder
        loader = next((here / "lib").glob("ld*.so.*"))
        program = (str(loader), "--library-path", str(here / "lib"), str(here / self.program))
        return [*program, "--no-defaults", *options]

    @property
    def places(self) -> Sequence[str]:
        """A server's options that say where its parts are."""
        here = self.folder
        return (
            f"--basedir={here}",
            f"--lc-messages-dir={here / 'share'}",
            f"--character-sets-dir={here / 'share' / 'charsets'}",
            f"--plugin-dir={here / 'plugin'}",
        )

    def run(self, *options: str, told: str = "") -> None:
        """Run to the end as the present user; raises Unavailable with what went wrong."""
        done = subprocess.run(
            self.command(*options),
            input=told,
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if done.returncode:
            raise debian.Unavailable(f"{self.program} fails: {done.stderr[-2000:]}")

    def runs(self) -> bool:
        try:
            self.run("--version")
        except (debian.Unavailable, OSError, StopIteration, subprocess.TimeoutExpired):
            return False
        return True

    def copy_data(self, target: Path) -> None:
        """Give the data of a new installation to the owner of the folder that ``target`` is in."""
        shutil.copytree(self.folder / "data", target)
        owner = target.parent.stat()
        for path in (target, *target.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
            shutil.chown(path, owner.st_uid, owner.st_gid)

    def lent(self, account: Account, run: Path) -> "Unpacked":
        """The same, where the account may use it: a cache in root's home is closed to others."""
        loader = next((self.folder / "lib").glob("ld*.so.*"))
        if processes.reachable(account, loader, run):
            return self
        copy = run / "programs" / self.folder.name
        with processes.exclusive(run / "programs.lock"):
            for part in ("lib", "sbin", "share", "plugin"):
                (copy / part).parent.mkdir(parents=True, exist_ok=True)
                processes.copy_once(self.folder / part, copy / part)
        return self._replace(folder=copy)


def unpacked(
    name: str, package: Package, initialise: Callable[[Unpacked], None] = lambda _: None
) -> Unpacked:
    """The program called ``name``, from the cache or fetched into it; raises Missing."""

    def build(folder: Path) -> None:
        archives = debian.download(package.suite, package.name, folder / "apt")
        debian.unpack(archives, folder, _place)
        shutil.rmtree(folder / "apt")
        (folder / "plugin").mkdir(exist_ok=True)  # MariaDB has its plugins elsewhere
        initialise(Unpacked(folder, package.program))

    def runs(folder: Path) -> bool:
        return Unpacked(folder, package.program).runs()

    if name not in _missing:
        try:
            return Unpacked(cache.entry(name, build, runs), package.program)
        except debian.Unavailable as error:
            _missing[name] = str(error)
    raise Missing(
        f"{name} is taken out of {package.name} of Debian's suite {package.suite}, and that cannot "
        f"be had ({_missing[name]}): set FALSEWORK_TEST_{name.upper()}_URL to a server whose user "
        "may create databases and end sessions"
    )


def _place(path: str) -> str | None:
    for pattern, folder in PLACES:
        found = pattern.fullmatch(path)
        if found:
            return f"{folder}/{found[1]}"
    return None
