"""FW101: rows that were soft-deleted long ago and never purged.

Counted in the same pass over their table as what the steps ask. What a purge would save is the
share of these rows in what the steps left take: they read, fill and copy rows that nobody needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from falsework.checks.check import Answer, CheckResult, Derived, Result
from falsework.checks.standing import judged
from falsework.engines.condition import Limits
from falsework.engines.marks import eligible
from falsework.expand_contract.questions import rows
from falsework.model.engine import Engine
from falsework.model.plan import Question, QuestionKind, Step
from falsework.model.purge import Shares, saved
from falsework.model.remark import Remark
from falsework.model.schema import Schema, TableName
from falsework.model.soft_delete import SoftDelete

FLOOR = 100
"""Rows below which a share says nothing."""

ALL, DUE = "all rows", "rows that may go"

Policies = Mapping[TableName, SoftDelete]

CHECK = Derived(
    code="FW101",
    kind=QuestionKind.UNPURGED,
    title="soft-deleted rows that were never purged",
    effect="Every step that reads, fills or copies the table does so for rows that nobody needs.",
    remedy="Purge them before the upgrade: db-reclaim --dry-run counts what would go.",
    when="before a phase that works on the table's rows",
    asks="the rows of tables with a soft-delete policy, in the same pass as other questions",
)


class Dead(NamedTuple):
    """What was counted of a table; ``age`` in seconds."""

    table: TableName
    rows: int
    due: int
    age: float

    @property
    def share(self) -> float:
        """The part that may go, from 0 to 1."""
        return self.due / self.rows if self.rows else 0.0

    def over(self, limits: Limits) -> bool:
        """Whether it is worth a remark."""
        many = self.due >= limits.unpurged
        return many or (self.due >= FLOOR and self.share >= limits.unpurged_share)


def questions(
    live: Schema, policies: Policies, engine: Engine, now: datetime, limits: Limits
) -> Iterator[Question]:
    """How many rows each table has, and how many of them may go; ``now`` is the database's time.

    Raises ConfigError for a policy that does not fit its table.
    """
    for name, policy in sorted(policies.items()):
        table = live.table(name)
        if table is None:
            continue
        before = now - timedelta(seconds=age_of(policy, limits))
        need = eligible(policy, table, engine, before)
        yield rows(engine.spelling, name, ALL)
        yield rows(engine.spelling, name, DUE, need)


def age_of(policy: SoftDelete, limits: Limits) -> float:
    """Seconds for which a row may be marked: as the policy says, else as the settings do."""
    return limits.unpurged_age if policy.after is None else policy.after


def result(
    answers: Sequence[Answer],
    policies: Policies,
    left: Sequence[Step],
    limits: Limits,
    *,
    told: Callable[[Dead, float, float], str],
    remedy: Callable[[float], str],
) -> CheckResult:
    """One result of all tables.

    ``left``    the steps that have not run
    ``told``    puts into words what was counted, with the seconds that a purge saves at least and
                at most
    ``remedy``  the command that purges, for an age
    """
    if not policies:
        return CheckResult(CHECK, Result.SKIPPED, reason=NO_POLICY)
    seconds = max((a.seconds for a in answers), default=0.0)
    if wrong := next((a for a in answers if a.finding is None), None):
        return CheckResult(CHECK, wrong.result, seconds, wrong.reason)
    dead = tuple(counted(answers, policies, limits))
    remarks = []
    for one in dead:
        if one.over(limits):
            text = told(one, *saved(left, shares((one,))))
            remarks.append(Remark(str(one.table), text, remedy(one.age)))
    total = Dead(TableName("", ""), sum(d.rows for d in dead), sum(d.due for d in dead), 0.0)
    if len(dead) > 1 and total.over(limits):
        age = max(d.age for d in dead)
        text = told(total._replace(age=age), *saved(left, shares(dead)))
        remarks.append(Remark("all tables", text, remedy(age)))
    return CheckResult(CHECK, judged(remarks), seconds, remarks=tuple(remarks))


NO_POLICY = (
    "no table says how its rows are marked deleted: soft_delete(...) in the models, or "
    "[soft_delete.TABLE] in the configuration"
)


def shares(dead: Sequence[Dead]) -> Shares:
    """The part of each table that may go."""
    return {d.table: d.share for d in dead}


def counted(answers: Sequence[Answer], policies: Policies, limits: Limits) -> Iterator[Dead]:
    """The tables that were counted."""
    counts = {(a.question.table, a.question.subject): a.finding.count for a in answers if a.finding}
    for name, policy in sorted(policies.items()):
        if (name, ALL) in counts:
            age = age_of(policy, limits)
            yield Dead(name, counts[name, ALL], counts[name, DUE], age)
