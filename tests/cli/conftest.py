"""Calling commands in this process, with what they said and their exit code."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from falsework.cli import frame
from falsework.cli.group import GROUP
from tests.cli.small import a


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.out)

    def refuses(self, code: int, *words: str) -> None:
        """Hold that this is an error of that code with all its parts and these words."""
        assert (self.code, self.out) == (code, ""), self
        for word in (*words, "\n  why ", "\n  do ", "\n  done "):
            assert word in self.err, f"{word!r} is not in:\n{self.err}"


Cli = Callable[..., Said]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """``cli("plan", "--json", url=...)``, in an empty folder; url and models last until others."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FALSEWORK_MODELS", "tests.cli.small:b")

    def call(*args: str, url: str | None = None, models: str | None = None) -> Said:
        for name, value in (("FALSEWORK_URL", url), ("FALSEWORK_MODELS", models)):
            if value is not None:
                monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = frame.run(GROUP, args, "falsework")
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture
def filled(database: str) -> str:
    """A database at release A with rows: two without an email, none equal."""
    engine = create_engine(database)
    fill(engine)
    engine.dispose()
    return database


def fill(engine: Engine) -> None:
    a.create_all(engine)
    people = a.tables["people"]
    rows = [{"id": n, "name": f"p{n}", "email": f"e{n}" if n > 2 else None} for n in range(1, 30)]
    with engine.begin() as connection:
        connection.execute(people.insert(), [{**row, "shoe": 40} for row in rows])


def small_file(folder: Path) -> str:
    """The URL of a file at release A."""
    url = f"sqlite:///{folder / 'small.db'}"
    engine = create_engine(url)
    fill(engine)
    engine.dispose()
    return url
