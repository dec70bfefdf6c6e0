"""SQLite: one writer, transactional DDL, and a table rebuilt for most changes."""

from falsework.engines.base import Driver
from falsework.engines.sqlite.driver import SQLiteDriver
from falsework.engines.sqlite.facts import OLDEST, RATES, SQLiteFacts
from falsework.engines.sqlite.marks import MARKS
from falsework.engines.sqlite.spelling import SQLiteSpelling
from falsework.engines.sqlite.text import same
from falsework.engines.sqlite.types import type_move
from falsework.model.engine import Engine

__all__ = ["DRIVER", "ENGINE"]

ENGINE = Engine(
    name="sqlite",
    facts=SQLiteFacts(),
    spelling=SQLiteSpelling(),
    marks=MARKS,
    type_move=type_move,
    rates=RATES,
    lock_budget=30.0,  # the file has one writer anyway: applications on it know waiting
    identifier_limit=1000,  # SQLite has none; a journal column and a terminal do
    oldest=OLDEST,
    same_text=same,
    enforces_types=False,
    batches_rewrites=True,
    views_stop_types=False,
)

DRIVER: Driver = SQLiteDriver(ENGINE)
