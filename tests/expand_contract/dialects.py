"""Scenarios of the law for what only some engines have: types of a dialect, and their habits.

They need no plan that an operator reads: what counts is that proof and server agree.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem

from falsework.declare import dropped, fill
from tests.cases.model import Case


def _models(*parts: SchemaItem, info: dict[str, object] | None = None) -> MetaData:
    metadata = MetaData()
    Table("hosts", metadata, Column("id", Integer, primary_key=True), *parts, info=info or {})
    return metadata


def _enum(*labels: str, needed: bool = False) -> Column[str]:
    return Column("state", mysql.ENUM(*labels), nullable=not needed)


def _numbers(*, wide: bool) -> tuple[Column[object], ...]:
    one, other, third = (
        (mysql.INTEGER(unsigned=True), mysql.MEDIUMINT(), mysql.BIGINT(unsigned=True))
        if wide
        else (mysql.SMALLINT(unsigned=True), mysql.TINYINT(), mysql.INTEGER(unsigned=True))
    )
    return Column("one", one), Column("other", other), Column("third", third)


def _texts(*, needed: bool) -> tuple[Column[object], ...]:
    return (
        Column("tiny", mysql.TINYTEXT()),
        Column("long", mysql.LONGTEXT()),
        Column("raw", mysql.VARBINARY(20) if needed else mysql.VARBINARY(300)),
        Column("fixed", mysql.BINARY(16)),
        Column("blob", mysql.TINYBLOB()),
        Column("year", mysql.YEAR(), nullable=not needed, info=fill("2000") if needed else {}),
        Column("marks", mysql.SET("a", "b", "c")),
        Column("name", String(20), nullable=not needed, info=fill("'?'") if needed else {}),
    )


def _moments(*, more: bool) -> tuple[Column[object], ...]:
    now = text("CURRENT_TIMESTAMP")
    touched = text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
    extra = (Column("touched", mysql.TIMESTAMP(), server_default=touched),) if more else ()
    return (
        Column("made", mysql.TIMESTAMP(), nullable=False, server_default=now),
        Column("gone", mysql.DATETIME(fsp=6 if more else 0)),
        *extra,
    )


def _touched(*, first: bool) -> tuple[Column[object], ...]:
    now = text("CURRENT_TIMESTAMP(3)")
    touched = text("CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)")
    one, other = (touched, now) if first else (now, touched)
    return (
        Column("one", mysql.DATETIME(fsp=3), nullable=False, server_default=one),
        Column("other", mysql.DATETIME(fsp=3), server_default=other, comment="it's other"),
        Column("name", String(20)),
    )


def _seen(*, needed: bool) -> Column[object]:
    info = fill("'2001-01-01 00:00:00'") if needed else {}
    return Column("seen", mysql.TIMESTAMP(), nullable=not needed, info=info)


def _family(*, action: str | None, needed: bool) -> MetaData:
    up = ForeignKey("hosts.id", name="fk_up", onupdate=action, ondelete=action)
    filled = fill("'?'") if needed else {}
    return _models(
        Column("up_id", Integer, up),
        Column("name", String(20), nullable=not needed, info=filled),
    )


_NOT_WRITTEN = dict(dropped("state", down="'down'"))


def _counted(*, always: bool, start: int = 1) -> MetaData:
    return _models(
        Column("n", Integer, Identity(always=always, start=start)), Column("name", String(20))
    )


POSTGRESQL = (
    Case(name="identity_written", a=_counted(always=True), b=_counted(always=False, start=5)),
    Case(name="identity_not_written", a=_counted(always=False), b=_counted(always=True)),
)
"""For the engine whose columns may count so that no statement can write them."""

INNODB = (
    Case(
        name="enum_not_written",
        a=_models(_enum("up", "down", needed=True), Column("n", Integer)),
        b=_models(Column("n", Integer), info=_NOT_WRITTEN),
    ),
    Case(
        name="enum_grown",
        a=_models(_enum("up", "down")),
        b=_models(_enum("up", "down", "lost")),
    ),
    Case(
        name="set_grown",
        a=_models(Column("marks", mysql.SET("a", "b"))),
        b=_models(Column("marks", mysql.SET("a", "b", "c"))),
    ),
    Case(name="numbers_widened", a=_models(*_numbers(wide=False)), b=_models(*_numbers(wide=True))),
    Case(
        name="numbers_narrowed", a=_models(*_numbers(wide=True)), b=_models(*_numbers(wide=False))
    ),
    Case(
        name="sign_lost",
        a=_models(Column("n", mysql.INTEGER())),
        b=_models(Column("n", mysql.INTEGER(unsigned=True))),
    ),
    Case(name="texts_and_bytes", a=_models(*_texts(needed=False)), b=_models(*_texts(needed=True))),
    Case(name="moments", a=_models(*_moments(more=False)), b=_models(*_moments(more=True))),
    Case(name="moment_needed", a=_models(_seen(needed=False)), b=_models(_seen(needed=True))),
    Case(name="moment_free", a=_models(_seen(needed=True)), b=_models(_seen(needed=False))),
    Case(name="refreshed", a=_models(*_touched(first=True)), b=_models(*_touched(first=False))),
    Case(
        name="cascading_to_itself",
        a=_family(action="CASCADE", needed=False),
        b=_family(action="CASCADE", needed=True),
    ),
    Case(
        name="cascading_to_itself_added",
        a=_models(Column("up_id", Integer, index=True), Column("name", String(20))),
        b=_models(
            Column("up_id", Integer, ForeignKey("hosts.id", onupdate="CASCADE"), index=True),
            Column("name", String(20)),
        ),
    ),
    Case(
        name="letters_alike",
        a=_models(Column("name", String(20, collation="utf8mb4_bin"))),
        b=_models(Column("name", String(20, collation="utf8mb4_bin")), UniqueConstraint("name")),
    ),
)
"""For the engines with that storage: their types, and what they do instead of an error."""

DIALECTS = {"mysql": INNODB, "mariadb": INNODB, "postgresql": POSTGRESQL}
"""By engine."""
