"""A copy of a database of the MySQL family, by the statements that the server itself spells.

Copied are tables (with keys, foreign keys, checks, generated columns, counters and rows),
sequences, functions, procedures, views, triggers and events. Not copied is a table's history in
MariaDB: a database with system-versioned tables is refused.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pymysql
import pymysql.cursors

# For the length of a copy: 0 is a value, parents may come after their children, and so on.
SESSION = (
    "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00', foreign_key_checks = 0, "
    "unique_checks = 0, sql_quote_show_create = 1"
)
TABLES = (
    "SELECT table_name, table_type FROM information_schema.tables "
    "WHERE table_schema = %s ORDER BY table_name"
)
COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s "
    "AND COALESCE(generation_expression, '') = '' ORDER BY table_name, ordinal_position"
)
# What else there is, in an order that lets it be made again: the kind, what names the objects of
# a database, and the column of the answer to SHOW CREATE that has the statement.
PROGRAMS = (
    (
        "routine_type, routine_name FROM information_schema.routines WHERE routine_schema = %s",
        ("Create Function", "Create Procedure"),
    ),
    (
        (
            "'TRIGGER', trigger_name FROM information_schema.triggers WHERE trigger_schema = %s "
            "ORDER BY event_object_table, action_timing, event_manipulation, action_order"
        ),
        ("SQL Original Statement",),
    ),
    (
        "'EVENT', event_name FROM information_schema.events WHERE event_schema = %s",
        ("Create Event",),
    ),
)


class Copy:
    """One copy from ``source`` to ``target``, with a session of its own."""

    def __init__(self, session: pymysql.cursors.Cursor, source: str, target: str) -> None:
        self.session = session
        self.source = source
        self.target = target

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        self.session.execute(query, values or None)
        return list(self.session.fetchall())

    def make(self, statement: str) -> None:
        """Some statements name the database although the session is in it."""
        self.session.execute(f"USE {quoted(self.target)}")
        self.session.execute(statement.replace(f"{quoted(self.source)}.", ""))

    def shown(self, kind: str, name: str, *columns: str) -> dict[str, str]:
        """What SHOW CREATE answers, its statement as ``statement``."""
        self.session.execute(f"USE {quoted(self.source)}")
        self.session.execute(f"SHOW CREATE {kind} {quoted(name)}")
        names = [column[0] for column in self.session.description]
        answer = dict(zip(names, self.session.fetchall()[0], strict=True))
        return {**answer, "statement": next(answer[name] for name in columns if name in answer)}

    def tables(self, names: list[str]) -> None:
        """All tables first, empty, then their rows."""
        for name in names:
            self.make(self.shown("TABLE", name, "Create Table")["statement"])
        columns: dict[str, list[str]] = {}
        for table, column in self.rows(COLUMNS, self.source):
            columns.setdefault(table, []).append(quoted(column))
        for name in names:
            fields = ", ".join(columns[name])
            self.session.execute(
                f"INSERT INTO {quoted(self.target)}.{quoted(name)} ({fields}) "
                f"SELECT {fields} FROM {quoted(self.source)}.{quoted(name)}"
            )

    def sequences(self, names: list[str]) -> None:
        """A sequence goes on where its original would, after what that has cached."""
        for name in names:
            self.make(self.shown("SEQUENCE", name, "Create Table")["statement"])
            place = f"{quoted(self.source)}.{quoted(name)}"
            ((value,),) = self.rows(f"SELECT next_not_cached_value FROM {place}")
            self.session.execute(f"SELECT SETVAL({quoted(self.target)}.{quoted(name)}, {value}, 0)")

    def views(self, names: list[str]) -> None:
        """A view may read others, so what cannot be made yet is tried again after the rest."""
        while names:
            left = [name for name in names if not self._view_made(name)]
            if left == names:  # say why
                self.make(self.shown("VIEW", left[0], "Create View")["statement"])
            names = left

    def _view_made(self, name: str) -> bool:
        statement = self.shown("VIEW", name, "Create View")["statement"]
        with suppress(pymysql.err.MySQLError):
            self.make(statement)
            return True
        return False

    def programs(self, query: str, columns: Sequence[str]) -> None:
        """Routines, triggers or events, each to run under the settings that it was made with."""
        for kind, name in self.rows(f"SELECT {query}", self.source):
            shown = self.shown(kind, name, *columns)
            self.session.execute("SET sql_mode = %s", [shown["sql_mode"]])
            if "time_zone" in shown:  # of an event
                self.session.execute("SET time_zone = %s", [shown["time_zone"]])
            self.session.execute("SET collation_connection = %s", [shown["collation_connection"]])
            self.make(shown["statement"])
            self.session.execute(SESSION)


def copy(session: pymysql.cursors.Cursor, source: str, target: str) -> None:
    """Make the database ``target`` like ``source``, which nobody may be writing to."""
    work = Copy(session, source, target)
    session.execute(SESSION)
    with suppress(pymysql.err.OperationalError):  # a right that only our own servers' user has
        session.execute("SET sql_log_bin = 0")
    ((charset, collation),) = work.rows(
        "SELECT default_character_set_name, default_collation_name "
        "FROM information_schema.schemata WHERE schema_name = %s",
        source,
    )
    kinds: dict[str, str] = dict(work.rows(TABLES, source))
    if "SYSTEM VERSIONED" in kinds.values():
        raise NotImplementedError(f"{source} has system-versioned tables")
    session.execute(f"CREATE DATABASE {quoted(target)} CHARACTER SET {charset} COLLATE {collation}")
    work.sequences(list(_of(kinds, "SEQUENCE")))
    work.tables(list(_of(kinds, "BASE TABLE")))
    routines, *others = PROGRAMS
    work.programs(*routines)
    work.views(list(_of(kinds, "VIEW")))
    for one in others:
        work.programs(*one)


def _of(kinds: dict[str, str], kind: str) -> Iterator[str]:
    return (name for name, its in kinds.items() if its == kind)


def quoted(name: str) -> str:
    """A name as the family writes it."""
    return "`" + name.replace("`", "``") + "`"
