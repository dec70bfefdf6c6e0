"""``db-check`` as an operator calls it: lists, explanations, choices, and what is wrong there."""

import sqlite3
from pathlib import Path

import pytest

from falsework.checks import CHECKS
from tests.cli.conftest import Cli, small_file


def says(url: str, *statements: str) -> None:
    """Run these on a file, in one transaction."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.executescript(";\n".join(("BEGIN", *statements, "COMMIT")))
    connection.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return small_file(tmp_path)


@pytest.fixture
def loose(url: str) -> str:
    """A file with tables that a check warns of."""
    says(url, *(f"CREATE TABLE loose{n} (id int)" for n in range(7)))
    return url


def test_list_and_explain_ask_no_database(cli: Cli) -> None:
    """What there is to check can be read before there is anything to check."""
    listed = cli("check", "--list")
    assert listed.code == 0
    assert all(f"{c.code}  {c.title}" in listed.out for c in CHECKS)
    for check in CHECKS:
        said = cli("check", "--explain", check.code)
        assert said.code == 0
        for part in (check.code, check.title, *check.effect.split()[:5], *check.remedy.split()[:5]):
            assert part in said.out
    (one,) = cli("check", "--explain", "FW107", "--json").document["checks"]
    assert (one["code"], list(one["silent"])) == ("FW107", ["sqlite"])


@pytest.mark.parametrize("option", ["--only", "--skip", "--explain"])
def test_a_code_that_is_none(cli: Cli, option: str) -> None:
    """The codes that there are, not a shrug."""
    said = cli("check", option, "FW999")
    assert (said.code, "'FW999' is no check: they are FW001, " in said.err) == (64, True)


def test_what_needs_no_cell(cli: Cli, loose: str) -> None:
    """What passed or was skipped is counted below the table; -v, --only and --json show it."""
    said = cli("check", url=loose)
    assert said.code == 1
    assert "FW105" in said.out
    assert "and 2 more: db-check -v" in said.out
    assert "FW107" not in said.out
    assert "skipped. Those without a cell: db-check -v." in " ".join(said.out.split())
    whole = cli("check", "-v").out
    assert "FW107" in whole
    assert "main.loose6: has no primary key" in whole
    assert "FW107" in cli("check", "--only", "FW107").out
    assert {c["code"] for c in cli("check", "--json").document["checks"]} > {"FW105", "FW107"}


def test_a_superset_of_upgradecheck(cli: Cli, loose: str) -> None:
    """Its three keys, with its numbers."""
    document = cli("check", "--json", url=loose).document
    assert document["name"] == "Upgrade Check Results"
    by_code = {c["code"]: c for c in document["checks"]}
    assert (by_code["FW105"]["result"], by_code["FW105"]["state"]) == (1, "warning")
    assert by_code["FW105"]["check"] == "FW105 tables without a primary key"
    assert by_code["FW105"]["details"].startswith("main.loose0: has no primary key\n")
    assert (by_code["FW107"]["result"], by_code["FW107"]["state"]) == (0, "skipped")
    assert (by_code["FW103"]["result"], by_code["FW103"]["details"]) == (0, None)


def test_before_a_phase(cli: Cli, url: str) -> None:
    """Only what matters then: rows that its gate asks for, and the state of the database."""
    for phase, there in (("expand", False), ("migrate", False), ("contract", True)):
        codes = {
            c["code"] for c in cli("check", "--before", phase, "--json", url=url).document["checks"]
        }
        assert ("FW001" in codes, "FW118" in codes) == (there, there), phase
        assert "FW105" in codes


def test_what_the_journal_has_left(cli: Cli, url: str) -> None:
    """A phase that was broken off, and one that comes first; neither is left once all is done."""
    only = ("check", "--only", "FW102")
    assert cli("expand", "--yes", url=url).code == 0
    assert cli(*only).code == 0
    before = cli(*only, "--before", "contract")
    assert (before.code, "db-migrate: is due before db-contract" in before.out) == (2, True), before
    assert cli("migrate", "--yes", "--max-rows", "1").code == 1
    said = cli(*only)
    assert (said.code, "db-migrate: was begun" in said.out) == (1, True), said
    assert cli("migrate", "--yes").code == 0
    assert cli("contract", "--yes").code == 0
    assert cli(*only).code == 0


def test_rows_that_nobody_purged(cli: Cli, url: str) -> None:
    """The table as the models say it; the command as it has to be typed, with the same options."""
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
    when = "iif(i < 200, '2001-01-01 00:00:00', NULL)"
    says(
        url,
        "CREATE TABLE hosts (id INTEGER PRIMARY KEY, deleted_at DATETIME)",
        f"{rows} INSERT INTO hosts SELECT i, {when} FROM n",
    )
    said = cli("check", "--only", "FW101", "--url", url, models="tests.cli.small:marked")
    assert said.code == 1, said
    text = " ".join(said.out.replace("|", " ").split())
    assert "main.hosts: 199 of 300 rows (66 %) have been marked deleted for more than 90 d" in text
    assert f"db-reclaim --url {url} --older-than 90d --dry-run counts them" in text
    assert cli("plan", "--out", "plan.json", url=url).code == 0
    file = cli("check", "--only", "FW101", "--plan", "plan.json")
    assert (file.code, "199 of 300 rows" in file.out) == (1, True), file
    none = cli("check", "--only", "FW101", models="tests.cli.small:a", url=url)
    assert (none.code, "no table says how its rows are marked" in none.out) == (0, True)


@pytest.mark.parametrize("option", ["--junit", "--sarif", "--github"])
def test_for_other_programs(cli: Cli, url: str, option: str) -> None:
    """The text alone on stdout, with the exit code that the table has."""
    plain = cli("check", url=url)
    said = cli("check", option)
    assert (said.code, said.err) == (plain.code, ""), said
    assert said.out.startswith({"--junit": "<?xml", "--sarif": "{", "--github": "::w"}[option])
    assert cli("check", option, "--json").code == 64


@pytest.mark.parametrize("tables", [500, pytest.param(5000, marks=pytest.mark.full)])
def test_many_tables(cli: Cli, url: str, tables: int) -> None:
    """Thousands of tables are no more questions, and their remarks are cut short."""
    says(url, *(f"CREATE TABLE many{n} (id int)" for n in range(tables)))
    said = cli("check", "--timeout", "60", url=url)
    assert said.code == 1, said
    assert f"and {tables - 5} more: db-check -v" in said.out
    assert len(said.out.splitlines()) < 60
