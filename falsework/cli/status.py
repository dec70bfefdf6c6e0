"""``db-status``: where this database stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import OK, command

if TYPE_CHECKING:
    from falsework.model.plan import Plan
    from falsework.session import Session


@command("status", example="db-status --url env:DATABASE_URL --check")
@click.option(
    "--check",
    is_flag=True,
    help="Exit with 0 when up to date, 2 when db-expand is due, "
    "3 db-migrate, 4 db-contract, and 1 when something is broken.",
)
def status(call: Call, *, check: bool) -> int:
    """Show where this database stands.

    The phase that is due, the steps done, who is at work, and what failed.
    """
    from falsework.report.status import standing, status_body, status_text
    from falsework.session import open_session

    session = open_session(call.config)
    pending = _pending(call, session, needed=check)
    _, code = standing(session.journal, pending)
    return call.answer(
        code if check else OK,
        lambda: status_text(session.journal, pending, database=session.name, page=call.page),
        lambda: {"database": session.name, **status_body(session.journal, pending)},
    )


def _pending(call: Call, session: Session, *, needed: bool) -> Plan | None:
    """What the models still ask for, where no plan is under way. None: no models were named."""
    from falsework.session import models_of

    if session.journal.plan is not None or not (needed or call.config.models):
        return None
    return session.plan(session.present(models_of(call.config)))
