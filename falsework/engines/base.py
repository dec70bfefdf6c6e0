"""What an engine is to the parts that talk to a server: sessions, catalogs, locks, troubles.

``model.engine.Engine`` is the planner's half of an engine, a pure value; ``Driver`` is the other
half and holds the first. Each engine package exports one as ``DRIVER``; ``engines.DRIVERS`` lists
them. No driver inherits from another.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol

from sqlalchemy import URL, Connection, Dialect
from sqlalchemy import Engine as Pool
from sqlalchemy.exc import DBAPIError

from falsework.engines.condition import Condition
from falsework.engines.counting import Counters
from falsework.model.engine import Engine, Version
from falsework.model.grant import Grants
from falsework.model.need import Need, Privileges
from falsework.model.plan import Backfill
from falsework.model.schema import Default, Schema, SqlType, Table, TableName


class Trouble(StrEnum):
    """What a server's error means for the one who runs the statement."""

    LOCK_TIMEOUT = "lock timeout"  # retry after a pause; somebody holds the lock
    RETRY = "retry"  # deadlock victim, serialization failure: run the transaction again
    LOST = "lost"  # the connection is gone: what was committed is known only by looking
    UNREACHABLE = "unreachable"  # no connection could be made
    REJECTED = "rejected"  # wrong password, unknown database or user
    DENIED = "denied"  # the user lacks a privilege, or the database is read-only
    CONSTRAINT = "constraint"  # rows break a rule
    DATA = "data"  # a value does not fit its type, a division by zero
    SYNTAX = "syntax"  # the statement is wrong, or names what is not there
    OTHER = "other"


class Reader(Protocol):
    """The engine's normaliser: text as models or catalogs spell it, to the one normal form."""

    def type(self, text: str) -> SqlType:
        """The type that ``text`` (compiled DDL or catalog text) names."""
        ...

    def default(self, text: str, type: SqlType) -> Default | None:
        """The server default that ``text`` says, with its kind; None for a plain NULL."""
        ...

    def expression(self, text: str) -> str:
        """A check, predicate or index expression in normal form; still valid SQL here."""
        ...

    def equal(self, one: str, other: str) -> bool | None:
        """Whether two expressions in normal form say the same; None: cannot be decided."""
        ...


class Unnamed(StrEnum):
    """The constraints that models may leave without a name."""

    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    EXCLUSION = "exclusion"


class Models(Protocol):
    """What becomes of SQLAlchemy's DDL on this engine, as far as only the engine knows."""

    @property
    def ordinary_index(self) -> str | None:
        """The index method that is meant where none is named, in small letters."""
        ...

    @property
    def table_options(self) -> frozenset[str]:
        """The dialect's options of a Table that ``options`` makes something of."""
        ...

    @property
    def merges_keys(self) -> bool:
        """Whether CREATE TABLE makes one key of two over the same columns, the first one."""
        ...

    @property
    def names_per_table(self) -> frozenset[Unnamed]:
        """Kinds whose names the server makes up to differ in their table, not in its schema."""
        ...

    @property
    def inline_checks_have_names(self) -> bool:
        """Whether a check written inside a column is a constraint like others."""
        ...

    @property
    def enums_are_objects(self) -> bool:
        """Whether a native enum is a type of its own that ``create_all`` makes."""
        ...

    @property
    def counters(self) -> Counters | None:
        """How sequences count by themselves; None: there are none."""
        ...

    def counts(
        self, type: str, *, sole_key: bool, options: Sequence[str], words: Container[str]
    ) -> bool:
        """Whether the server supplies the value of a column written with this type.

        ``sole_key``  says that the column alone is the primary key
        ``words``     the keywords that stand after the type
        """
        ...

    def options(self, suffix: str, columns: Iterable[Container[str]]) -> tuple[str, ...]:
        """``Table.options`` from what follows the parenthesis of CREATE TABLE.

        ``columns`` are the keywords that stand after the type of each column.
        """
        ...

    def constraint_name(
        self, kind: Unnamed, table: str, columns: Sequence[str], taken: Container[str]
    ) -> str | None:
        """The name the server gives a constraint without one; None: it keeps none.

        ``taken`` are the names its schema has already.
        """
        ...

    def collation(self, name: str) -> str | None:
        """``Column.collation`` for a name that is written; None for the usual one."""
        ...

    def deferrable(self, text: str) -> str | None:
        """``ForeignKey.deferrable`` for the words that are written."""
        ...

    def new_uuid(self, type: SqlType) -> str | None:
        """SQL for another random UUID in each row, in the type's form; None: it does not fit."""
        ...

    def settled(self, table: Table, live: Table | None, dialect: Dialect) -> Table:
        """The table as CREATE TABLE leaves it: with what the server adds and words in its way.

        ``live``  the table as it is, where it is there: what the models leave unsaid stays so
        """
        ...


class SessionLock(Protocol):
    """A named lock that the server frees by itself when the session that holds it ends."""

    def acquire(self, connection: Connection, name: str) -> bool:
        """Take the lock if it is free, at once; False when somebody else has it."""
        ...

    def holder(self, connection: Connection, name: str) -> str | None:
        """Who holds it, for people: process id, application name, address."""
        ...


class Script(Protocol):
    """How the server's own client is told what falsework would send by itself."""

    @property
    def client(self) -> str:
        """The command that runs a script and stops at its first error, for people."""
        ...

    @property
    def begin(self) -> Sequence[str]:
        """The first lines: the client stops at an error, and the session is as a runner's."""
        ...

    def wait(self, lock_ms: int | None) -> str:
        """What has the session wait so long for a lock from now on; None: without bound."""
        ...

    def transaction(self, statements: Sequence[str]) -> Sequence[str]:
        """The statements, done or not done together."""
        ...

    def fill(self, work: Backfill) -> str:
        """The whole fill in one statement."""
        ...

    def none(self, query: str) -> Sequence[str]:
        """Statements that fail where the query finds a row."""
        ...

    def line(self, statement: str) -> str:
        """The statement with what tells the client where it ends."""
        ...


def patiently(connection: Connection, lock_ms: int) -> AbstractContextManager[None]:  # noqa: ARG001
    """For ``Driver.impatient`` of a server that counts its timeout finely enough."""
    return nullcontext()


class Driver(Protocol):
    """One engine's sessions, catalog, locks and errors."""

    @property
    def engine(self) -> Engine:
        """The planner's half."""
        ...

    @property
    def dialects(self) -> tuple[str, ...]:
        """The SQLAlchemy dialect names this engine answers to."""
        ...

    @property
    def remote(self) -> bool:
        """Whether another process does the work: while it does, this one need not wait."""
        ...

    @property
    def reader(self) -> Reader:
        """The normaliser."""
        ...

    @property
    def models(self) -> Models:
        """What becomes of SQLAlchemy's DDL here."""
        ...

    @property
    def script(self) -> Script:
        """How the server's own client is told."""
        ...

    @property
    def session_lock(self) -> SessionLock | None:
        """The engine's session lock; None: a lease row in the journal serves instead."""
        ...

    @property
    def condition(self) -> Condition:
        """What the server can be asked about its own condition."""
        ...

    def off_host(self, url: URL) -> bool:
        """Whether the way to the server leaves this machine."""
        ...

    def pool(self, url: URL, *, connect_seconds: float, verified: bool = False) -> Pool:
        """A SQLAlchemy engine for ``url`` without connection pooling (each connect is a session).

        ``verified``  whether the server must prove by a certificate that it is who the URL names;
                      ConfigError for a URL that says otherwise

        Every connection has a bounded connect time and TCP timeouts, and its transactions really
        begin (also before DDL). A connection with the execution option
        ``falsework_read_only=True`` begins transactions that cannot write.
        """
        ...

    def mine(self, connection: Connection) -> bool:
        """Whether the server behind the dialect is this engine (one dialect may serve two)."""
        ...

    def version(self, connection: Connection) -> Version:
        """The server's version as numbers."""
        ...

    def default_schema(self, connection: Connection) -> str:
        """The schema that unqualified names of this session mean."""
        ...

    def identity(self, connection: Connection) -> str:
        """What tells this database from others for people, without password: host/name."""
        ...

    def read(
        self, connection: Connection, schemas: Sequence[str], tables: Sequence[str] | None = None
    ) -> Schema:
        """The live schema, in a constant number of catalog queries however many tables.

        ``tables`` limits it to tables of these names, still with every trigger and view on them.
        The journal's own tables (``falsework_...``) are left out.
        """
        ...

    def rows(
        self, connection: Connection, tables: Collection[TableName]
    ) -> Mapping[TableName, int]:
        """Rows of these tables by the server's statistics, in one query; without any: left out.

        Where the server keeps none (an embedded file), a bounded count stands for them.
        """
        ...

    def sizes(
        self, connection: Connection, tables: Collection[TableName]
    ) -> Mapping[TableName, int]:
        """Bytes of these tables with their indexes, in one query; without any: left out.

        Partitions count for their table; rows that are gone and not cleared away yet count, too.
        """
        ...

    def grants(self, connection: Connection, schemas: Sequence[str]) -> Grants:
        """Privileges on the tables, in one query: of all roles but the session's own.

        The owner of a table is one of them. Where a user sees only the own ones: none.
        """
        ...

    def privileges(self, connection: Connection, need: Need, role: str) -> Privileges:
        """The statements that let a role do this; none where whoever opens the file may do all.

        Raises ValueError where no role can have that name.
        """
        ...

    def become(self, role: str) -> str:
        """The statement that makes a session act as the role; ValueError where there are none."""
        ...

    def make_beside(self, pool: Pool, name: str) -> URL:
        """Make an empty database where this one is; its URL. SQLAlchemyError where it cannot be."""
        ...

    def drop_beside(self, pool: Pool, url: URL) -> None:
        """Drop what ``make_beside`` made; SQLAlchemyError or OSError where it cannot be."""
        ...

    def begin_session(self, connection: Connection, *, lock_ms: int) -> None:
        """Session settings before any step: lock wait, isolation, strictness, search path."""
        ...

    def wait_for_locks(self, connection: Connection, lock_ms: int | None) -> None:
        """How long the session's statements wait for a lock from now on; None: without bound."""
        ...

    def impatient(self, connection: Connection, lock_ms: int) -> AbstractContextManager[None]:
        """Hold a statement to ``wait_for_locks`` where the server itself counts too coarsely.

        Around the statement; ``patiently`` where there is nothing to do. It breaks off a statement
        that waits for its lock, as after the server's own timeout; never one that has begun.
        """
        ...

    def blockers(self, connection: Connection, tables: Sequence[TableName]) -> tuple[str, ...]:
        """Sessions that hold locks on the tables or an old transaction, for people; may be ()."""
        ...

    def make_way(self, connection: Connection, tables: Sequence[TableName]) -> bool:
        """End what the server itself does to the tables and short tries for a lock never outlast.

        Without making a reader or writer wait, within a few seconds; whether there was anything.
        """
        ...

    def trouble(self, error: DBAPIError) -> Trouble:
        """What the error means. Never guesses: OTHER when it is not known."""
        ...

    def sessions(self, connection: Connection) -> tuple[str, ...]:
        """Other client sessions on this database, for people; () where the engine cannot say."""
        ...
