"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from falsework.cli.frame import Work, setting

FILE = click.Path(path_type=Path)


def policy(work: Work) -> Work:
    """What the operator decides about a plan."""
    for option in reversed(
        (
            setting(
                "--lock-budget",
                metavar="TIME",
                help="The longest that a statement of the "
                "application may be made to wait, such as 1s or 500ms.",
            ),
            click.option(
                "--allow-downtime",
                multiple=True,
                metavar="STEP",
                help="Let this step block others for longer than the lock budget.",
            ),
            click.option(
                "--accept",
                multiple=True,
                metavar="STEP",
                help="Run this step although it breaks statements of a release.",
            ),
        )
    ):
        work = option(work)
    return work


def running(work: Work) -> Work:
    """How a phase is run."""
    for option in reversed(
        (
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
            setting(
                "--max-rows", metavar="N", help="Stop after filling so many rows; exit code 1."
            ),
            click.option(
                "--wait",
                type=float,
                default=0.0,
                metavar="SECONDS",
                help="How long to wait for another runner to end.",
            ),
        )
    ):
        work = option(work)
    return work


def writing(work: Work) -> Work:
    """Every command that writes asks first."""
    for option in reversed(
        (
            click.option(
                "-y", "--yes", is_flag=True, help="Do not ask. Needed where there is no terminal."
            ),
            click.option("--dry-run", is_flag=True, help="Say what would run, and write nothing."),
        )
    ):
        work = option(work)
    return work


lose = click.option(
    "--lose",
    multiple=True,
    metavar="TABLE[.COLUMN]",
    help="What this holds may be lost. With --yes, needed for each drop that loses something.",
)

release = setting(
    "--release", metavar="NAME", help="The release that the models are: a version or a commit."
)
