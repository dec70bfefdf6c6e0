"""For each check: models before and after, rows that it finds and rows that pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.mysql import SET
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.schema import SchemaItem

from falsework.checks import Result
from falsework.declare import dropped, fill

Row = Mapping[str, object]


@dataclass(frozen=True)
class Example:
    """``keys`` are those that the finding of the bad rows shows.

    ``engines``  where the question is asked; empty: everywhere
    """

    code: str
    old: MetaData
    new: MetaData
    good: Sequence[Row]
    bad: Sequence[Row]
    result: Result
    count: int
    keys: Sequence[str]
    engines: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.code}-{self.result}"


def models(*items: SchemaItem, info: Mapping[str, object] | None = None) -> MetaData:
    found = MetaData()
    Table("parent", found, Column("id", Integer, primary_key=True))
    identity = Column("id", Integer, primary_key=True)
    Table("t", found, identity, *items, info=dict(info or {}))
    return found


def text(**more: object) -> Column[str]:
    return Column("v", String(10), **more)  # type: ignore[arg-type]


def number() -> Column[int]:
    return Column("n", Integer)


EXAMPLES = (
    Example(
        "FW001",
        models(text()),
        models(text(nullable=False)),
        good=[{"id": 1, "v": ""}],
        bad=[{"id": 3, "v": None}, {"id": 2, "v": None}],
        result=Result.FAILED,
        count=2,
        keys=["2", "3"],
    ),
    Example(
        "FW001",
        models(text()),
        models(text(nullable=False, info=fill("'x'"))),
        good=[{"id": 1, "v": ""}],
        bad=[{"id": 2, "v": None}],
        result=Result.WARNING,
        count=1,
        keys=["2"],
    ),
    Example(
        "FW002",
        models(text()),
        models(text(), UniqueConstraint("v", name="uq_v")),
        good=[{"id": 1, "v": None}, {"id": 2, "v": None}, {"id": 3, "v": "a"}],
        bad=[{"id": n, "v": "same"} for n in (4, 5, 6)],
        result=Result.FAILED,
        count=1,
        keys=["same"],
    ),
    Example(
        "FW003",
        models(number()),
        models(
            Column("n", Integer, ForeignKey("parent.id", name="fk_n")),
        ),
        good=[{"id": 1, "n": 1}, {"id": 2, "n": None}],
        bad=[{"id": 3, "n": 99}],
        result=Result.FAILED,
        count=1,
        keys=["3"],
    ),
    Example(
        "FW004",
        models(number()),
        models(number(), CheckConstraint("n > 0", name="ck_n")),
        good=[{"id": 1, "n": 1}, {"id": 2, "n": None}],
        bad=[{"id": 3, "n": 0}],
        result=Result.FAILED,
        count=1,
        keys=["3"],
    ),
    Example(
        "FW005",
        models(text()),
        models(Column("v", String(3))),
        good=[{"id": 1, "v": "äöü"}, {"id": 2, "v": None}],
        bad=[{"id": 3, "v": "abcd"}],
        result=Result.FAILED,
        count=1,
        keys=["3"],
    ),
    Example(
        "FW006",
        models(text(), number()),
        models(text(), info=dropped("n", down=None)),
        good=[{"id": 1, "n": None}],
        bad=[{"id": n, "n": 0} for n in range(2, 10)],
        result=Result.WARNING,
        count=8,
        keys=["2", "3", "4", "5", "6"],
    ),
    Example(
        "FW007",
        models(Column("e", Enum("up", "it's", "down", name="state"))),
        models(Column("e", Enum("down", "up", "new", name="state"))),
        good=[{"id": 1, "e": "up"}, {"id": 2, "e": None}],
        bad=[{"id": 3, "e": "it's"}],
        result=Result.FAILED,
        count=1,
        keys=["3"],
        engines=("mysql", "mariadb"),
    ),
    Example(
        "FW007",
        models(Column("e", SET("a", "b", "c"))),
        models(Column("e", SET("a"))),
        good=[{"id": 1, "e": {"a"}}, {"id": 2, "e": None}, {"id": 3, "e": set()}],
        bad=[{"id": 4, "e": {"a", "c"}}, {"id": 5, "e": {"b"}}],
        result=Result.FAILED,
        count=2,
        keys=["4", "5"],
        engines=("mysql", "mariadb"),
    ),
    Example(
        "FW008",
        models(number(), text()),
        models(
            number(),
            text(),
            ExcludeConstraint(
                ("n", "="), ("v", "="), using="btree", where="n > 0", name="ex_n"
            ).ddl_if(dialect="postgresql"),
        ),
        good=[{"id": 1, "n": 1, "v": "a"}, {"id": 2, "n": None, "v": "b"}],
        bad=[{"id": 3, "n": 2, "v": "a"}, {"id": 4, "n": 2, "v": "a"}],
        result=Result.FAILED,
        count=2,
        keys=["3", "4"],
        engines=("postgresql",),
    ),
)
