"""One step of a plan: its work, whom it stops, its dangers, its SQL."""

from __future__ import annotations

from collections.abc import Iterator

from falsework.model.edits_of_objects import OfObject
from falsework.model.plan import Backfill, Hazard, Lock, Statement, Step
from falsework.report.forecast import ROOM, disk_words
from falsework.report.words import (
    Page,
    counted,
    forecast,
    labelled,
    one_line,
    shortened,
    shown,
    size,
    wrapped,
)

INDENT = 5
COLUMN = 11


def step_lines(place: int, step: Step, page: Page, *, new: bool, done: bool) -> Iterator[str]:
    """The step's block. ``new``: the table is made by this plan; ``place`` counts from 1."""
    title = f"{'(done) ' if done else ''}{step.id}: {step.title}"
    lines = wrapped(title, first=f"{place:>3}  ", rest=" " * INDENT, width=page.width)
    yield from (page.ink(line, "faint" if done else "head") for line in lines)
    if done and not page.full:
        return
    yield from _labelled("work", _work(step, new=new), page)
    if step.disk is not None and step.disk >= ROOM:
        yield from _labelled("disk", disk_words(step.disk), page)
    lock = _labelled("lock", lock_words(step), page)
    yield from (page.ink(line, "warn") if step.blocking else line for line in lock)
    if irreversible(step):
        yield from (page.ink(line, "warn") for line in _labelled("undo", "no", page))
    for hazard in step.hazards:
        if hazard is not Hazard.BLOCKS_WRITERS:  # the line about the lock says so
            lines = _labelled("risk", f"{hazard}: {hazard.text}", page)
            yield from (page.ink(line, "warn") for line in lines)
    yield from _sql(step, page)


def irreversible(step: Step) -> bool:
    """Whether something is gone once it ran; values that a fill gave are no loss."""
    return not step.reversible and isinstance(step.work, Statement)


def _labelled(label: str, text: str, page: Page) -> list[str]:
    return labelled(label, text, indent=INDENT, column=COLUMN, width=page.width)


def _work(step: Step, *, new: bool) -> str:
    if step.effect and all(isinstance(e, OfObject) for e in step.effect):
        return f"{step.work_note}, {forecast(step.forecast, step.least)}"
    if new:
        return f"table new in this plan, {forecast(step.forecast, step.least)}"
    rows = "rows not known" if step.rows is None else counted(step.rows, "row")
    bytes_ = "" if step.size is None or not step.labour else f", {size(step.size)}"
    return f"{rows}{bytes_}: {step.work_note}, {forecast(step.forecast, step.least)}"


def lock_words(step: Step) -> str:
    """Which lock it takes, and who waits for it how long."""
    if isinstance(step.work, Backfill):
        return "the rows of one chunk at a time"
    if step.lock is Lock.NOTHING:
        return "none"
    name = f"{step.lock_name}: " if step.lock_name else ""
    also = f"; also on {', '.join(map(str, step.also_locks))}" if step.also_locks else ""
    return f"{name}{step.lock.blocks} wait{_how_long(step)}{also}"


def _how_long(step: Step) -> str:
    if step.blocking:
        return " for the whole run"
    return ", readers and writers go on" if step.lock is Lock.DDL else " for a moment"


def _sql(step: Step, page: Page) -> Iterator[str]:
    if isinstance(step.work, Backfill):
        yield from _fill(step.work, page)
    elif page.full:
        yield from _all_sql(step.work)
    else:
        count = len(step.work.sql)
        many = f"{counted(count, 'statement')}: " if count > 1 else ""
        yield _one("sql", f"{many}{next(iter(step.work.sql), '')}", page)


def _one(label: str, text: str, page: Page) -> str:
    return (
        f"{' ' * INDENT}{label:<{COLUMN - INDENT}}{shortened(text, max(page.width - COLUMN, 40))}"
    )


def _fill(work: Backfill, page: Page) -> Iterator[str]:
    """A fill's statement depends on the chunk: what it sets, where, and in which order."""
    order = ", ".join(work.key)
    text = f"{work.column} = {one_line(work.value)}"
    if not page.full:
        yield _one("sets", text, page)
        return
    yield from _labelled("sets", text, page)
    yield from _labelled("where", work.need, page)
    yield from _labelled("along", order, page)


def _all_sql(work: Statement) -> Iterator[str]:
    """Every statement in the order it runs; ``|`` marks the lines, so that no name can fake one."""
    parts = [
        *(("setup", s) for s in work.setup),
        *(("sql", s) for s in work.sql),
        *(("none?", s) for s in work.must_be_empty),
        *(("grant", s) for s in work.grants),
        *(("after", s) for s in work.teardown),
    ]
    for label, statement in parts:
        yield from _marked(label, statement)
    if not work.transaction:
        yield f"{' ' * COLUMN}(each by itself, outside a transaction)"
    elif len(work.sql) > 1:
        yield f"{' ' * COLUMN}(in one transaction)"


def _marked(label: str, statement: str) -> Iterator[str]:
    heads = [label, *[""] * statement.count("\n")]
    for head, line in zip(heads, statement.split("\n"), strict=True):
        yield f"{' ' * INDENT}{head:<{COLUMN - INDENT}}| {shown(line)}".rstrip()
