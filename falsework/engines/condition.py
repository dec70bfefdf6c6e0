"""What a server is asked about its own condition before an upgrade, and which engine can answer.

Each engine has a ``Condition``: a function for each thing it can be asked, and for each other one
the reason why there is nothing to ask. A test holds that none is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from falsework.model.remark import Remark
from falsework.model.schema import TableName


class Ask(StrEnum):
    """What a server is asked."""

    LONG_TRANSACTIONS = "long transactions"
    HOLDERS = "holders of locks"
    LAG = "replica lag"
    STRICT = "strict mode"
    COUNTERS = "counters"
    MIXED = "mixed tables"
    POOLER = "pooler"
    CLOCK = "clock"
    SESSIONS = "sessions"
    REPLICATED = "logical replication"
    STANDBYS = "hot standbys"
    CLUSTER = "cluster"
    ROOM = "room on the disk"


class Limits(NamedTuple):
    """From where on something is worth a remark; times are in seconds.

    ``key_share``       how much of a counter's range may be used up, from 0 to 1
    ``unpurged``        rows of a table, or of all, that may wait to be purged
    ``unpurged_share``  the same as a share of all rows
    ``unpurged_age``    how long a row may be marked deleted, where its table's policy says nothing
    """

    transaction: float = 60.0
    held: float = 1.0
    lag: float = 10.0
    clock: float = 5.0
    key_share: float = 0.75
    unpurged: int = 100_000
    unpurged_share: float = 0.2
    unpurged_age: float = 90 * 86_400.0


LIMITS = Limits()


class Scope(NamedTuple):
    """What it is asked for.

    ``schemas``   the schemas that the upgrade is about
    ``touched``   the tables that steps still to run work on
    ``needed``    bytes that one of them needs besides while it runs, at most
    """

    schemas: Sequence[str]
    touched: Sequence[TableName] = ()
    limits: Limits = LIMITS
    needed: int = 0


class CannotTell(Exception):
    """This server, or this user, cannot answer; the text says why, for people."""


Look = Callable[[Connection, Scope], Iterable[Remark]]
"""Asks one thing, over a connection that cannot write. Raises CannotTell."""


class Condition(NamedTuple):
    """One engine's answers.

    ``looks``   for each thing the engine can be asked
    ``silent``  why there is nothing to ask, for each other one
    """

    looks: Mapping[Ask, Look]
    silent: Mapping[Ask, str]

    def ask(self, what: Ask, connection: Connection, scope: Scope) -> Iterable[Remark]:
        """What is to be said about it. Raises CannotTell."""
        if reason := self.silent.get(what):
            raise CannotTell(reason)
        return self.looks[what](connection, scope)
