"""The question a plan answers, and the parts that changes answer it with.

A change says what it needs as ``Draft`` steps: edits and the way to reach them. The planner puts
drafts in order, has the engine spell them on the schema they will meet, and proves the law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import cached_property

from msgspec.structs import replace

from falsework.model.edits import Edit
from falsework.model.engine import Cost, Fact, Server, Way
from falsework.model.forecast import Forecast, Labour, Rates
from falsework.model.frozen import Frozen
from falsework.model.grant import ORDINARY, Grant, usual
from falsework.model.intent import Declared, TableIntent
from falsework.model.plan import Backfill, Hazard, Phase, Question, Refusal
from falsework.model.policy import Policy
from falsework.model.schema import (
    Column,
    ForeignKey,
    Rule,
    Schema,
    Table,
    TableName,
    UniqueConstraint,
    digest,
    goes_by,
)

LABOUR = {Cost.SCAN: Labour.SCAN, Cost.BUILD: Labour.BUILD, Cost.REWRITE: Labour.REWRITE}
"""The work that an edit of that cost is; the catalog's is none that grows with the table."""


class Upgrade(Frozen, frozen=True, dict=True, gc=True):
    """Everything a plan depends on.

    ``rows``    rows per table by the server's statistics
    ``sizes``   bytes per table with its indexes, where they are known
    ``rates``   measured for this server; None: those shipped with its engine
    ``grants``  who may do what with the tables that are there
    """

    old: Schema
    new: Declared
    server: Server
    rows: Mapping[TableName, int]
    owned: Schema | None = None
    policy: Policy = Policy()
    grants: Mapping[TableName, tuple[Grant, ...]] = {}
    sizes: Mapping[TableName, int] = {}
    rates: Rates | None = None

    @cached_property
    def _unchanged(self) -> frozenset[TableName]:
        """The tables that are live just as the models have them."""
        return frozenset(t.name for t in self.new.schema.tables if self.old.table(t.name) == t)

    def as_declared(self, name: TableName, schema: Schema) -> bool:
        """Whether ``schema`` has the table just as the models have it."""
        now = schema.table(name)
        if now is self.old.table(name):
            return name in self._unchanged
        return now == self.new.schema.table(name)

    @property
    def lock_budget(self) -> float:
        """Seconds that a statement of the application may be made to wait."""
        budget = self.policy.lock_budget
        return self.server.engine.lock_budget if budget is None else budget

    def forecast(
        self, labour: Labour | None, table: TableName, *, easiest: Labour | None = None
    ) -> Forecast:
        """What the work takes, waiting for locks aside.

        ``labour``   None: nothing that grows with the table
        ``easiest``  what it may turn out to be, at best
        """
        if labour is None or self.old.table(table) is None:
            return Forecast()
        rows, size = self.rows.get(table), self.sizes.get(table)
        rates = self.rates or self.server.engine.rates
        return rates.forecast(labour, rows, size, easiest=easiest)

    def brief(self, fact: Fact, table: TableName) -> bool:
        """Whether the direct form stalls nobody for longer than a try for a lock may.

        Never for a table new in this plan: B fills it before contract, and nobody knows how far.
        """
        if self.old.table(table) is None:
            return False
        seconds = self.forecast(LABOUR.get(fact.cost), table).most
        return seconds is not None and seconds <= self.policy.direct_seconds

    def granted(self, table: TableName) -> tuple[Grant, ...]:
        """Who shall be able to use a new table: whom the operator names, else as its neighbours.

        Those are the tables of its schema that the models have. What more than half of them give
        to a role is what the application has: one lookup table that it may only read, or one more
        reader of a single table, says nothing about others.
        """
        if self.policy.grant_to:
            return tuple(Grant(role, ORDINARY) for role in self.policy.grant_to)
        beside = (t.name for t in self.new.schema.tables if self.old.table(t.name) is not None)
        return usual(self.grants, (name for name in beside if name.schema == table.schema))

    def owns(self, table: TableName) -> Table | None:
        """The table as an earlier release owned it, or None."""
        return self.owned.table(table) if self.owned else None

    def obeyed(self, table: TableName, rule: Rule) -> bool:
        """Whether release A is said to obey this new rule already, which is of columns it has."""
        uses = rule.columns if isinstance(rule, UniqueConstraint | ForeignKey) else rule.uses
        known = not self.new_columns(table) & {*uses}
        return known and goes_by(rule, self.new.intent(table).at_expand)

    def drops_column(self, table: TableName, column: str) -> bool:
        """Whether the models no longer have the column."""
        after = self.new.schema.table(table)
        return after is None or after.column(column) is None

    def new_columns(self, table: TableName) -> frozenset[str]:
        """Names of columns that only the models have."""
        before, after = self.old.table(table), self.new.schema.table(table)
        names = frozenset(after.column_names) if after else frozenset()
        return names - frozenset(before.column_names if before else ())


class Pair(Frozen, frozen=True):
    """One table as it is live, and as the models have it; one side may be missing, or both.

    Both are missing where ``name`` is another object's.
    """

    name: TableName
    old: Table | None
    new: Table | None
    intent: TableIntent
    owned: Table | None

    @property
    def columns(self) -> Iterator[tuple[Column, Column]]:
        """The columns of both sides, as they are and as they shall be, in the models' order."""
        if self.old is not None and self.new is not None:
            for after in self.new.columns:
                before = self.old.column(after.name)
                if before is not None:
                    yield before, after


class Rank(IntEnum):
    """The place of a step within its phase: parents before children, loosening before adding."""

    LOOSEN_KEYS = 10
    LOOSEN_RULES = 20
    LOOSEN_COLUMNS = 30
    CREATE_TYPE = 34
    ADD_LABEL = 36
    CREATE_DOMAIN = 38
    WIDEN = 40
    CREATE = 50
    ADD_COLUMN = 60
    ADD_COMPUTED = 65
    ADD_RULE = 70
    BUILD_INDEX = 80
    SETTLE_DEFAULT = 90
    DESCRIBE = 95
    FILL = 100
    ENFORCE_COLUMN = 110
    ENFORCE_UNIQUE = 120
    ENFORCE_CHECK = 130
    ENFORCE_KEY = 140
    TIGHTEN_TYPE = 150
    COMPUTE = 155
    DROP_DEFAULT = 160
    DROP_KEY = 170
    DROP_RULE = 180
    DROP_INDEX = 190
    RENAME = 192
    DROP_COMPUTED = 195
    DROP_COLUMN = 200
    DROP_TABLE = 210
    DROP_DOMAIN = 215
    DROP_TYPE = 220


class Draft(Frozen, frozen=True, kw_only=True):
    """A step before it is spelled: what shall be true, by which way, in which phase."""

    table: TableName  # or the other object that it is about
    subject: str  # the column, constraint or index it is about; "" for the whole table
    part: str  # what it does about it: the last piece of the step's id
    phase: Phase
    rank: Rank
    title: str
    edits: tuple[Edit, ...] = ()
    way: Way = Way.DIRECT
    backfill: Backfill | None = None
    labour: Labour = Labour.FILL  # of a fill
    easiest: Labour = Labour.WALK  # of a fill: hardly any row may need it
    hazards: tuple[Hazard, ...] = ()
    reversible: bool = True
    blocking: bool = True  # False: the table is new, or too small for anybody to notice
    also_locks: tuple[TableName, ...] = ()
    cost: Cost | None = None  # where it depends on more than the edit: a move between two types
    covers: tuple[str, ...] = ()  # the ids of the drafts put together in this one
    grants: tuple[Grant, ...] = ()  # on the table or sequence that it creates
    instead: str = ""  # the models' way out, where others would wait for too long

    @property
    def id(self) -> str:
        """From content, so that a journal fits its plan."""
        return step_id(self.table, self.subject, self.part)


def step_id(table: TableName, subject: str, part: str) -> str:
    """``schema.table.subject/part``, schema-qualified."""
    return f"{table}.{subject}/{part}" if subject else f"{table}/{part}"


class Outline(Frozen, frozen=True):
    """What one change contributes to the plan."""

    drafts: tuple[Draft, ...] = ()
    questions: tuple[Question, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    not_yet: tuple[str, ...] = ()  # what B must not rely on before contract
    notes: tuple[str, ...] = ()


def pairs(upgrade: Upgrade) -> Iterator[Pair]:
    """Every object of either side in name order, equal ones left out: they hold no change."""
    tables = {t.name for t in upgrade.old.tables} | {t.name for t in upgrade.new.schema.tables}
    after = upgrade.new.schema
    enumerations = {*upgrade.old.enumerations} ^ {*after.enumerations}
    sequences = {*upgrade.old.sequences} ^ {*after.sequences}
    others = {e.name for e in enumerations} | {s.name for s in sequences}
    others |= {d.name for d in {*upgrade.old.domains} ^ {*after.domains}}
    for name in sorted(tables | others):
        intent = upgrade.new.intent(name)
        if intent.dropped or name in others or not upgrade.as_declared(name, upgrade.old):
            old, new = upgrade.old.table(name), upgrade.new.schema.table(name)
            yield Pair(name, old, new, intent, upgrade.owns(name))


def early(drafts: tuple[Draft, ...], *asking: Question) -> Outline:
    """The rule that these drafts enforce, for A which is said to obey it: counted in expand."""
    return Outline(
        tuple(replace(d, hazards=(*d.hazards, Hazard.MUST_OBEY)) for d in drafts),
        tuple(replace(question, phase=Phase.EXPAND) for question in asking),
    )


def constraint_name(server: Server, table: TableName, columns: tuple[str, ...], end: str) -> str:
    """A name for a constraint the models leave unnamed: ``table_column_end``, cut to the limit."""
    return fitting(server, "_".join((table.name, *columns, end)))


def successor_name(server: Server, name: str) -> str:
    """The name of what takes the place of an object while that one is still there."""
    return fitting(server, f"fw_{name}")


def fitting(server: Server, name: str) -> str:
    """The name, cut to the limit: it ends in a fingerprint then, so that two long ones stay two."""
    limit = server.engine.identifier_limit
    if len(name.encode()) <= limit:
        return name
    tail = "_" + digest(name)[:8]
    return name.encode()[: limit - len(tail)].decode(errors="ignore") + tail
