"""Servers come out of a cache that is whole, from the mirror that the machine has already."""

import multiprocessing
import os
from pathlib import Path

import pytest

from tests.servers import cache, debian

STANZAS = """\
# Types: deb
Types: deb deb-src
URIs: http://mirror.example/debian
# a comment
 http://second.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
URIs: http://security.example/debian
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""
LINES = """\
# deb http://off.example/debian sid main
deb-src http://source.example/debian bookworm main
deb [arch=amd64 signed-by=/a/key.gpg] http://line.example/debian stable main non-free # yes
deb http://vendor.example/linux bookworm stable
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FALSEWORK_TEST_CACHE", str(tmp_path))


def test_the_machines_mirrors_are_found(tmp_path: Path) -> None:
    """Those of the distribution, in both of apt's notations, with their keys."""
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (parts / "debian.sources").write_text(STANZAS)
    (tmp_path / "sources.list").write_text(LINES)
    first, second = debian.mirrors(tmp_path, "bookworm")
    assert first.source("sid") == (
        "Types: deb\nURIs: http://mirror.example/debian http://second.example/debian\n"
        "Suites: sid\nComponents: main\n"
        "Signed-By: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n"
    )
    assert second.uris == "http://line.example/debian"
    assert second.signed_by == "/a/key.gpg"


def test_no_mirror_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(debian, "mirrors", list)
    monkeypatch.setattr("shutil.which", str)
    with pytest.raises(debian.Unavailable, match="no mirror"):
        debian.download("sid", "hello", tmp_path)


@pytest.mark.parametrize("harm", ["missing", "short", "more", "unstamped", "does not run"])
def test_an_entry_that_is_not_whole_is_made_anew(harm: str) -> None:
    """A disk that was full, a cleaner of old files or a new loader do not puzzle a test."""
    place = cache.entry("thing", build, runs)
    file = place / "sub" / "file"
    (first,) = (place / "sub").iterdir()
    if harm == "missing":
        file.unlink()
    elif harm == "short":
        file.write_text("")
    elif harm == "more":
        (place / "core").touch()
    elif harm == "unstamped":
        (place / cache.STAMP).unlink()
    else:
        file.write_text("broken!")
    before = place.stat().st_ino
    assert cache.entry("thing", build, runs) == place
    assert place.stat().st_ino != before
    assert first.read_text() == "content"
    assert sorted(path.name for path in place.iterdir()) == ["sub", cache.STAMP]


def test_a_build_that_fails_leaves_no_entry() -> None:
    """And the next run starts from nothing."""

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise debian.Unavailable("no network")

    with pytest.raises(debian.Unavailable):
        cache.entry("thing", fail, runs)
    place = cache.entry("thing", build, runs)
    assert cache.whole(place)
    assert not (place / "half").exists()


def test_runs_at_once_build_one_entry(tmp_path: Path) -> None:
    """The others wait for the first one's."""
    context = multiprocessing.get_context("fork")
    several = [context.Process(target=cache.entry, args=("thing", build, runs)) for _ in range(4)]
    for process in several:
        process.start()
    for process in several:
        process.join()
    assert [process.exitcode for process in several] == [0] * 4
    assert len((tmp_path / "builds").read_text()) == 1


def test_the_cache_is_where_caches_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FALSEWORK_TEST_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache.folder() == Path("/caches/falsework-test-servers")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.folder() == Path.home() / ".cache" / "falsework-test-servers"


def build(folder: Path) -> None:
    (folder / "sub").mkdir(mode=0o700)
    (folder / "sub" / "file").write_text("content")
    with Path(os.environ["FALSEWORK_TEST_CACHE"], "builds").open("a") as file:
        file.write("x")


def runs(folder: Path) -> bool:
    return (folder / "sub" / "file").read_text() == "content"
