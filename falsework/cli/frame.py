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
from typing import Any

import click

from falsework.cli import options
from falsework.cli.call import Call
from falsework.cli.options import Work
from falsework.errors import FalseworkError, Interrupted

OK, AGAIN, HUMAN, USAGE, BUG = 0, 1, 2, 64, 255


def command(name: str, *, example: str, bare: bool = False) -> Callable[[Work], click.Command]:
    """Make a command of a function; its docstring is the help.

    ``bare``  without the options about a database and about output
    """

    def make(work: Work) -> click.Command:
        @functools.wraps(work)
        def callback(**given: Any) -> int:
            call = Call.of(name, given)
            return guarded(call, functools.partial(work, call, **given))

        own = len(getattr(work, "__click_params__", ()))
        shared: options.Option = options.verbose
        if not bare:
            shared = options.several(options.database, options.output, options.verbose)
        decorated = shared(callback)
        epilog = f"\b\nExample:\n  {example}"
        made = click.command(name, epilog=epilog, context_settings=CONTEXT)(decorated)
        others = len(made.params) - own
        made.params = [*made.params[others:], *made.params[:others]]  # the command's own first
        return made

    return make


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


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
