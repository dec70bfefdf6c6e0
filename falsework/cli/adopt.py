"""``db-adopt``: record the present schema as the one that a release owns."""

from __future__ import annotations

import click

from falsework.cli.call import Call
from falsework.cli.frame import OK, command
from falsework.cli.options import release, writing


@command("adopt", example="db-adopt --url env:DATABASE_URL --release juno --yes")
@release
@writing
def adopt(call: Call, *, yes: bool, dry_run: bool) -> int:
    """Record which release owns the present schema.

    Only what a release owned is ever dropped. Where the models made this very schema, it also
    records how the server spells their texts. Writes nothing but falsework's own tables.
    """
    from falsework.cli.consent import consent
    from falsework.migrate import adopt as record
    from falsework.report.words import counted, one_line
    from falsework.session import open_session, settings_of

    if not call.config.release:
        raise click.UsageError("Say which release owns the schema: --release NAME.")
    session = open_session(call.config)
    found = session.baseline()
    live = found.live
    what = f"{counted(len(live.tables), 'table')} of {session.name}"
    owner = call.config.release
    if not dry_run:
        call.tell(f"db-adopt: {what} will be owned by release {owner}")
        for line in found.taken:
            call.tell(f"  {one_line(line)}: they cannot be compared")
        consent(call, yes=yes)
        record(session.target, live, owner, settings_of(call.config), record=found.record)
    end = f"would be owned by release {owner}. Dry run: nothing was written."
    text = f"{what} {end if dry_run else f'are owned by release {owner}.'}\n"
    return call.answer(
        OK,
        lambda: text,
        lambda: {
            "database": session.name,
            "release": owner,
            "tables": [str(table.name) for table in live.tables],
            "taken_as_equal": found.taken,
            "dry_run": dry_run,
        },
    )
