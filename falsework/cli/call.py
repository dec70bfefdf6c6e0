"""One call of a command: its settings, and where its words go."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from falsework.config import Config, Effective
    from falsework.errors import FalseworkError
    from falsework.report.words import Page

SETTINGS = frozenset(
    {
        "url",
        "models",
        "previous_models",
        "scratch_url",
        "rates",
        "schema",
        "connect_seconds",
        "tls",
        "lock_budget",
        "lock_try_ms",
        "lock_wait_seconds",
        "chunk_seconds",
        "time_budget",
        "max_rows",
        "older_than",
        "release",
    }
)
"""Options that stand for settings of the same name."""

COLOURS: Mapping[str, Mapping[str, Any]] = {
    "head": {"bold": True},
    "good": {"fg": "green"},
    "warn": {"fg": "yellow"},
    "bad": {"fg": "red", "bold": True},
    "faint": {"dim": True},
}


@dataclass(frozen=True)
class Call:
    """A command with the options that are settings, and how its output is wanted.

    Results go to stdout, everything else to stderr.
    """

    name: str
    options: Mapping[str, object]
    file: Path | None
    json: bool
    quiet: bool
    verbose: bool

    @classmethod
    def of(cls, name: str, given: dict[str, Any]) -> Call:
        """Take out of the given options what all commands share."""
        return cls(
            name=name,
            options={key: given.pop(key) for key in SETTINGS & given.keys()},
            file=given.pop("config_file", None),
            json=given.pop("as_json", False),
            quiet=given.pop("quiet", False),
            verbose=given.pop("verbose", False),
        )

    @property
    def command(self) -> str:
        """What people type: ``db-plan``."""
        return f"db-{self.name}"

    @cached_property
    def effective(self) -> Effective:
        """The settings in force, each with its origin."""
        from falsework.config import effective

        return effective(self.options, file=self.file)

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self.effective.config

    @property
    def page(self) -> Page:
        """What results are written on."""
        return _page(terminal=sys.stdout.isatty(), full=self.verbose)

    @property
    def side(self) -> Page:
        """What everything else is written on."""
        return _page(terminal=sys.stderr.isatty(), full=self.verbose)

    def answer(
        self, code: int, text: Callable[[], str], body: Callable[[], Mapping[str, object]]
    ) -> int:
        """The command's result, as text or as JSON; returns the exit code."""
        if self.json:
            from falsework.report.document import document

            click.echo(document(self.name, code, body()), nl=False)
        elif not self.quiet:
            click.echo(text(), nl=False, color=True)
        return code

    def tell(self, text: str) -> None:
        """Something on the way to the result."""
        if not self.quiet:
            click.echo(text, err=True, color=True)

    def fail(self, error: FalseworkError) -> None:
        """An error with its four parts."""
        from falsework.report.words import shown

        if self.json:
            from falsework.report.document import document, error_body

            click.echo(document(self.name, error.exit_code, error_body(error)), nl=False)
        lines = [shown(line) for line in self._named(str(error)).splitlines()]
        click.echo("\n".join(lines), err=True)

    def stopped(self, text: str) -> None:
        """The run ended before its end, with everything recorded."""
        if self.json:
            from falsework.report.document import document

            click.echo(document(self.name, 1, {"stopped": text}), nl=False)
        click.echo(self._named(text), err=True)

    def _named(self, text: str) -> str:
        """The text beginning with the command, which it may do by itself."""
        return text if text.startswith(self.command) else f"{self.command}: {text}"

    def bug(self, error: BaseException, trace: str) -> None:
        """An error that nobody foresaw."""
        from falsework.engines.redaction import redact
        from falsework.report.words import one_line

        what = redact(one_line(f"{type(error).__name__}: {error}"))
        if self.json:
            from falsework.report.document import document

            body = {"error": {"kind": "Bug", "what": what, "why": "", "do": DO_BUG, "done": ""}}
            click.echo(document(self.name, 255, body), nl=False)
        click.echo(f"{self.command}: this is a bug in falsework: {what}", err=True)
        if self.verbose:
            click.echo(redact(trace), err=True, nl=False)
        else:
            click.echo(f"  do    {DO_BUG}", err=True)


DO_BUG = "run it again with -v and report what it prints; db-status says what was done"


def _page(*, terminal: bool, full: bool) -> Page:
    from falsework.report.words import WIDTH, Page, plain

    if not terminal:
        return Page(full=full)
    width = shutil.get_terminal_size((WIDTH, 24)).columns
    coloured = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Page(width, _ink if coloured else plain, full)


def _ink(text: str, kind: str) -> str:
    return click.style(text, **COLOURS[kind])
