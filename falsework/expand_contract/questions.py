"""Counting queries: how many rows stand in the way of a step, and which ones, for example.

Plain SQL that every engine understands, built from quoted identifiers and normalised texts.
"""

from __future__ import annotations

from collections.abc import Sequence

from falsework.expand_contract.upgrade import Upgrade, step_id
from falsework.model.engine import Spelling
from falsework.model.frozen import Frozen
from falsework.model.keys import ordered
from falsework.model.plan import Phase, Question, QuestionKind
from falsework.model.schema import Exclusion, ForeignKey, Table, TableName

SAMPLES = 5
"""Keys shown with a finding: enough to look at by hand, too few to flood a screen."""

EVERY = "1 = 1"
"""The predicate of all rows."""


class Asked(Frozen, frozen=True):
    """What a question is about: the step that depends on it, and its own words."""

    table: TableName
    subject: str
    part: str
    phase: Phase = Phase.CONTRACT
    since: Phase = Phase.EXPAND
    heals: bool = False
    remedy: str = ""


def nulls(upgrade: Upgrade, asked: Asked, column: str) -> Question:
    """Rows that hold NULL where NOT NULL is to come."""
    name = upgrade.server.engine.spelling.identifier(column)
    return _rows(
        upgrade,
        asked,
        QuestionKind.NULLS,
        f"{name} IS NULL",
        f"rows hold NULL in {column}",
        tally=f"count(*) - count({name})",
        indexed=_found_by_index(upgrade, asked.table, column),
    )


def violations(upgrade: Upgrade, asked: Asked, text: str) -> Question:
    """Rows that break a check to come."""
    return _rows(upgrade, asked, QuestionKind.VIOLATIONS, f"NOT ({text})", "rows break the check")


def too_long(upgrade: Upgrade, asked: Asked, column: str, length: int) -> Question:
    """Rows whose text does not fit the shorter type to come."""
    need = f"{upgrade.server.engine.spelling.length(column)} > {length}"
    text = f"rows hold more than {length} characters in {column}"
    return _rows(upgrade, asked, QuestionKind.TOO_LONG, need, text)


def labels(upgrade: Upgrade, asked: Asked, need: str, gone: tuple[str, ...]) -> Question:
    """Rows that hold a value which is about to go; ``need`` is the predicate that finds them."""
    text = f"rows hold {' or '.join(map(repr, gone))} in {asked.subject}"
    return _rows(upgrade, asked, QuestionKind.LABELS, need, text)


def lost(upgrade: Upgrade, asked: Asked, column: str | None) -> Question:
    """Rows that hold something in a column, or a table, about to be dropped."""
    spelling = upgrade.server.engine.spelling
    if column is None:
        kind, text = QuestionKind.LOST, "rows go with the table"
        return _rows(upgrade, asked, kind, EVERY, text, tally="count(*)")
    name, text = spelling.identifier(column), f"rows hold a value in {column}"
    need = f"{name} IS NOT NULL"
    return _rows(upgrade, asked, QuestionKind.LOST, need, text, tally=f"count({name})")


def rows(spelling: Spelling, table: TableName, subject: str, need: str = EVERY) -> Question:
    """Rows that a predicate is true of, without their keys; no step depends on them."""
    return Question(
        code=CODES[QuestionKind.UNPURGED],
        kind=QuestionKind.UNPURGED,
        step="",
        table=table,
        subject=subject,
        count=f"SELECT count(*) FROM {spelling.table(table)} WHERE {need}",
        sample="",
        key=(),
        phase=Phase.EXPAND,
        heals=True,
        text="rows are marked deleted",
        remedy="",
        tally="count(*)" if need is EVERY else _tally(need),
    )


def duplicates(
    upgrade: Upgrade, asked: Asked, columns: tuple[str, ...], *, nulls_equal: bool = False
) -> Question:
    """Groups of rows that are equal where a unique key is to come.

    ``nulls_equal``  whether NULLs are duplicates, which they usually are not
    """
    spelling = upgrade.server.engine.spelling
    listed = ", ".join(map(spelling.identifier, columns))
    given = " AND ".join(f"{spelling.identifier(c)} IS NOT NULL" for c in columns)
    where = "" if nulls_equal else f" WHERE {given}"
    groups = f"FROM {spelling.table(asked.table)}{where} GROUP BY {listed} HAVING count(*) > 1"
    return _question(
        asked,
        QuestionKind.DUPLICATES,
        count=f"SELECT count(*) FROM (SELECT 1 AS one {groups}) AS fw_groups",
        sample=f"SELECT {listed} {groups} ORDER BY {listed} {spelling.limit(SAMPLES)}",
        key=columns,
        text=f"groups of rows are equal in ({', '.join(columns)})",
    )


def orphans(upgrade: Upgrade, asked: Asked, key: ForeignKey) -> Question:
    """Child rows without a parent where a foreign key is to come."""
    spelling = upgrade.server.engine.spelling
    ours = [f"fw_child.{spelling.identifier(c)}" for c in key.columns]
    theirs = [f"fw_parent.{spelling.identifier(c)}" for c in key.parent_columns]
    joined = " AND ".join(f"{p} = {c}" for p, c in zip(theirs, ours, strict=True))
    given = " AND ".join(f"{c} IS NOT NULL" for c in ours)
    shown = _shown(upgrade, asked.table)
    body = (
        f"FROM {spelling.table(asked.table)} AS fw_child WHERE {given} AND NOT EXISTS "
        f"(SELECT 1 FROM {spelling.table(key.parent)} AS fw_parent WHERE {joined})"
    )
    listed = ", ".join(f"fw_child.{spelling.identifier(c)}" for c in shown)
    return _question(
        asked,
        QuestionKind.ORPHANS,
        count=f"SELECT count(*) {body}",
        sample=f"SELECT {listed} {body} ORDER BY {listed} {spelling.limit(SAMPLES)}",
        key=shown,
        text=f"rows refer by ({', '.join(key.columns)}) to no row of {key.parent}",
    )


def conflicts(
    upgrade: Upgrade, asked: Asked, exclusion: Exclusion, key: tuple[str, ...]
) -> Question:
    """Rows that exclude another one; its entries are columns, ``key`` tells rows apart."""
    spelling = upgrade.server.engine.spelling
    entries = [ordered(entry)[0] for entry in exclusion.columns]
    listed = ", ".join(map(spelling.identifier, dict.fromkeys((*key, *entries))))
    where = "" if exclusion.where is None else f" WHERE {exclusion.where}"
    rows = f"(SELECT {listed} FROM {spelling.table(asked.table)}{where})"

    def compared(column: str, operator: str) -> str:
        name = spelling.identifier(column)
        return f"fw_one.{name} {operator} fw_other.{name}"

    same = " AND ".join(compared(column, "=") for column in key)
    apart = " AND ".join(map(compared, entries, exclusion.operators))
    body = (
        f"FROM {rows} AS fw_one WHERE EXISTS "
        f"(SELECT 1 FROM {rows} AS fw_other WHERE NOT ({same}) AND {apart})"
    )
    shown = ", ".join(map(spelling.identifier, key))
    return _question(
        asked,
        QuestionKind.CONFLICTS,
        count=f"SELECT count(*) {body}",
        sample=f"SELECT {shown} {body} ORDER BY {shown} {spelling.limit(SAMPLES)}",
        key=key,
        text=f"rows exclude each other by ({', '.join(entries)})",
    )


def together(spelling: Spelling, table: TableName, questions: Sequence[Question]) -> str:
    """One statement that counts for all questions about a table, a number for each in their order.

    What needs every row is counted in one scan. What an index finds, and what is no matter of
    single rows, is a query of its own inside the statement.
    """
    if len(questions) == 1:
        return questions[0].count
    numbers = ", ".join(q.tally if _scanned(q) else f"({q.count})" for q in questions)
    source = f" FROM {spelling.table(table)}" if any(map(_scanned, questions)) else ""
    return f"SELECT {numbers}{source}"


def _scanned(question: Question) -> bool:
    return bool(question.tally) and not question.indexed


def _tally(need: str) -> str:
    return f"count(CASE WHEN {need} THEN 1 END)"


def _found_by_index(upgrade: Upgrade, name: TableName, column: str) -> bool:
    """Whether an index begins with the column; one that leaves rows out does not count."""
    table = upgrade.old.table(name)
    if table is None:
        return False
    begins = [key[0] for key in table.keys]
    ordinary = (i for i in table.indexes if i.valid and i.where is None and i.method is None)
    return column in (*begins, *(i.columns[0] for i in ordinary))


def _rows(
    upgrade: Upgrade,
    asked: Asked,
    kind: QuestionKind,
    need: str,
    text: str,
    *,
    tally: str = "",
    indexed: bool = False,
) -> Question:
    spelling = upgrade.server.engine.spelling
    shown = _shown(upgrade, asked.table)
    listed = ", ".join(map(spelling.identifier, shown))
    body = f"FROM {spelling.table(asked.table)} WHERE {need}"
    return _question(
        asked,
        kind,
        count=f"SELECT count(*) {body}",
        sample=f"SELECT {listed} {body} ORDER BY {listed} {spelling.limit(SAMPLES)}",
        key=shown,
        text=text,
        tally=tally or _tally(need),
        indexed=indexed,
    )


def _shown(upgrade: Upgrade, name: TableName) -> tuple[str, ...]:
    table: Table | None = upgrade.old.table(name) or upgrade.new.schema.table(name)
    if table is None:
        raise ValueError(f"there is no table {name}")
    return table.walk_key or table.column_names[:1]


CODES = {
    QuestionKind.NULLS: "FW001",
    QuestionKind.DUPLICATES: "FW002",
    QuestionKind.ORPHANS: "FW003",
    QuestionKind.VIOLATIONS: "FW004",
    QuestionKind.TOO_LONG: "FW005",
    QuestionKind.LOST: "FW006",
    QuestionKind.LABELS: "FW007",
    QuestionKind.CONFLICTS: "FW008",
    QuestionKind.UNPURGED: "FW101",
}


def _question(
    asked: Asked,
    kind: QuestionKind,
    *,
    count: str,
    sample: str,
    key: tuple[str, ...],
    text: str,
    tally: str = "",
    indexed: bool = False,
) -> Question:
    return Question(
        code=CODES[kind],
        kind=kind,
        step=step_id(asked.table, asked.subject, asked.part),
        table=asked.table,
        subject=asked.subject,
        count=count,
        sample=sample,
        key=key,
        phase=asked.phase,
        heals=asked.heals,
        text=text,
        remedy=asked.remedy,
        since=asked.since,
        tally=tally,
        indexed=indexed,
    )
