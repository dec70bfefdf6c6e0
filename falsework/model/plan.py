"""A plan is data: what to run, in which phase, what it locks, what holds once it has run."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum, StrEnum

from falsework.model.edits import Edit
from falsework.model.forecast import Labour
from falsework.model.frozen import Frozen, Tagged
from falsework.model.schema import Schema, TableName, digest
from falsework.model.texts import Place

FORMAT = 1


class Phase(StrEnum):
    """The three phases, in their order."""

    EXPAND = "expand"
    MIGRATE = "migrate"
    CONTRACT = "contract"


class Lock(IntEnum):
    """What a lock makes others wait for, weakest first."""

    NOTHING = 0
    DDL = 1  # other schema changes
    WRITES = 2
    EVERYTHING = 3

    @property
    def blocks(self) -> str:
        """For people: who waits."""
        return ("nobody", "other schema changes", "writers", "readers and writers")[self]


class Statement(Tagged, frozen=True):
    """SQL to run on the server.

    ``sql``            run in order; in one transaction where ``transaction``, else each by itself
    ``setup``          session settings before, outside the transaction; ``teardown`` after, always
    ``must_be_empty``  queries inside the transaction; a row from one of them rolls it back
    ``lock_timeout``   whether it waits for its lock in short tries. False: the statement waits for
                       others without blocking anybody, and breaking it off leaves remains
    ``grants``         run after ``sql``, and again where a killed run left the effect unrecorded
    """

    sql: tuple[str, ...]
    transaction: bool = True
    setup: tuple[str, ...] = ()
    teardown: tuple[str, ...] = ()
    must_be_empty: tuple[str, ...] = ()
    lock_timeout: bool = True
    grants: tuple[str, ...] = ()


class Backfill(Tagged, frozen=True):
    """Give rows a value, in key order, chunk by chunk; each chunk is one short transaction.

    ``key``    the columns the walk follows: unique, without NULLs
    ``column`` the column to fill
    ``value``  SQL for the value
    ``need``   the SQL predicate of rows that still need it
    ``pinned`` columns that the engine would change by itself, and that stay as they are
    """

    table: TableName
    key: tuple[str, ...]
    column: str
    value: str
    need: str
    pinned: tuple[str, ...] = ()


Work = Statement | Backfill


class Hazard(StrEnum):
    """A named danger that a step brings although the law holds."""

    READS_NULL = "reads-null"
    READS_NULL_B = "reads-null-b"
    READS_LABEL = "reads-label"
    SORTS_ANEW = "sorts-anew"
    OLD_DEFAULT = "old-default"
    COMPUTES = "computes"
    REPREPARE = "re-prepare"
    NO_UPSERT = "no-upsert"
    ORPHANS = "orphans"
    DATA_LOSS = "data-loss"
    INDEX_GONE = "index-gone"
    MUST_OBEY = "a-must-obey"
    BLOCKS_WRITERS = "blocks-writers"

    @property
    def text(self) -> str:
        """What the operator needs to know, one sentence without its full stop."""
        return _HAZARDS[self]


_HAZARDS = {
    Hazard.READS_NULL: "A may read NULL in a column that was never NULL for it",
    Hazard.READS_NULL_B: "until db-contract B may read NULL here: A still writes it",
    Hazard.READS_LABEL: "A cannot read rows that hold a value which B alone knows",
    Hazard.SORTS_ANEW: "rows sort by the new order of the values",
    Hazard.OLD_DEFAULT: "rows inserted without the column hold the default",
    Hazard.COMPUTES: (
        "a row for which the expression fails (an overflow, a division by zero) cannot be written, "
        "or not be read"
    ),
    Hazard.REPREPARE: (
        "sessions that prepared a SELECT or RETURNING on the column get 'cached plan must not "
        "change result type' once; a driver's or pool's retry cures it"
    ),
    Hazard.NO_UPSERT: "A's upserts on this key fail from here on",
    Hazard.ORPHANS: "A's deletes leave children behind from here on",
    Hazard.DATA_LOSS: "what the rows hold here is lost",
    Hazard.INDEX_GONE: "queries that used the index may become slow",
    Hazard.MUST_OBEY: "rows of A that break the rule fail from here on; the models say it has none",
    Hazard.BLOCKS_WRITERS: "others wait for the whole run, forecast to stay within the lock budget",
}


class Step(Frozen, frozen=True):
    """One thing to run, and what the schema is once it has run.

    ``id``         from content: the same in every run, so a journal fits its plan
    ``effect``     edits of the schema; none for data work
    ``partial``    what a broken-off statement may leave behind, and ``repair`` what removes it
    ``rows``       rows of the table as the server's statistics have them; None: not known
    ``size``       bytes of the table with its indexes, likewise
    ``labour``     the kind of work, where its time grows with the table
    ``forecast``   seconds for the work itself at most, waiting for locks aside, and ``least`` at
                   least; None: rows not known
    ``disk``       bytes that it needs besides while it runs, at most; None: not known
    ``blocking``   whether others wait for the whole run, so that ``forecast`` must fit the budget
    ``rate``       rows a second that the forecast assumed, to count again right before it runs
    ``work_note``  what the server does, for people: "catalog only", "reads every row" ...
    ``covers``     the ids of the steps that were put together in this one; empty for a single one
    """

    id: str
    phase: Phase
    title: str
    table: TableName
    work: Work
    effect: tuple[Edit, ...] = ()
    partial: tuple[Edit, ...] = ()
    repair: Statement | None = None
    reversible: bool = True
    hazards: tuple[Hazard, ...] = ()
    lock: Lock = Lock.NOTHING
    lock_name: str = ""
    also_locks: tuple[TableName, ...] = ()
    work_note: str = ""
    rows: int | None = None
    forecast: float | None = 0.0
    least: float | None = 0.0
    size: int | None = None
    labour: Labour | None = None
    disk: int | None = 0
    blocking: bool = False
    rate: float = 0.0
    covers: tuple[str, ...] = ()

    @property
    def stall(self) -> float | None:
        """Seconds that others wait for it, at most, moments aside; None: not known."""
        return self.forecast if self.blocking else 0.0

    def named_in(self, ids: frozenset[str]) -> bool:
        """Whether the operator named this step, or every step that it puts together."""
        return self.id in ids or (bool(self.covers) and ids.issuperset(self.covers))


class Kind(StrEnum):
    """The statement kinds of the law's closed list."""

    SELECT = "select"
    INSERT_ALL = "insert all columns"
    INSERT_REQUIRED = "insert required columns"
    INSERT_NULL = "insert explicit NULL"
    UPDATE = "update"
    DELETE = "delete"
    UPSERT = "upsert"
    LOCKING_READ = "locking read"


class Release(StrEnum):
    """Who runs a statement: the code that runs now, or the code to come."""

    A = "A"
    B = "B"


class Verdict(Frozen, frozen=True):
    """A statement of the closed list that would not succeed, and why not.

    ``subject``      the column of an UPDATE, the key of an upsert; "" for the others
    ``missing_key``  for an upsert that fails only because nothing keeps its key unique: that key
    ``own_key``      whether it is stopped by a foreign key that the release has itself, with other
                     actions
    ``certain``      False where it depends on values that only the server knows; the law then
                     takes it for broken
    """

    release: Release
    table: TableName
    kind: Kind
    subject: str
    reason: str
    missing_key: tuple[str, ...] = ()
    certain: bool = True
    own_key: bool = False


class Proof(Frozen, frozen=True):
    """The law, checked after every step.

    ``statements``  how many statements of the list were decided, for A and for B together, per step
    ``broken``      step id and verdict; empty when the law holds
    ``not_yet``     what B must not rely on before contract
    ``accepted``    like ``broken``, by steps that the operator accepted after their refusal
    """

    statements: int
    broken: tuple[tuple[str, Verdict], ...] = ()
    not_yet: tuple[str, ...] = ()
    accepted: tuple[tuple[str, Verdict], ...] = ()


class QuestionKind(StrEnum):
    """What a counting query counts."""

    NULLS = "nulls"
    DUPLICATES = "duplicates"
    ORPHANS = "orphans"
    VIOLATIONS = "violations"
    TOO_LONG = "too long"
    LOST = "lost"
    LABELS = "labels"
    CONFLICTS = "conflicts"
    UNPURGED = "unpurged"


class Question(Frozen, frozen=True):
    """A counting query that a pending step depends on.

    ``count``   SQL giving one row with one number: how many rows (groups) stand in the way
    ``sample``  SQL giving a few of their keys
    ``heals``   whether the plan's own fill will mend them, so that they are only worth knowing
    ``phase``   the phase whose gate asks it
    ``since``   the first phase before which it can be asked: what it reads must be there
    ``tally``   the aggregate over the table's rows that gives the same number; "" where it is no
                matter of single rows (groups, rows without a parent)
    ``indexed`` whether an index finds these rows, so that counting them reads no others
    """

    code: str
    kind: QuestionKind
    step: str
    table: TableName
    subject: str
    count: str
    sample: str
    key: tuple[str, ...]
    phase: Phase
    heals: bool
    text: str
    remedy: str
    since: Phase = Phase.EXPAND
    tally: str = ""
    indexed: bool = False


class Cause(StrEnum):
    """The kinds of reason for a refusal."""

    NO_WAY = "no-way"
    NO_VALUE = "no-value"
    NO_KEY = "no-key"
    TYPE_CHANGE = "type-change"
    BREAKS_A_RELEASE = "breaks-a-release"
    WAITS_TOO_LONG = "waits-too-long"
    USED_BY_OTHERS = "used-by-others"
    NO_SUCH_STEP = "no-such-step"

    @property
    def text(self) -> str:
        """What the operator needs to know, one sentence without its full stop."""
        return _CAUSES[self]


_CAUSES = {
    Cause.NO_WAY: "no order of steps does it while the application runs, or none is built yet",
    Cause.NO_VALUE: "rows would have no value, and only the models can say which",
    Cause.NO_KEY: "rows are filled in key order, and the table has no key to walk along",
    Cause.TYPE_CHANGE: "one column cannot be of both types, and two releases use it",
    Cause.BREAKS_A_RELEASE: "a statement of a release at work would fail",
    Cause.WAITS_TOO_LONG: "others would wait for longer than the lock budget",
    Cause.USED_BY_OTHERS: "an object that no release owns needs what would go",
    Cause.NO_SUCH_STEP: "an option names a step that the plan does not have",
}


class Refusal(Frozen, frozen=True):
    """What the plan will not do, why, and the declaration or flag that makes it possible."""

    subject: str
    reason: str
    do: str
    cause: Cause = Cause.NO_WAY


class Wording(Frozen, frozen=True):
    """What the models say where ``Plan.owned`` has other words; None: whether it is the same."""

    table: TableName
    place: Place
    text: str | None = None


class Plan(Frozen, frozen=True):
    """Everything needed to run the upgrade, and to refuse to run it on anything else.

    ``target``   the schema (or database) name the plan was made for
    ``before``   the touched tables and their foreign-key neighbours as they were
    ``owned``    the schema that release B owns once contract is done
    ``notes``    what was seen and left alone, or could not be compared
    ``wordings``  texts of ``owned`` that the models say in other words, or nobody could compare
    ``rates``    where the rates come from that the forecasts go by, for people; "": shipped ones
    ``takes_back``  the digest of the plan whose steps this one takes back; "": it is an upgrade

    Raises ValueError where two steps have one id: the journal could not tell them apart.
    """

    engine: str
    version: tuple[int, ...]
    target: str
    before: Schema
    intent: str
    owned: Schema
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    proof: Proof = Proof(0)
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    wordings: tuple[Wording, ...] = ()
    format: int = FORMAT
    rates: str = ""
    takes_back: str = ""

    def __post_init__(self) -> None:
        ids = Counter(i for s in self.steps for i in (s.covers or (s.id,)))
        if twice := [i for i, times in ids.items() if times > 1]:
            raise ValueError(f"two steps are called {', '.join(twice)}")

    @property
    def touched(self) -> frozenset[TableName]:
        """The tables that a step works on."""
        return frozenset(s.table for s in self.steps)

    def phase(self, phase: Phase) -> tuple[Step, ...]:
        """The steps of one phase in their order."""
        return tuple(s for s in self.steps if s.phase is phase)

    @property
    def digest(self) -> str:
        """The plan's fingerprint: any change of any part of it changes the digest."""
        return digest(self)
