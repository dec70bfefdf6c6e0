"""What all commands share: their options, their exit codes, and what becomes of an error.

A command is a function ``(call, **options) -> exit code`` under ``@command``. Nothing heavy is
imported before it runs, so help and completion answer at once.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from falsework.cli.call import Call
from falsework.errors import FalseworkError, Interrupted

OK, AGAIN, HUMAN, USAGE, BUG = 0, 1, 2, 64, 255
Work = Callable[..., int]


def common(work: Work) -> Work:
    """The options that every command about a database has."""
    for option in reversed(
        (
            setting(
                "--url",
                help="The database: env:NAME, file:PATH, python:module:callable, or "
                "a URL without password.",
            ),
            setting(
                "--models",
                multiple=True,
                metavar="MODULE:NAME",
                help="Release B's models; may be given several times.",
            ),
            setting("--schema", help="The schema that models without one mean."),
            setting("--connect-seconds", metavar="TIME", help="How long connecting may take."),
        )
    ):
        work = option(work)
    return work


def setting(*names: str, **more: Any) -> Callable[[Work], Work]:
    """An option that stands for a setting: read and checked as in the file."""
    return click.option(*names, callback=_checked, **more)


def _checked(context: click.Context, parameter: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    """The value as given; one that its setting does not take is a usage error."""
    if value is None or value == () or context.resilient_parsing or parameter.name == "url":
        return value
    from falsework.config import SETTINGS, Wrong

    found = next(s for s in SETTINGS if s.name == parameter.name)
    try:
        found.read(value)
    except Wrong as wrong:
        raise click.BadParameter(f"{value!r}: write {wrong}.", context, parameter) from None
    return value


def command(name: str, *, example: str, database: bool = True) -> Callable[[Work], click.Command]:
    """Make a command of a function; its docstring is the help."""

    def make(work: Work) -> click.Command:
        @functools.wraps(work)
        def callback(**given: Any) -> int:
            call = Call.of(name, given)
            return guarded(call, functools.partial(work, call, **given))

        own = len(getattr(work, "__click_params__", ()))
        decorated: Work = callback
        for option in reversed(_OUTPUT):
            decorated = option(decorated)
        if database:
            decorated = common(decorated)
        epilog = f"\b\nExample:\n  {example}"
        made = click.command(name, epilog=epilog, context_settings=CONTEXT)(decorated)
        shared = len(made.params) - own
        made.params = [*made.params[shared:], *made.params[:shared]]  # the command's own first
        return made

    return make


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_OUTPUT = (
    click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The configuration, instead of the nearest falsework.toml.",
    ),
    click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    click.option("-v", "--verbose", is_flag=True, help="Say more: all SQL; where a bug was."),
)


def guarded(call: Call, work: Callable[[], int]) -> int:
    """Run a command's work; every way it can end has its exit code and its words."""
    try:
        return work()
    except FalseworkError as error:
        call.fail(error)
        return error.exit_code
    except Interrupted as stop:
        call.stopped(str(stop))
        return AGAIN
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        call.stopped("interrupted; call it again")
        return AGAIN
    except Exception as error:  # noqa: BLE001 - the last resort: a bug, told without secrets
        call.bug(error, traceback.format_exc())
        return BUG


def run(made: click.Command, args: Sequence[str] | None = None, name: str | None = None) -> int:
    """Run a command with the arguments; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = made.main(args=args, prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except click.Abort:
        click.echo("Not done.", err=True)
        return HUMAN
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return USAGE
    except KeyboardInterrupt:
        return AGAIN
    except BrokenPipeError:
        _drop_output()
        return AGAIN
    return int(code or OK)


def _drop_output() -> None:
    """Whoever read our output has left: what is still buffered goes nowhere."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
