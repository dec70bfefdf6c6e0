"""``falsework config``: the settings in force, and where each comes from."""

from __future__ import annotations

from falsework.cli.call import Call
from falsework.cli.frame import OK, command
from falsework.cli.options import lock_budget, pace, release


@command("config", example="falsework config --json")
@lock_budget
@pace
@release
def config(call: Call) -> int:
    """Show the settings in force, and where each comes from.

    Secrets are masked.
    """
    from falsework.report.words import columns

    def text() -> str:
        rows = [("setting", "value", "from")]
        rows += [(v.setting.name, v.shown, v.origin) for v in call.effective.values]
        return "\n".join(columns(rows)) + "\n"

    def body() -> dict[str, object]:
        return {
            "settings": {
                v.setting.name: {"value": v.shown, "origin": v.origin}
                for v in call.effective.values
            }
        }

    return call.answer(OK, text, body)
