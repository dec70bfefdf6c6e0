"""The public surface: commands, options, exit codes and JSON keys, against ``surface.json``.

``surface.json`` documents what scripts may rely on. A difference is a decision: what is added goes
in with ``make golden``; what is removed or renamed raises ``SCHEMA_VERSION`` or the major version.

    exit_codes   what each code means, in every command; ``status --check`` has its own
    settings     names in the file, and as FALSEWORK_<NAME>
    commands     for each the options with their short forms; * may be repeated, = takes a value
    json         for each the keys of its document; [] is a list, {} a mapping by name
    observed     keys that only a failed or an interrupted command has
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from falsework import errors
from falsework.cli.group import NAMES, load
from falsework.config import SETTINGS
from falsework.report.document import SCHEMA_VERSION
from falsework.report.status import DUE
from tests.cli import dead
from tests.cli.conftest import Cli, small_file
from tests.cli.test_reclaim import estate_file

BY_NAME = (
    "settings",
    "phases",
    "checks[].silent",
    "reclaimed[].rows",
    "reclaimed[].freed",
)
"""Keys whose value maps names to values: the names are no part of the surface."""


def test_surface(cli: Cli, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    """Nothing of what scripts rely on changes by accident."""
    surface = {
        "schema_version": SCHEMA_VERSION,
        "exit_codes": exit_codes(),
        "settings": [setting.name for setting in SETTINGS],
        "commands": {name: list(options(load(name))) for name in NAMES},
        "json": {name: sorted(set(keys(document))) for name, document in documents(cli, tmp_path)},
    }
    text = json.dumps(surface, indent=1, ensure_ascii=False) + "\n"
    golden(Path(__file__).with_name("surface.json"), text)


def exit_codes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"0": ["done"], "1": ["Interrupted", "warnings"], "255": ["bug"]}
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.FalseworkError):
            found.setdefault(str(kind.exit_code), []).append(name)
    found["255"].remove("FalseworkError")
    due = {str(code): [f"db-{phase} is due"] for phase, code in DUE.items()}
    return {
        **{code: sorted(names) for code, names in sorted(found.items(), key=lambda i: int(i[0]))},
        "status --check": [f"{code}: {', '.join(what)}" for code, what in due.items()],
    }


def options(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            names = "/".join(sorted(parameter.opts, key=len, reverse=True))
            value = "" if parameter.is_flag else "="
            yield f"{names}{value}{'*' if parameter.multiple else ''}"
        else:
            yield f"argument {parameter.name}"


def documents(cli: Cli, folder: Path) -> Iterator[tuple[str, object]]:
    """One document of each command, over one upgrade from its first question to its end."""
    url = small_file(folder)
    other = f"sqlite:///{folder / 'dead.db'}"
    dead.make(other)
    counted = cli("plan", "--unpurged", "--json", url=other, models="tests.cli.dead:b")
    yield "plan --unpurged", counted.document
    adopt = ("--release", "A", "--yes", "--json")
    yield "adopt", cli("adopt", *adopt, url=url, models="tests.cli.small:b").document
    slight = ("--time-budget", "100ms", "--out", "rates.json", "--yes")
    yield "calibrate", cli("calibrate", *slight, "--json").document
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("CREATE TABLE without_key (id int)")  # for a check to remark on
    connection.close()
    for name in ("plan", "check", "config"):
        yield name, cli(name, "--json").document
    yield "check --list", cli("check", "--list", "--json").document
    yield "grants", cli("grants", "--phase", "expand", "--json").document
    yield "expand --dry-run", cli("expand", "--dry-run", "--json").document
    yield "expand", cli("expand", "--yes", "--json").document
    yield "interrupted", cli("migrate", "--yes", "--max-rows", "1", "--json").document
    yield "status", cli("status", "--json").document
    yield "abort --dry-run", cli("abort", "--dry-run", "--json").document
    yield "error", cli("contract", "--yes", "--json").document
    yield "migrate", cli("migrate", "--yes", "--json").document
    lose = ("--lose", "people.shoe")
    yield "contract", cli("contract", "--yes", *lose, "--json").document
    yield "sync", cli("sync", "--yes", "--offline", "--json").document
    yield "abort", cli("abort", "--yes", "--json").document
    refused = "tests.cli.small:refused"
    cli("config", url=estate_file(folder), models="tests.cli.estate:declared")
    yield "reclaim --dry-run", cli("reclaim", "--dry-run", "--json").document
    silent = "tests.cli.estate:silent"
    yield "reclaim --suggest", cli("reclaim", "--suggest", "--json", models=silent).document
    cli("config", models="tests.cli.estate:declared")
    yield "reclaim", cli("reclaim", "--yes", "--max-rows", "9", "--json").document
    cli("config", url=url)
    yield "refused", cli("expand", "--yes", "--json", models=refused).document


def keys(value: object, path: str = "") -> Iterator[str]:
    """The paths of all keys; what the plan holds inside is the business of its own format."""
    if path == "plan" and isinstance(value, dict):
        yield "plan.{}"
    elif isinstance(value, dict):
        named = path in BY_NAME
        for name, inner in value.items():
            at = "{}" if named else name
            yield from keys(inner, f"{path}.{at}" if path else at)
    elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
        for inner in value:
            yield from keys(inner, f"{path}[]")
    else:
        yield path
