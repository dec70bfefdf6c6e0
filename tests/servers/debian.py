"""Debian packages taken apart, beside whatever system this is: nothing is installed.

All of apt's state lies in a folder of ours, so no rights are needed and apt forgets nothing of its
own. Packages come from the mirror that the machine is set up for, checked with the keys that it
trusts; an empty list of installed packages makes apt bring everything a program needs, down to the
C library and its loader, so that a program runs on a system older or newer than its own.
"""

import os
import platform
import pwd
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from email import message_from_string
from pathlib import Path
from typing import NamedTuple

APT = Path("/etc/apt")
ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s*)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(.*)")
# Names that a suite of Debian goes by on any release.
ROLLING = {"oldstable", "stable", "testing", "unstable", "sid"}
SECONDS = 90.0

# Says where a file of a package goes, if anywhere.
Places = Callable[[str], str | None]


class Unavailable(Exception):
    """The packages cannot be had; the text says why."""


class Mirror(NamedTuple):
    """Where this machine gets its packages."""

    uris: str
    suites: frozenset[str]
    components: frozenset[str]
    signed_by: str | None

    def source(self, suite: str) -> str:
        """What apt reads to get the packages of ``suite`` from here."""
        keys = f"Signed-By: {self.signed_by}\n" if self.signed_by else ""
        return f"Types: deb\nURIs: {self.uris}\nSuites: {suite}\nComponents: main\n{keys}"


def mirrors(apt: Path = APT, codename: str | None = None) -> list[Mirror]:
    """The mirrors of the distribution itself, not those of security updates or of vendors."""
    found = [
        *(
            one
            for file in apt.glob("sources.list.d/*.sources")
            for one in _stanzas(file.read_text())
        ),
        *(one for file in apt.glob("sources.list") for one in _lines(file.read_text())),
        *(one for file in apt.glob("sources.list.d/*.list") for one in _lines(file.read_text())),
    ]
    suites = ROLLING | {codename or _codename()}
    return [one for one in found if one.suites & suites and "main" in one.components]


def download(suite: str, package: str, folder: Path) -> list[Path]:
    """The package files of ``package`` in ``suite`` and of all it depends on; or Unavailable."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Unavailable("there is no apt here")
    why = ["no mirror of Debian in apt's configuration"]
    for mirror in mirrors():
        try:
            return _download(mirror, suite, package, folder)
        except subprocess.CalledProcessError as error:
            why = [*error.stderr.strip().splitlines(), "apt-get failed"]
        except subprocess.TimeoutExpired:
            why = ["the mirror does not answer"]
    raise Unavailable(why[0])


def unpack(archives: list[Path], folder: Path, places: Places) -> None:
    """Put the files that have a place below ``folder``."""

    def one(archive: Path) -> None:
        with (
            subprocess.Popen(
                ["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE
            ) as process,
            tarfile.open(fileobj=process.stdout, mode="r|") as tar,
        ):
            for member in tar:
                place = places(member.name.removeprefix("./"))
                if place:
                    _extract(tar, member, folder / place)
        if process.returncode:
            raise Unavailable(f"{archive.name} is damaged")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            list(pool.map(one, archives))
        except tarfile.TarError as error:
            raise Unavailable(f"a package is damaged: {error}") from error


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member) if member.isfile() else None
    if content is not None:
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)
        target.chmod(member.mode & 0o755)
    elif member.issym() and "/" not in member.linkname:
        target.symlink_to(member.linkname)


def _download(mirror: Mirror, suite: str, package: str, folder: Path) -> list[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists", "archives"):
        (folder / name / "partial").mkdir(parents=True)
    (folder / "from.sources").write_text(mirror.source(suite))
    (folder / "installed").touch()  # of zero bytes: apt takes a newline for a broken package
    _apt(folder, "update")
    _apt(folder, "--no-install-recommends", "--download-only", "--yes", "install", package)
    return sorted((folder / "archives").glob("*.deb"))


def _apt(folder: Path, *words: str) -> None:
    options: Mapping[str, object] = {
        "Dir::Etc::sourcelist": folder / "from.sources",
        "Dir::Etc::sourceparts": os.devnull,
        "Dir::Etc::preferences": os.devnull,
        "Dir::Etc::preferencesparts": os.devnull,
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "installed",
        "Dir::State::extended_states": folder / "extended",
        "Dir::Cache": folder,
        "Dir::Cache::archives": folder / "archives",
        "Dir::Log": folder,
        "APT::Default-Release": "",
        "APT::Update::Error-Mode": "any",  # a mirror that fails is a failure, not a warning
        "APT::Sandbox::User": pwd.getpwuid(os.getuid()).pw_name,  # `_apt` may not write here
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Debug::NoLocking": "true",  # the folder is ours alone
    }
    settings = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    subprocess.run(
        ["apt-get", "--quiet=2", *settings, *words],
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )


def _codename() -> str:
    try:
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    except OSError:
        return ""


def _stanzas(text: str) -> Iterator[Mirror]:
    """Of a .sources file: fields, one paragraph for each mirror."""
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        fields = message_from_string(paragraph)
        if fields.get("Enabled", "yes").lower() == "no" or "deb" not in fields.get("Types", ""):
            continue
        yield Mirror(
            " ".join(fields.get("URIs", "").split()),
            frozenset(fields.get("Suites", "").split()),
            frozenset(fields.get("Components", "").split()),
            fields.get("Signed-By"),
        )


def _lines(text: str) -> Iterator[Mirror]:
    """Of a .list file: one line for each mirror."""
    for line in text.splitlines():
        found = ONE_LINE.match(line.strip())
        if found:
            keys = re.search(r"signed-by=(\S+)", found["options"] or "")
            components = frozenset(found[4].partition("#")[0].split())
            suites = frozenset([found["suite"].rstrip("/")])
            yield Mirror(found["uri"], suites, components, keys and keys[1].replace(",", " "))
