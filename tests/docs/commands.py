"""``docs/commands.md``, made of the commands, settings and errors themselves.

What cannot be read off them is said here once: what a command writes, what an exit code means,
what a JSON key holds. A test holds that nothing of the public surface is left out.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from falsework import errors
from falsework.checks import CHECKS
from falsework.cli.group import NAMES, load
from falsework.config import SETTINGS, Setting
from falsework.engines.drivers import KNOWN, Known
from falsework.report.document import SCHEMA_VERSION
from falsework.report.status import DUE
from falsework.report.words import dotted
from tests.docs.words import CODES, DO, FORMS, KEYS, WRITES
from tests.servers.run import ROOT

SURFACE = ROOT / "tests" / "cli" / "surface.json"
PATH = ROOT / "docs" / "commands.md"


def page() -> str:
    """The whole page."""
    parts = [INTRO, *_commands(), *_codes(), *_checks(), *_documents(), *_settings(), *_urls()]
    return "\n".join(parts) + "\n"


EXCEPTIONS = """\
- `status --check`: **0** up to date, {due}, **1** broken or unknown: a step failed, or there is
  neither a plan under way nor a model to compare with. Without `--check` it is 0 whatever is due.
- `plan --check`: **1** when steps are pending. Without `--check` a plan without refusals is 0.
- `check`: **0** all passed or skipped, **1** warnings, **2** a failure, a count that could not be
  had, or refusals in the plan.

What to do about each error: [operating.md](operating.md).
"""

CHECKING = """\
`--only` and `--skip` take the code; [checks.md](checks.md) says of each what it is about.
"""

JSON = """\
`--json` writes one document to stdout; everything else goes to stderr. `schema_version` is raised
when a key goes or changes its meaning; new keys may come at any time. `[]` is a list, `{{}}` a
mapping by name, `null` says that there is none. Now it is {version}.
"""

SETTING = """\
Options win over variables, variables over the file. The file is the nearest `falsework.toml`, or
`pyproject.toml` with a table `[tool.falsework]`, in the working directory or above it;
`--config FILE` names another one. Times are seconds, or texts such as `50ms`, `0.5s`, `30m`,
`1h30m`, `90d`. `falsework config` shows what is in force and where it comes from, passwords
masked. A key that nobody knows is an error.
"""

TOML = """\
```toml
# falsework.toml; in pyproject.toml the same under [tool.falsework]
url = "env:DATABASE_URL"
models = ["cloud.models:metadata"]
lock_budget = "500ms"
```
"""

DRIVERS = """\
A password on the command line is refused (exit 64): everybody on the machine could read it in the
list of processes. A URL without a driver takes the first one that is installed; one that names an
asynchronous driver takes a synchronous one, and is refused where its parameters would mean
something else there.
"""

INTRO = """\
# Commands

<!-- Made by tests/docs/commands.py: `make golden` writes it anew. -->

`falsework COMMAND` and `db-COMMAND` are the same; `config` and `demo` are only there as
`falsework config` and `falsework demo`. *Release A* is the code that runs now, *release B* the
code to come; the models are B's.
"""


def _commands() -> Iterator[str]:
    rows = [(f"[`{n}`](#{n})", _short(load(n)), WRITES[n]) for n in NAMES]
    yield _table(("command", "does", "writes"), rows)
    yield "## Options of every command\n"
    yield "`demo` has none of them but `--url`, `--verbose` and `--help`.\n"
    yield _options(_shared())
    for name in NAMES:
        yield from _command(load(name))


def _command(command: click.Command) -> Iterator[str]:
    yield f"## {command.name}\n"
    yield f"{inspect.cleandoc(command.help or '')}\n"
    yield f"```console\n$ {_example(command)}\n```\n"
    shared = {option.name for option in _shared()}
    own = [option for option in _given(command) if option.name not in shared]
    if own:
        yield _options(own)


def _given(command: click.Command) -> list[click.Option]:
    return [p for p in command.params if isinstance(p, click.Option)]


def _shared() -> list[click.Option]:
    """The options that every command with a database has."""
    first, *rest = ([*_given(load(n))] for n in NAMES if n != "demo")
    return [o for o in first if all(o.name in {p.name for p in others} for others in rest)]


def _short(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").splitlines()[0]


def _example(command: click.Command) -> str:
    return (command.epilog or "").strip().splitlines()[-1].strip()


def _options(options: Iterable[click.Option]) -> str:
    return _table(("option", "means"), [(_spelled(o), _meaning(o)) for o in options])


def _spelled(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    if option.is_flag:
        return names
    value = option.metavar or option.type.name.upper()
    if isinstance(option.type, click.Choice):
        value = "|".join(option.type.choices)
    return f"{names[:-1]} {value}`{' (several)' if option.multiple else ''}"


def _meaning(option: click.Option) -> str:
    text = option.help or ""
    return f"{text} Without it: {option.default:g}." if option.show_default else text


def _codes() -> Iterator[str]:
    yield "## Exit codes\n"
    yield "One meaning in all commands, and two commands with an exception.\n"
    kinds: dict[int, list[str]] = {}
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.FalseworkError):
            kinds.setdefault(kind.exit_code, []).append(f"`{kind.__name__}`")
    kinds[255].remove("`FalseworkError`")
    kinds.setdefault(1, []).append("`Interrupted`")
    rows = [(f"**{code}**", text, ", ".join(kinds.get(code, ()))) for code, text in CODES.items()]
    yield _table(("code", "means", "errors"), rows)
    due = ", ".join(f"**{code}** `db-{phase}` is due" for phase, code in DUE.items())
    yield EXCEPTIONS.format(due=due)


def _checks() -> Iterator[str]:
    yield "## Checks\n"
    yield CHECKING
    yield _table(
        ("code", "looks for", "when"),
        [(f"`{c.code}`", c.title, c.when) for c in CHECKS],
    )


def _documents() -> Iterator[str]:
    yield "## JSON\n"
    yield JSON.format(version=SCHEMA_VERSION)
    surface: Mapping[str, Sequence[str]] = json.loads(SURFACE.read_text())["json"]
    common = set.intersection(*(set(keys) for keys in surface.values())) | {"database"}
    head = ("key of every document", "holds")
    yield _table(head, [(f"`{key}`", KEYS[key]) for key in sorted(common)])
    told: set[tuple[str, ...]] = set()
    for keys in surface.values():
        own = tuple(key for key in keys if key not in common)
        if own in told:
            continue
        told.add(own)
        titles = [DO.get(n, f"`{n}`") for n, k in surface.items() if set(k) == set(keys)]
        yield f"**{', '.join(titles)}**\n"
        yield _table(("key", "holds"), [(f"`{key}`", KEYS[key]) for key in own])


def _settings() -> Iterator[str]:
    yield "## Configuration\n"
    yield SETTING
    rows = [
        (f"`{s.name}`", s.unit or "-", _default(s), f"`{s.variable}`", _option(s), s.help)
        for s in SETTINGS
    ]
    yield _table(("key", "unit", "default", "variable", "option", "means"), rows)
    yield TOML


def _default(setting: Setting) -> str:
    if setting.default in (None, ()):
        return "-"
    return f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)


def _option(setting: Setting) -> str:
    for name in NAMES:
        for option in _given(load(name)):
            if option.name == setting.name:
                return f"`{option.opts[0]}`"
    return "-"


def _urls() -> Iterator[str]:
    yield "## URLs\n"
    yield _table(("form", "is"), [(f"`{form}`", text) for form, text in FORMS])
    yield DRIVERS
    yield _table(ENGINE, [_engine(known) for known in KNOWN])


ENGINE = ("engine", "oldest", "lock budget", "dialects", "drivers", "asynchronous ones")


def _engine(known: Known) -> tuple[str, ...]:
    engine = known.driver().engine
    away = (*(name for name, _ in known.renamed), *known.different)
    return (
        known.name,
        dotted(engine.oldest),
        f"{engine.lock_budget:g} s",
        ", ".join(f"`{name}`" for name in (*known.dialects, *known.aliases)),
        ", ".join(f"`{dbapi.name}`" for dbapi in known.dbapis),
        ", ".join(f"`{name}`" for name in away),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(c) for c in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
