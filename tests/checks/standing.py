"""For each standing check: what a database needs to fail it, on each engine that can be asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy import Connection, create_engine, text

from falsework.engines.condition import LIMITS, Limits

BOTH = ("mysql", "mariadb")
SERVERS = ("postgresql", *BOTH)
EVERYWHERE = ("sqlite", *SERVERS)

Setup = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True)
class Bad:
    """What makes a check warn. On any other database it passes.

    ``sql``      statements that do it, beforehand
    ``during``   what is to be so while it looks, given the URL
    ``limits``   from where on it warns
    ``says``     what stands in a remark
    """

    code: str
    engines: tuple[str, ...]
    says: str
    sql: tuple[str, ...] = ()
    during: Setup = field(default=lambda _: nullcontext())
    limits: Limits = LIMITS

    def __str__(self) -> str:
        return f"{self.code}-{'-'.join(self.engines)}"


@contextmanager
def session(url: str, *statements: str) -> Iterator[Connection]:
    """Somebody else's session, with an open transaction in which it has said something."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


def reading(url: str) -> AbstractContextManager[object]:
    return session(url, "SELECT count(*) FROM people")


@contextmanager
def writing(url: str) -> Iterator[None]:
    with session(url, "UPDATE people SET shoe = 41 WHERE id = 1"):
        time.sleep(SEEN)
        yield


SEEN = 0.15
"""Seconds after which every server has noticed a transaction: InnoDB lists them every 0.1 s."""

AT_ONCE = Limits(transaction=-1.0, held=-1.0)
EXHAUSTED: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "INSERT INTO counted VALUES (9223372036854775000)",
    ),
    "postgresql": (
        "CREATE TABLE counted (id serial PRIMARY KEY)",
        "SELECT setval('counted_id_seq', 2147483000)",
    ),
    "mysql": (
        "CREATE TABLE counted (id int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 2147483000",
    ),
    "mariadb": (
        "CREATE TABLE counted (id tinyint unsigned AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT=240",
    ),
}

BADS = (
    Bad(
        "FW103",
        ("postgresql",),
        "index ix_shoe is invalid",
        (
            "CREATE INDEX ix_shoe ON people (shoe)",
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_shoe'::regclass",
        ),
    ),
    Bad(
        "FW104",
        ("postgresql",),
        "check ck_shoe has not been checked",
        ("ALTER TABLE people ADD CONSTRAINT ck_shoe CHECK (shoe > 50) NOT VALID",),
    ),
    Bad(
        "FW105",
        EVERYWHERE,
        "has no primary key; (id) is unique and could be it",
        ("CREATE TABLE loose (id int NOT NULL UNIQUE)",),
    ),
    Bad(
        "FW106",
        BOTH,
        "MyISAM, which has no transactions",
        ("CREATE TABLE old (id int PRIMARY KEY) ENGINE = MyISAM",),
    ),
    Bad(
        "FW106",
        BOTH,
        "has latin1_swedish_ci, most others have",
        (
            "CREATE TABLE more (id int PRIMARY KEY)",
            "CREATE TABLE other (id int PRIMARY KEY) CHARSET latin1 COLLATE latin1_swedish_ci",
        ),
    ),
    Bad("FW107", SERVERS, "has a transaction open for", during=writing, limits=AT_ONCE),
    Bad("FW108", SERVERS, "its transaction open for", during=writing, limits=AT_ONCE),
    *(
        Bad("FW114", (engine,), "of its numbers are used up", statements)
        for engine, statements in EXHAUSTED.items()
    ),
    Bad("FW116", SERVERS, "the server's clock is", limits=Limits(clock=-1.0)),
    Bad("FW118", SERVERS, "process", during=reading),
    Bad(
        "FW120",
        ("postgresql",),
        "is published by everything",
        ("CREATE PUBLICATION everything FOR TABLE people",),
    ),
)
