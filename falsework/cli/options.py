"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Work = Callable[..., int]
Option = Callable[[Work], Work]

FILE = click.Path(path_type=Path)


def several(*options: Option) -> Option:
    """One decorator for several options; help shows them in this order."""

    def decorate(work: Work) -> Work:
        for option in reversed(options):
            work = option(work)
        return work

    return decorate


def setting(*names: str, **more: Any) -> Option:
    """An option that stands for a setting: read and checked as in the file."""
    return click.option(*names, callback=_checked, **more)


def _checked(context: click.Context, parameter: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    """The value as given; one that its setting does not take is a usage error."""
    if value is None or value == () or context.resilient_parsing:
        return value
    from falsework.config import SETTINGS
    from falsework.config.values import Wrong

    found = next(s for s in SETTINGS if s.name == parameter.name)
    if found.holds_url:  # which no error repeats
        return value
    try:
        found.read(value)
    except Wrong as wrong:
        raise click.BadParameter(f"{value!r}: write {wrong}.", context, parameter) from None
    return value


database = several(
    setting(
        "--url",
        help="The database: env:NAME, file:PATH, python:module:callable, or a URL without "
        "password.",
    ),
    setting(
        "--models",
        multiple=True,
        metavar="MODULE:NAME",
        help="Release B's models; may be given several times.",
    ),
    setting(
        "--previous-models",
        multiple=True,
        metavar="MODULE:NAME",
        help="An earlier release's models: what they have and release B has not may be dropped.",
    ),
    setting(
        "--scratch-url",
        metavar="URL",
        help="A database on a server like this one, as --url: texts that cannot be compared are "
        "spelled there.",
    ),
    setting("--schema", metavar="NAME", help="The schema that models without one mean."),
    setting("--connect-seconds", metavar="TIME", help="How long connecting may take."),
    setting(
        "--tls",
        metavar="verify|insecure",
        help="Off this host the server's certificate is verified; insecure: as the URL says.",
    ),
)

output = several(
    click.option(
        "--config",
        "config_file",
        type=FILE,
        metavar="FILE",
        help="The configuration, instead of the nearest falsework.toml.",
    ),
    click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
)

verbose = click.option("-v", "--verbose", is_flag=True, help="Say more: all SQL; where a bug was.")

lock_budget = setting(
    "--lock-budget",
    metavar="TIME",
    help="The longest that a statement of the application may be made to wait, such as 1s or "
    "500ms.",
)

rates = setting(
    "--rates",
    metavar="FILE",
    help="Rates of this server, from falsework calibrate, to forecast by.",
)

allow_downtime = click.option(
    "--allow-downtime",
    multiple=True,
    metavar="STEP",
    help="Let this step block others for longer than the lock budget.",
)

accept = click.option(
    "--accept",
    multiple=True,
    metavar="STEP",
    help="Run this step although it breaks statements of a release.",
)

pace = several(
    setting(
        "--lock-try-ms",
        metavar="MS",
        help="How long one try for a strong lock waits, with everybody behind it.",
    ),
    setting(
        "--lock-wait",
        "lock_wait_seconds",
        metavar="TIME",
        help="How long a step goes on trying for its lock.",
    ),
    setting(
        "--chunk-seconds",
        metavar="TIME",
        help="How long one chunk of a fill may hold its row locks.",
    ),
    setting(
        "--time-budget",
        metavar="TIME",
        help="Stop after this time, such as 2h, with all work recorded; exit code 1.",
    ),
    setting("--max-rows", metavar="N", help="Stop after filling so many rows; exit code 1."),
)

wait = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="How long to wait for another runner to end.",
)

lose = click.option(
    "--lose",
    multiple=True,
    metavar="TABLE[.COLUMN]",
    help="What this holds may be lost. With --yes, needed for each drop that loses something.",
)

release = setting(
    "--release", metavar="NAME", help="The release that the models are: a version or a commit."
)

writing = several(
    click.option(
        "-y", "--yes", is_flag=True, help="Do not ask. Needed where there is no terminal."
    ),
    click.option("--dry-run", is_flag=True, help="Say what would run, and write nothing."),
)
"""Every command that writes asks first."""
