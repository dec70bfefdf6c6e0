"""Objects that are not ours and stand in the way of a drop."""

from __future__ import annotations

from falsework.expand_contract.upgrade import Upgrade
from falsework.model.plan import Cause, Refusal
from falsework.model.schema import TableName


def refuse_dependents(
    upgrade: Upgrade, table: TableName, column: str | None, step: str
) -> tuple[Refusal, ...]:
    """A refusal for each view, trigger or foreign object that uses what is about to go.

    ``column``  None: the whole table goes

    Some servers would drop the column all the same, and later writes would fail.
    """
    found = _views(upgrade, table, column) + _triggers(upgrade, table, column)
    return tuple(
        Refusal(
            subject=f"{table}.{column}" if column else str(table),
            reason=f"{what} uses it and is not falsework's to change",
            do=f"drop or rewrite it, then plan again (the step would be {step})",
            cause=Cause.USED_BY_OTHERS,
        )
        for what in found
    )


def _views(upgrade: Upgrade, table: TableName, column: str | None) -> list[str]:
    return [
        f"the view {view.schema}.{view.name}"
        for view in upgrade.old.views
        if any(t == table and c in ("", column or c) for t, c in view.uses)
        and (column is None or _mentions(view.text, column))
    ]


def _triggers(upgrade: Upgrade, table: TableName, column: str | None) -> list[str]:
    """Triggers whose text names the column, or (from another table) the table."""
    return [
        f"the trigger {trigger.name} on {other.name}"
        for other in upgrade.old.tables
        for trigger in other.triggers
        if (other.name != table or column is not None)
        and _mentions(trigger.text, table.name)
        and (column is None or _mentions(trigger.text, column))
    ]


def _mentions(text: str, name: str) -> bool:
    """Whether the name stands in the text as a word of its own, in any case.

    Too much rather than too little: a refusal can be lifted, a broken trigger loses writes.
    """
    folded, wanted = text.casefold(), name.casefold()
    start = folded.find(wanted)
    while start >= 0:
        before, after = folded[start - 1 : start], folded[start + len(wanted) :][:1]
        if not (before.isalnum() or before == "_") and not (after.isalnum() or after == "_"):
            return True
        start = folded.find(wanted, start + 1)
    return False
