"""What test servers are made from, kept for the next run: outside of the checkout, made once.

``~/.cache/falsework-test-servers`` (XDG_CACHE_HOME is heard), or FALSEWORK_TEST_CACHE. An entry is
used as long as it is whole, so a new version of a server comes by removing the entry's folder.
Test runs may share the cache: an entry appears all at once, and is never written to again.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.servers import processes

FORMAT = 1  # of the entries; another one is made anew
STAMP = "whole.json"

Build = Callable[[Path], None]
Check = Callable[[Path], bool]


def folder() -> Path:
    """Where the entries are."""
    if own := os.environ.get("FALSEWORK_TEST_CACHE"):
        return Path(own).resolve()
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "falsework-test-servers"


def entry(name: str, build: Build, runs: Check) -> Path:
    """The folder of ``name``, which ``build`` filled, some time, and of which ``runs`` holds."""
    place = folder() / name
    if whole(place) and runs(place):
        return place
    folder().mkdir(parents=True, exist_ok=True)
    with processes.exclusive(folder() / f"{name}.lock"):
        if not (whole(place) and runs(place)):
            half = folder() / f"{name}-half"
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            build(half)
            stamp(half)
            shutil.rmtree(place, ignore_errors=True)
            half.rename(place)
    return place


def stamp(place: Path) -> None:
    """Write down, last of all, what belongs to the entry; and let anybody read it."""
    place.chmod(0o755)
    for path in place.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))
    text = json.dumps({"format": FORMAT, "files": sizes(place)}, indent=1)
    (place / STAMP).write_text(text)


def whole(place: Path) -> bool:
    """Whether nothing is missing, cut off or added."""
    try:
        return bool(
            json.loads((place / STAMP).read_text()) == {"format": FORMAT, "files": sizes(place)}
        )
    except (OSError, ValueError):
        return False


def sizes(place: Path) -> dict[str, int]:
    """Each file's size, by its path."""
    return {
        str(path.relative_to(place)): path.lstat().st_size
        for path in sorted(place.rglob("*"))
        if path.name != STAMP and not path.is_dir()
    }
