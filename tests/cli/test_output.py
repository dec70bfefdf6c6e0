"""Where output goes and how much of it: quiet, JSON, progress, colour, configuration."""

import json
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from falsework.cli import call as cli_call
from falsework.cli.progress import Progress
from falsework.migrate import Event, Moment
from tests.cli.conftest import Cli, small_file
from tests.cli.small import a
from tests.report.plans import FILL, PLAN
from tests.servers import Server


def test_quiet(cli: Cli, tmp_path: Path) -> None:
    """Nothing is said where nothing is wrong; errors are."""
    url = small_file(tmp_path)
    for command in (("plan",), ("check",), ("expand", "--yes"), ("migrate", "--yes")):
        said = cli(*command, "-q", url=url)
        assert (said.out, said.err) == ("", ""), command
    cli("sync", "--yes", "-q").refuses(2, "under way")


def test_one_document_on_stdout(cli: Cli, tmp_path: Path) -> None:
    """With --json, stdout is one document; progress stays on stderr."""
    said = cli("expand", "--yes", "--json", url=small_file(tmp_path))
    assert json.loads(said.out)["command"] == "expand"
    assert "expand 1/" in said.err


def test_a_script(cli: Cli, tmp_path: Path) -> None:
    """With --sql, stdout is the script alone; of a plan with refusals, comments."""
    said = cli("plan", "--sql", url=small_file(tmp_path))
    assert (said.code, said.err) == (0, "")
    assert "\nPRAGMA foreign_keys=ON;\n" in said.out
    refused = cli("plan", "--sql", models="tests.cli.small:refused")
    assert refused.code == 2
    assert all(line.startswith("-- ") for line in refused.out.splitlines())
    assert cli("plan", "--sql", "--json").code == 64


def test_sarif(cli: Cli, tmp_path: Path) -> None:
    """On stdout alone, with the plan's own exit code; it is one format of several."""
    url = small_file(tmp_path)

    said = cli("plan", "--sarif", url=url, models="tests.cli.small:no_fill")
    assert (said.code, said.err) == (0, "")
    (place, *_) = said.document["runs"][0]["results"][0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"].endswith("tests/cli/small.py")
    refused = cli("plan", "--sarif", models="tests.cli.small:refused")
    assert refused.code == 2
    assert refused.document["runs"][0]["results"][0]["level"] == "error"
    assert cli("plan", "--sarif", "--json").code == 64
    assert cli("plan", "--sarif", "--sql").code == 64


def test_progress_without_a_terminal(cli: Cli, tmp_path: Path) -> None:
    """A line when a step begins and when it is done."""
    said = cli("expand", "--yes", url=small_file(tmp_path))
    begun = [line for line in said.err.splitlines() if line.startswith("expand ")]
    assert len(begun) == 2 * len([line for line in begun if ": done in" in line])


def test_the_plan_file_is_private(cli: Cli, tmp_path: Path) -> None:
    """It holds defaults and check texts: for the user's own eyes, and never half written."""
    assert cli("plan", "--out", "plan.json", url=small_file(tmp_path)).code == 0
    assert stat.S_IMODE((tmp_path / "plan.json").stat().st_mode) == 0o600
    cli("plan", "--out", "no/such/folder/plan.json").refuses(78, "cannot be written")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.json", "small.db"]


def test_the_configuration_in_force(cli: Cli, tmp_path: Path) -> None:
    """Each value with its origin; a password is masked."""
    (tmp_path / "mine.toml").write_text('lock_budget = "2s"\n')
    said = cli("config", "--config", "mine.toml", "--max-rows", "7", url="postgresql://me:pw@h/d")
    assert said.code == 0
    lines = {line.split()[0]: line for line in said.out.splitlines()}
    assert "postgresql://me:***@h/d" in lines["url"]
    assert "pw@" not in said.out
    assert lines["lock_budget"].endswith("mine.toml: lock_budget")
    assert lines["max_rows"].endswith("option --max-rows")
    assert lines["schema"].endswith("default")


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colour(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], *, coloured: bool
) -> None:
    """Only on a terminal that can show it, and not where NO_COLOR says otherwise."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b" in cli_call._page(terminal=True, full=False).ink("x", "bad")) is coloured
    assert cli_call._page(terminal=False, full=False).ink("x", "bad") == "x"


def test_the_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal's own; a pipe has 100 columns, whatever the environment says."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda _: os.terminal_size((77, 20)))
    assert cli_call._page(terminal=True, full=False).width == 77
    assert cli_call._page(terminal=False, full=False).width == 100


class Clock:
    """A clock that stands still."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_progress_of_a_fill() -> None:
    """Rows so far and a second; rows that an earlier run filled do not count for the rate."""
    said: list[tuple[str, bool]] = []
    clock = Clock()
    progress = Progress(PLAN.steps, lambda text, important: said.append((text, important)), clock)
    progress(Event(Moment.STEP, FILL.id))
    for seconds, rows in ((0, 500), (10, 1_500)):
        clock.now = float(seconds)
        progress(Event(Moment.CHUNK, FILL.id, rows=rows))
    progress(Event(Moment.BEFORE_COMMIT, FILL.id))
    progress(Event(Moment.STEP_DONE, FILL.id, rows=1_500))
    at = "migrate 3/5 public.instances.uuid/fill"
    assert said == [
        (f"{at}: fill uuid where it is NULL", True),
        (f"{at}: 500 of at most 1 200 000 000 rows filled, 0 a second", False),
        (f"{at}: 1 500 of at most 1 200 000 000 rows filled, 100 a second", False),
        (f"{at}: done in 10 s, 1 500 rows filled", True),
    ]


def test_progress_of_waiting() -> None:
    """Whom a step waits for is said at once, and again only when it is somebody else."""
    said: list[tuple[str, bool]] = []
    progress = Progress(PLAN.steps, lambda text, important: said.append((text, important)))
    progress(Event(Moment.STEP, FILL.id))
    for who in ("pid 7", "pid 7", "pid 8", ""):
        progress(Event(Moment.WAITING, FILL.id, note=who))
    assert [important for _, important in said[1:]] == [True, False, True, True]
    assert said[-1][0].endswith("waits for a lock")


def test_a_way_that_nobody_looks_at(cli: Cli, postgresql: Server) -> None:
    """An address that may be another host's: refused, or taken at the operator's word and told."""
    with postgresql.fresh() as url:
        engine = create_engine(url)
        a.create_all(engine)
        engine.dispose()
        elsewhere = url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - leads to the same server

        cli("check", url=elsewhere).refuses(78, "does not let us in")
        said = cli("check", "--tls", "insecure", "--only", "FW123")
        assert (said.code, "nobody asks who answers" in said.out) == (1, True), said
        assert cli("check", "--tls", "insecure", "--json").document["verified"] is False

        here = cli("check", "--only", "FW123", url=url)
        assert (here.code, "nobody asks" in here.out) == (0, False), here
        assert cli("check", "--json").document["verified"] is True
    assert cli("check", "--tls", "perhaps").code == 64
