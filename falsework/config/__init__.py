"""Settings: from a file, the environment and the command line, each with where it came from.

The file is the nearest falsework.toml, or pyproject.toml with a table [tool.falsework], in the
working directory or above it. Variables ``FALSEWORK_<KEY>`` win over it, options over both.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from falsework.config import values
from falsework.declare import SoftDeletion
from falsework.engines.redaction import has_secret, masked
from falsework.engines.tls import Tls
from falsework.errors import ConfigError, UsageError
from falsework.model.waiver import Waiver

PREFIX = "FALSEWORK_"
URL_HELP = "the database: env:NAME, file:PATH, python:module:callable, or a URL"


def _setting(read: Callable[[object], Any], default: Any, text: str, unit: str = "") -> Any:  # noqa: ANN401
    """A field of Config; one that may hold a password stays out of its repr."""
    metadata = {"read": read, "help": text, "unit": unit}
    return dataclasses.field(default=default, repr=read is not values.url, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings; a time is in seconds unless its name says otherwise."""

    url: str | None = _setting(values.url, None, URL_HELP)
    models: tuple[str, ...] = _setting(
        values.texts, (), "release B's models: package.module:metadata, one or several"
    )
    previous_models: tuple[str, ...] = _setting(
        values.texts,
        (),
        "models of an earlier release: what they have may be dropped, as what the journal knows of",
    )
    scratch_url: str | None = _setting(
        values.url,
        None,
        "a database on a server like the target's: texts that cannot be compared are spelled by it "
        "in a database of their own, made there and dropped again",
    )
    rates: str | None = _setting(
        values.text,
        None,
        "a file that falsework calibrate wrote: what forecasts go by until this database has a "
        "history of its own",
    )
    schema: str | None = _setting(
        values.text, None, "the schema that models without one mean; without it, the session's own"
    )
    lock_budget: float | None = _setting(
        values.duration,
        None,
        "the longest that a statement of the application may be made to wait; without it, the "
        "engine's own",
        "s",
    )
    direct_seconds: float = _setting(
        values.duration,
        0.05,
        "the blocking form of a step is taken while its forecast stays below",
        "s",
    )
    lock_try_ms: int = _setting(
        values.count, 50, "how long one try for a strong lock waits, with everybody behind it", "ms"
    )
    lock_wait_seconds: float = _setting(
        values.duration, 60.0, "how long a step goes on trying for its lock", "s"
    )
    chunk_seconds: float = _setting(
        values.duration, 0.1, "how long one chunk of a fill may hold its row locks", "s"
    )
    connect_seconds: float = _setting(values.duration, 10.0, "how long a connection may take", "s")
    tls: str = _setting(
        values.tls,
        Tls.VERIFY.value,
        "off this host the server's certificate is verified; insecure: as the URL says",
    )
    grant_to: tuple[str, ...] = _setting(
        values.texts,
        (),
        "roles that may read and write new tables; without it, as more than half of the tables of "
        "their schema have it",
    )
    run_as: str | None = _setting(
        values.text, None, "the role that sessions act as, so that new tables belong to it"
    )
    time_budget: float | None = _setting(
        values.duration, None, "a phase stops after this time, with all its work recorded", "s"
    )
    max_rows: int | None = _setting(
        values.count, None, "a phase stops once it has filled that many rows", "rows"
    )
    long_transaction_seconds: float = _setting(
        values.duration, 60.0, "db-check warns of transactions that have been open for longer", "s"
    )
    replica_lag_seconds: float = _setting(
        values.duration, 10.0, "db-check warns of replicas that are further behind", "s"
    )
    clock_skew_seconds: float = _setting(
        values.duration, 5.0, "db-check warns where the server's clock differs by more", "s"
    )
    key_used_share: float = _setting(
        values.share, 0.75, "db-check warns of integer keys that have used up more of their numbers"
    )
    unpurged_rows: int = _setting(
        values.count, 100_000, "db-check warns where more soft-deleted rows may be purged", "rows"
    )
    unpurged_share: float = _setting(
        values.share, 0.2, "the same, as a share of the rows of a table, or of all"
    )
    unpurged_age_seconds: float = _setting(
        values.duration,
        90 * 86_400.0,
        "how long rows may be marked deleted where no policy says it",
        "s",
    )
    checks: tuple[str, ...] = _setting(
        values.texts,
        (),
        "checks of your own: package.module, or package.module:name for one or several of it",
    )
    waivers: tuple[Waiver, ...] = _setting(
        values.waivers,
        (),
        "findings of db-check to live with: check, reason, until, and subject for one of many; "
        "only in a file",
    )
    release: str | None = _setting(
        values.text, None, "the name of release B, for the journal: a version or a commit"
    )
    older_than: float | datetime | None = _setting(  # noqa: RUF009 - a field, as the others
        values.age,
        None,
        "db-reclaim takes rows marked deleted for at least this time, or since this date (UTC); "
        "it goes before what policies say",
    )
    soft_delete: tuple[tuple[str, SoftDeletion], ...] = _setting(
        values.soft_deletes,
        (),
        "how rows are marked deleted, by table, where the models do not say it; only in a file",
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting is called, takes and means."""

    name: str
    default: object
    help: str
    unit: str
    read: Callable[[object], Any]

    @property
    def holds_url(self) -> bool:
        """Whether its value may hold a password."""
        return self.read is values.url

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")


SETTINGS = tuple(
    Setting(f.name, f.default, f.metadata["help"], f.metadata["unit"], f.metadata["read"])
    for f in dataclasses.fields(Config)
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Value:
    """A setting as it stands: its value as it may be shown, and where it came from."""

    setting: Setting
    shown: str
    origin: str


@dataclass(frozen=True, slots=True)
class Effective:
    """The configuration in force, and the origin of each of its values."""

    config: Config
    values: tuple[Value, ...]


def effective(
    options: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    start: Path | None = None,
    file: Path | None = None,
) -> Effective:
    """The settings in force. An option that is None or an empty tuple was not given.

    ``file`` is read instead of the nearest one to ``start``.

    Raises ConfigError for an unknown key and a value of the wrong kind, UsageError for a password
    among the options.
    """
    given = {k: v for k, v in (options or {}).items() if v is not None and v != ()}
    for setting in SETTINGS:
        if setting.holds_url and isinstance(url := given.get(setting.name), str):
            refuse_password(url)
    found: dict[str, tuple[Any, str]] = {}
    for name, value, origin in (
        *_from_file(start or Path.cwd(), file),
        *_from_environment(os.environ if environ is None else environ),
        *((name, value, f"option {_BY_NAME[name].option}") for name, value in given.items()),
    ):
        found[name] = (_read(_BY_NAME[name], value, origin), origin)
    config = Config(**{name: value for name, (value, _) in found.items()})
    return Effective(
        config,
        tuple(
            Value(s, _shown(s, getattr(config, s.name)), found.get(s.name, ("", "default"))[1])
            for s in SETTINGS
        ),
    )


def refuse_password(url: str) -> None:
    """Raise UsageError for a URL from the command line that holds a password."""
    if has_secret(url):
        raise UsageError(
            f"{masked(url)}: no password on the command line, please",
            why="every user of this machine can read it in the list of processes",
            do="put the URL into a variable or a file: --url env:DATABASE_URL, or --url file:PATH",
        )


def _read(setting: Setting, value: object, origin: str) -> object:
    try:
        return setting.read(value)
    except values.Wrong as wrong:
        shown = "a value" if setting.holds_url else repr(value)
        raise ConfigError(
            f"{setting.name}: {shown} cannot be used",
            why=f"it comes from {origin}",
            do=f"write {wrong}: {setting.help}",
        ) from None


def _shown(setting: Setting, value: object) -> str:
    if value is None or value == ():
        return "-"
    if setting.holds_url:
        return masked(str(value))
    if isinstance(value, tuple):
        return ", ".join(str(v[0] if isinstance(v, tuple) else v) for v in value)
    number = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{number} {setting.unit}".rstrip()


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    variables = {setting.variable: setting.name for setting in SETTINGS}
    for variable in sorted(environ):
        if variable in variables and environ[variable].strip():
            yield variables[variable], environ[variable], f"environment {variable}"
        elif variable.startswith(PREFIX) and variable not in variables:
            _check_spelling(variable, tuple(variables))


def _check_spelling(variable: str, variables: tuple[str, ...]) -> None:
    """Other programs may have variables of that prefix; one that is nearly ours is a slip."""
    if near := get_close_matches(variable, variables, 1, 0.9):
        raise ConfigError(
            f"{variable}: there is no such setting",
            why="a variable that nobody reads would be taken for a setting",
            do=f"write {near[0]}, or unset it",
        )


def _from_file(start: Path, file: Path | None) -> Iterator[tuple[str, object, str]]:
    path, key, table = _nearest(start) if file is None else _named(file)
    for name, value in table.items():
        if name not in _BY_NAME:
            near = get_close_matches(name.replace("-", "_"), _BY_NAME, 1)
            raise ConfigError(
                f"{path}: there is no setting {key}{name}",
                why=f"the settings are {', '.join(_BY_NAME)}",
                do=f"write {near[0]}" if near else "remove it",
            )
        yield name, value, f"{path}: {key}{name}"


def _nearest(start: Path) -> tuple[Path, str, Mapping[str, object]]:
    """The file that counts, what to call its keys by, and its settings."""
    for folder in (start.resolve(), *start.resolve().parents):
        own, shared = folder / "falsework.toml", folder / "pyproject.toml"
        if own.is_file():
            return own, "", _parsed(own)
        if shared.is_file():
            tool = _parsed(shared).get("tool")
            table = tool.get("falsework") if isinstance(tool, dict) else None
            if isinstance(table, dict):
                return shared, "tool.falsework.", table
    return start, "", {}


def _named(path: Path) -> tuple[Path, str, Mapping[str, object]]:
    """The same for a file that was named: its table [tool.falsework], or else all of it."""
    whole = _parsed(path)
    tool = whole.get("tool")
    if isinstance(tool, dict) and isinstance(tool.get("falsework"), dict):
        return path, "tool.falsework.", tool["falsework"]
    return path, "", {} if isinstance(tool, dict) else whole


def _parsed(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"{path}: the file cannot be read",
            why=error.strerror or "" if isinstance(error, OSError) else str(error),
            do="mend the file",
        ) from None
