"""What a run may take, and what it gave back."""

from __future__ import annotations

from dataclasses import dataclass

from falsework.model.plan import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The limits of a run.

    ``lock_budget``        seconds others may wait for a blocking step; None: the engine's default
    ``lock_try_ms``        milliseconds one try waits for a lock: everything queues behind it
    ``lock_wait_seconds``  seconds of tries for one step before it gives up (exit 75)
    ``wait_seconds``       seconds to wait for another runner before giving up (exit 75)
    ``chunk_seconds``      seconds a chunk of a fill may hold its locks
    ``chunk_rows``         rows in a fill's first chunk; the following ones adapt
    ``time_budget``        seconds after which no new step or chunk begins (exit 1); None: no limit
    ``max_rows``           rows to fill before the run ends (exit 1); None: no limit
    ``allow_downtime``     ids of steps that may block others beyond the lock budget
    ``release``            the release whose schema the database has once contract is done
    ``supersede``          whether a new plan may take the place of one that is not finished
    ``lease_seconds``      how long a silent runner keeps a lease, on engines without session locks
    ``reconnect_seconds``  seconds of tries after a lost connection
    ``tree_rows``          rows of one tree that db-reclaim takes in one transaction, at most
    """

    lock_budget: float | None = None
    lock_try_ms: int = 50
    lock_wait_seconds: float = 60.0
    wait_seconds: float = 0.0
    chunk_seconds: float = 0.1
    chunk_rows: int = 1_000
    time_budget: float | None = None
    max_rows: int | None = None
    allow_downtime: frozenset[str] = frozenset()
    release: str = ""
    supersede: bool = False
    lease_seconds: float = 30.0
    reconnect_seconds: float = 60.0
    tree_rows: int = 5_000


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of one step in this run; ``found``: its effect was there already."""

    step: str
    found: bool
    seconds: float
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A phase that is done.

    ``steps``     what this run did, in order; empty where the phase had been done before
    ``already``   whether the phase had been finished by an earlier run
    ``finished``  whether the whole plan is done, so that release B owns the schema
    ``due``       the phase to run next, where an earlier run had finished this one
    """

    plan: str
    phase: Phase
    steps: tuple[StepOutcome, ...] = ()
    already: bool = False
    finished: bool = False
    due: Phase | None = None
