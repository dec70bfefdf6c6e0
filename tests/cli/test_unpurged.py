"""``db-plan --unpurged``: what the upgrade takes once soft-deleted rows are gone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import dead
from tests.cli.conftest import Cli
from tests.servers import Server

MODELS = "tests.cli.dead:{}"


@pytest.fixture
def url(sqlite: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A file with 200 rows, 150 of them marked deleted long ago, in a folder with slow rates."""
    paces = [{"labour": n, "slow": 10.0, "fast": 20.0} for n in ("scan", "walk", "fill", "rewrite")]
    told = {"engine": "sqlite", "version": [3], "server": "", "written": "", "paces": paces}
    monkeypatch.chdir(tmp_path)
    with sqlite.fresh() as found:
        dead.make(found)
        Path("rates.json").write_text(json.dumps({"falsework_rates": 1, **told}))
        Path("falsework.toml").write_text('rates = "rates.json"\nlock_budget = "8s"\n')
        yield found


def test_what_a_purge_is_worth(cli: Cli, url: str) -> None:
    """A step that would make others wait for too long would not, without these rows."""
    said = cli("plan", "--unpurged", url=url, models=MODELS.format("b"))

    words = " ".join(said.out.split())
    assert said.code == 2
    assert "others wait at most 20 s, in step 3; the lock budget is 8 s" in words
    assert "forecast migrate 10 s to 20 s, contract 20 s to 40 s" in words
    assert (
        "if purged without 150 of 200 rows of main.instances: migrate 2.5 s to 5 s, "
        "contract 5 s to 10 s; others wait at most 5 s" in words
    )


def test_for_programs(cli: Cli, url: str) -> None:
    """What was counted, and the seconds that it saves."""
    document = cli("plan", "--unpurged", "--json", url=url, models=MODELS.format("b")).document
    assert document["unpurged"] == {
        "tables": [{"table": "main.instances", "rows": 200, "due": 150}],
        "saves": {"least": 22.5, "most": 45.0},
    }


def test_not_asked_not_counted(cli: Cli, url: str) -> None:
    """A plan reads statistics, unless it is asked to count."""
    assert "if purged" not in cli("plan", url=url, models=MODELS.format("b")).out


def test_nobody_said_how_rows_are_marked(cli: Cli, url: str) -> None:
    """Then there is nothing to count, and it says what to declare."""
    said = cli("plan", "--unpurged", url=url, models=MODELS.format("silent"))
    assert "if purged" in said.out
    assert "soft_delete(...) in the models" in " ".join(said.out.split())
