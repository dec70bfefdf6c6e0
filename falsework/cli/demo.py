"""``falsework demo``: the whole story on a throw-away database."""

from __future__ import annotations

from falsework.cli.call import Call
from falsework.cli.frame import command
from falsework.cli.options import setting


@command("demo", example="falsework demo", bare=True)
@setting(
    "--url",
    help="A database server to tell the story on, instead of a file: env:NAME, "
    "file:PATH, or a URL without password. It must be empty.",
)
def demo(call: Call) -> int:
    """Tell the whole story on a throw-away database.

    Upgrades a small cloud's database while its old and its new release both write. Needs nothing:
    without --url it makes a throw-away file.
    """
    import sys

    from falsework.demo.story import run

    url = call.options["url"]
    return run(call.config.url if url is not None else None, sys.stdout)
