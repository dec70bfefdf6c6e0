"""``db-reclaim``: rows that were marked deleted long ago go, with all that hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import AGAIN, OK, command
from falsework.cli.options import setting, several, writing

if TYPE_CHECKING:
    from falsework.migrate.reclaim import Kinds
    from falsework.reclaiming import Reclaiming
    from falsework.session import Session

pace = several(
    setting(
        "--older-than",
        metavar="AGE|DATE",
        help="Rows marked for at least so long, such as 90d, or since that day, such as "
        "2026-01-31 (UTC).",
    ),
    click.option(
        "--host", metavar="NAME", help="Only rows of this host; tables without hosts are left out."
    ),
    setting(
        "--chunk-seconds",
        metavar="TIME",
        help="How long one transaction may hold its row locks.",
    ),
    setting("--lock-try-ms", metavar="MS", help="How long one try for a lock waits."),
    setting(
        "--time-budget",
        metavar="TIME",
        help="Stop after this time, such as 2h; exit code 1 where more is left.",
    ),
    setting("--max-rows", metavar="N", help="Stop after so many rows; exit code 1."),
)


@command("reclaim", example="db-reclaim --url env:DATABASE_URL --older-than 90d --dry-run")
@pace
@click.option("--suggest", is_flag=True, help="Propose policies for tables that look like it.")
@click.option("--once", is_flag=True, expose_value=False, help="One run: the default.")
@writing
def reclaim(call: Call, *, host: str | None, suggest: bool, yes: bool, dry_run: bool) -> int:
    """Take away rows that were marked deleted long ago.

    A row goes with everything that hangs on it, children first. One of them that may not go keeps
    the whole tree. Tables have to say how their rows are marked: soft_delete(...) in the models, or
    [soft_delete.TABLE] in the configuration.

    Exit code 1: a budget ended it, or somebody had rows under lock; call it again.
    """
    from falsework.reclaiming import reclaiming
    from falsework.session import open_session

    session = open_session(call.config)
    ground = reclaiming(session)
    if suggest:
        return _suggest(call, session, ground)
    made = ground.kinds(session.target.driver.engine, call.config.older_than, host)
    return _count(call, session, made) if dry_run else _run(call, session, made, yes=yes)


def _suggest(call: Call, session: Session, ground: Reclaiming) -> int:
    from falsework.engines.policies import suggested
    from falsework.report.reclaim import suggest_body, suggest_text

    found = tuple(suggested(ground.live, session.target.driver, ground.forest.policies))
    return call.answer(
        OK,
        lambda: suggest_text(found, call.page),
        lambda: {"database": session.name, "suggestions": suggest_body(found)},
    )


def _count(call: Call, session: Session, made: Kinds) -> int:
    from falsework.cli.signals import stopping
    from falsework.migrate.reclaim import count
    from falsework.report.reclaim import count_text, reclaim_body
    from falsework.session import settings_of

    with stopping(call.tell) as stop:
        found = count(session.target, made, settings_of(call.config), stop)
    return call.answer(
        OK,
        lambda: count_text(session.name, found, made.forest, call.page),
        lambda: {
            "database": session.name,
            "dry_run": True,
            **reclaim_body(found, made.forest),
        },
    )


def _run(call: Call, session: Session, made: Kinds, *, yes: bool) -> int:
    from falsework.cli.consent import consent
    from falsework.cli.progress import walking
    from falsework.cli.signals import stopping
    from falsework.migrate.reclaim import reclaim as take
    from falsework.report.reclaim import ahead_text, reclaim_body, reclaim_text
    from falsework.session import settings_of

    call.tell(ahead_text(session.name, made, call.side).rstrip("\n"))
    consent(call, yes=yes)
    settings = settings_of(call.config)
    with stopping(call.tell) as stop, walking(call) as observer:
        done = take(session.target, made, settings, observer, stop=stop)
    return call.answer(
        AGAIN if done.more else OK,
        lambda: reclaim_text(done, made.forest, call.page),
        lambda: {
            "database": session.name,
            "dry_run": False,
            **reclaim_body(done, made.forest),
        },
    )
