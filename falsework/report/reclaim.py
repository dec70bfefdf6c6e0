"""What db-reclaim is about to do, would do, did, and proposes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from falsework.migrate.reclaim import Felling, Kinds, Reclaimed
from falsework.model.forest import Forest, unindexed
from falsework.model.schema import TableName
from falsework.model.soft_delete import SoftDelete
from falsework.report.words import PAGE, Page, counted, duration, labelled, number, shown

NOTHING = "no table says how its rows are marked deleted"


def ahead_text(database: str, made: Kinds, page: Page = PAGE) -> str:
    """What a run goes by, for the one who is asked."""
    lines = [page.ink(f"db-reclaim on {database}", "head")]
    for table in made.walked():
        lines += _line(
            "takes", f"rows of {table} marked deleted by {_utc(made.before[table])}", page
        )
    lines += _warnings(made.forest, page)
    return "\n".join(lines) + "\n"


def count_text(database: str, found: Reclaimed, forest: Forest, page: Page = PAGE) -> str:
    """What would go."""
    lines = [page.ink(f"db-reclaim on {database} would take:", "head")]
    for felling in found.fellings:
        lines += _felling(felling, page)
    lines += _warnings(forest, page)
    lines.append(f"{counted(found.rows, 'row')} in all. Dry run: nothing was written.")
    return "\n".join(lines) + "\n"


def reclaim_text(done: Reclaimed, forest: Forest, page: Page = PAGE) -> str:
    """What went, and what is left."""
    took = f"{counted(done.rows, 'row')} in {duration(done.seconds)}"
    lines = [page.ink(f"db-reclaim took {took}.", "good")]
    for felling in done.fellings:
        lines += _felling(felling, page)
    lines += _warnings(forest, page)
    if done.stopped is not None:
        lines.append(page.ink(f"More may be left: {done.stopped}", "warn"))
    elif done.more:
        lines.append(page.ink("More is left: somebody had rows under lock. Call it again.", "warn"))
    return "\n".join(lines) + "\n"


def _felling(felling: Felling, page: Page) -> Iterator[str]:
    rows_in_all = counted(felling.rows.total(), "row")
    yield f"{felling.table}: {counted(felling.trees, 'tree')}, {rows_in_all}"
    for table, rows in sorted(felling.rows.items()):
        if rows:
            yield from _line("", f"{number(rows)} of {table}", page)
    for table, rows in sorted(felling.freed.items()):
        if rows:
            yield from _line("parted", f"{number(rows)} of {table}, which stay", page)
    for reason, held in sorted(felling.held.items()):
        keys = ", ".join(map(_key, held.sample)) + (
            ", ..." if held.trees > len(held.sample) else ""
        )
        text = f"{counted(held.trees, 'tree')}: {reason} (of {keys})"
        yield from (page.ink(line, "warn") for line in _line("held", text, page))
    if felling.busy:
        text = f"{counted(felling.busy, 'tree')} that somebody had under lock"
        yield from (page.ink(line, "warn") for line in _line("busy", text, page))


def _key(key: Sequence[object]) -> str:
    return shown(" ".join(map(str, key)))


def _warnings(forest: Forest, page: Page) -> Iterator[str]:
    for text in warnings(forest):
        yield from (page.ink(line, "warn") for line in _line("warning", text, page))


def warnings(forest: Forest) -> list[str]:
    """What makes it slow."""
    return [
        f"no index of {b.child} begins with ({', '.join(b.columns)}): each batch of {b.parent} "
        "reads the whole table, and so does each DELETE where the foreign key is real"
        for b in unindexed(forest)
    ]


def _line(label: str, text: str, page: Page) -> list[str]:
    return labelled(label, text, indent=2, column=11, width=page.width)


def _utc(moment: datetime) -> str:
    return f"{moment.isoformat(' ', 'seconds')} UTC"


def reclaim_body(done: Reclaimed, forest: Forest) -> dict[str, object]:
    """The same for a program."""
    return {
        "rows": done.rows,
        "seconds": round(done.seconds, 3),
        "more": done.more,
        "stopped": done.stopped or "",
        "warnings": warnings(forest),
        "reclaimed": [_body(felling) for felling in done.fellings],
    }


def _body(felling: Felling) -> dict[str, object]:
    return {
        "table": str(felling.table),
        "before": f"{felling.before.isoformat()}Z",
        "trees": felling.trees,
        "rows": {str(table): rows for table, rows in sorted(felling.rows.items())},
        "freed": {str(table): rows for table, rows in sorted(felling.freed.items())},
        "busy": felling.busy,
        "held": [
            {
                "reason": reason,
                "trees": held.trees,
                "sample": [list(map(str, k)) for k in held.sample],
            }
            for reason, held in sorted(felling.held.items())
        ],
    }


Suggestions = Iterable[tuple[TableName, SoftDelete]]


def suggest_text(found: Suggestions, page: Page = PAGE) -> str:
    """Policies as the configuration takes them; none is in force before it stands there."""
    blocks = ["\n".join(_toml(table, policy)) for table, policy in found]
    if not blocks:
        return "No table without a policy looks like one whose rows are marked deleted.\n"
    head = page.ink("# A proposal: read it, then put into falsework.toml what is true.", "faint")
    return "\n\n".join([head, *blocks]) + "\n"


def suggest_body(found: Suggestions) -> list[dict[str, object]]:
    """The same for a program."""
    return [{"table": str(table), "toml": "\n".join(_toml(table, p))} for table, p in found]


def _toml(table: TableName, policy: SoftDelete) -> Iterator[str]:
    yield f"[soft_delete.{json.dumps(str(table))}]"
    for name in ("column", "at", "idle", "host"):
        value = getattr(policy, name)
        if value is not None:
            yield f"{name} = {json.dumps(value)}"
    yield 'after = "90d"'
