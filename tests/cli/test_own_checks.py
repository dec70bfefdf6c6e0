"""Checks of the user's own, and findings that somebody lives with."""

from pathlib import Path
from typing import Any

import pytest

from falsework.checks.foreign import checks_in
from tests.cli.conftest import Cli, Said, small_file
from tests.cli.test_checking import says

OWN = "tests.cli.own_checks"


@pytest.fixture
def url(tmp_path: Path) -> str:
    found_there = small_file(tmp_path)
    says(found_there, "CREATE TABLE loose (id int)", "CREATE TABLE log (id int)")
    return found_there


@pytest.fixture
def check(cli: Cli, url: str, tmp_path: Path) -> Any:  # noqa: ANN401 - a function
    """``check(config, *options)``: db-check with that configuration."""

    def call(config: str, *options: str) -> Said:
        (tmp_path / "falsework.toml").write_text(config)
        return cli("check", *options, url=url)

    return call


def by_code(said: Said) -> dict[str, dict[str, Any]]:
    return {c["code"]: c for c in said.document["checks"]}


def test_checks_of_a_module(check: Any) -> None:  # noqa: ANN401
    """They are listed, explained and made as falsework's own, and cannot write either."""
    config = f'checks = ["{OWN}"]'
    said = by_code(check(config, "--json"))
    assert (said["APP1"]["state"], said["APP1"]["remarks"][0]["text"]) == (
        "warning",
        "29 need larger boxes",
    )
    assert "APP2" not in said, "it is made before contract"
    assert (said["Cells v2"]["state"], said["Placement API"]["result"]) == ("passed", 2)
    assert said["Placement API"]["check"] == "Placement API"
    assert said["Placement API"]["details"] == (
        "There is no placement endpoint; 1 cells were seen."
    )
    assert (said["Slow"]["state"], said["Slow"]["reason"]) == (
        "error",
        "RuntimeError: no route to host",
    )
    writes = by_code(check(config, "--before", "contract", "--only", "APP2", "--json"))
    assert writes["APP2"]["state"] == "error"
    assert "29" in check(config, "--only", "APP1").out, "nothing was written"
    assert "APP1           large shoes" in check(config, "--list").out
    assert "Buy larger boxes." in check(config, "--explain", "APP1").out


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("nowhere.checks", "cannot be imported"),
        (f"{OWN}:nothing", "there is no nothing"),
        (f"{OWN}:number", "there is no check in it"),
        ("tests.cli.small", "there is no check in it"),
        (f"{OWN}:twice", "two checks have the code APP1"),
    ],
)
def test_what_is_no_check(check: Any, named: str, words: str) -> None:  # noqa: ANN401
    """A configuration that means nothing is an error, also for --list."""
    check(f'checks = ["{named}"]', "--list").refuses(78, words)


def test_a_waiver(check: Any) -> None:  # noqa: ANN401
    """It quiets what it names, with its reason; the rest is told."""
    waiver = """
        [[waivers]]
        check = "FW105"
        subject = "{}"
        reason = "only ever appended to"
        until = {}
    """
    one = check(waiver.format("log", "2999-12-31"), "--only", "FW105")
    assert one.code == 1
    assert "main.loose" in one.out
    assert "main.log" not in one.out
    assert "waived until 2999-12-31: only ever appended to" in one.out
    both = waiver.format("log", "2999-12-31") + waiver.format("main.loose", "2999-12-31")
    assert check(both, "--only", "FW105").code == 0
    document = check(both, "--only", "FW105", "--json").document
    assert (document["checks"][0]["state"], document["checks"][0]["result"]) == ("waived", 0)
    over = check(waiver.format("log", "2020-01-31"), "--only", "FW105")
    assert over.code == 1
    assert "main.log" in over.out
    assert "The waiver FW105 log until 2020-01-31 has expired" in over.out
    rows = waiver.replace("FW105", "FW001").format("people.email", "2999-12-31")
    assert by_code(check(rows, "--json"))["FW001"]["state"] == "waived"


@pytest.mark.parametrize(
    ("waiver", "words"),
    [
        ('check = "FW999"\nreason = "x"\nuntil = 2999-01-01', "FW999 is no check"),
        ('check = "FW105"\nreason = "x"', "until = 2027-01-31"),
        ('check = "FW105"\nuntil = 2999-01-01', "a text that is not empty"),
        ('check = "FW105"\nreason = " "\nuntil = 2999-01-01', "a text that is not empty"),
        ('check = "FW105"\nreason = "x"\nuntil = "soon"', "until = 2027-01-31"),
        ('check = "FW105"\nreason = "x"\nuntil = 2999-01-01\nwho = "me"', "[[waivers]] with check"),
    ],
)
def test_a_waiver_that_is_none(check: Any, waiver: str, words: str) -> None:  # noqa: ANN401
    """Without a check, a reason or an end it waives nothing, and says so."""
    check(f"[[waivers]]\n{waiver}").refuses(78, words)


@pytest.mark.filterwarnings("ignore:the 'ALL' constant:DeprecationWarning")
def test_a_class_of_upgradecheck(capsys: pytest.CaptureFixture[str]) -> None:
    """What oslo.upgradecheck itself says of a class is what falsework says of it."""
    oslo = pytest.importorskip("oslo_upgradecheck.upgradecheck")

    class Checks(oslo.UpgradeCommands):  # type: ignore[name-defined,misc]
        def _good(self) -> Any:  # noqa: ANN401
            return oslo.Result(oslo.Code.SUCCESS)

        def _doubtful(self, what: str) -> Any:  # noqa: ANN401
            return oslo.Result(oslo.Code.WARNING, f"{what} is doubtful.")

        def _bad(self) -> Any:  # noqa: ANN401
            return oslo.Result(oslo.Code.FAILURE, "It is bad.")

        _upgrade_checks = (
            ("Good", _good),
            ("Doubtful", (_doubtful, {"what": "This"})),
            ("Bad", _bad),
        )

    theirs = Checks().check()
    table = capsys.readouterr().out
    numbers = {"passed": 0, "warning": 1, "failed": 2}
    names, codes = [], []
    for one in checks_in(Checks, "here"):
        told = tuple(one.look(None))  # type: ignore[arg-type]
        state = "failed" if any(r.stops for r in told) else "warning" if told else "passed"
        names.append(one.title)
        codes.append(numbers[state])
        assert all(r.text in table for r in told)
    assert max(codes) == theirs
    assert all(f"Check: {name}" in table for name in names)
