"""``falsework``: all commands under one name, each imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from falsework import __version__
from falsework.cli.frame import CONTEXT

NAMES = (
    "plan",
    "check",
    "expand",
    "migrate",
    "contract",
    "sync",
    "abort",
    "status",
    "adopt",
    "calibrate",
    "reclaim",
    "config",
    "grants",
    "demo",
)
NOT_BUILT = frozenset({"donate", "replay"})


def load(name: str) -> click.Command:
    """The command of that name."""
    found: click.Command = getattr(import_module(f"falsework.cli.{name}"), name)
    return found


class Group(click.Group):
    """Commands by name, in the order in which an upgrade needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in NOT_BUILT:
            ctx.fail(f"{cmd_name} is not built yet in falsework {__version__}.")
        return load(cmd_name) if cmd_name in NAMES else None


GROUP = Group(
    name="falsework",
    help="Upgrade a database schema while the application keeps running.",
    epilog="Each command is a program too: db-plan, db-check, db-expand ...",
    context_settings=CONTEXT,
    params=[],
)
click.version_option(__version__, prog_name="falsework")(GROUP)
