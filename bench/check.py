"""The time of all checks of one table beside a bare ``SELECT count(*)`` of it.

*rows* are the questions about single rows (NULLs, lengths, a check, what a drop loses, rows that
nobody purged), *all* those and a unique key and a foreign key to come, which no server answers by
a scan alone. Both with every standing check. *alone* asks the same one query a check, without the
standing ones. The limit is *count*; target: rows at most 1.5 times as long. A count reads no
column: the cheapest question that reads one takes 1.3 to 5 times as long by itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import cache

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)

from bench.diff import server_urls
from bench.timing import median_seconds
from falsework.checks import STANDING, Situation, ask, stand, unpurged
from falsework.config import Config
from falsework.declare import dropped, fill, soft_delete
from falsework.engines.condition import LIMITS
from falsework.engines.marks import clock
from falsework.model.plan import Phase, Plan, Question
from falsework.session import Present, Session, open_session
from tests.servers import SERVERS

TARGET = 1.5
ROWS = 1_000_000


def models(*, new: bool, keys: bool) -> MetaData:
    """``instances`` and its ``hosts``, as release A has them or as B wants them."""
    found = MetaData()
    Table("hosts", found, Column("id", Integer, primary_key=True))
    columns: list[Column[object] | UniqueConstraint | CheckConstraint] = [
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("uuid", String(36), nullable=not new, info=fill("'none'")),
        Column("state", String(20 if new else 40)),
        Column("deleted", Integer, nullable=False),
        Column("deleted_at", DateTime),
    ]
    tie = ForeignKey("hosts.id", name="fk_host") if new and keys else None
    columns.append(Column("host_id", Integer, *([tie] if tie is not None else [])))
    if not new:
        columns.append(Column("legacy", String(20)))
    if new:
        columns.append(CheckConstraint("deleted >= 0", name="ck_deleted"))
    if new and keys:
        columns.append(UniqueConstraint("uuid", name="uq_uuid"))
    marks = soft_delete("deleted")
    info = {**marks, **dropped("legacy", down=None)} if new else marks
    Table("instances", found, *columns, info=info)
    return found


def filled(url: str, rows: int) -> Session:
    """A session on a database at release A; every row is good, and none is deleted."""
    pool = create_engine(url)
    models(new=False, keys=False).create_all(pool)
    have = 1
    with pool.begin() as connection:
        connection.execute(text("INSERT INTO hosts VALUES (1)"))
        first = "(1, 'uuid-0000000000-0000000000-000000001', 'active', 0, NULL, 1, NULL)"
        connection.execute(text(f"INSERT INTO instances VALUES {first}"))
        while have < rows:
            more = min(have, rows - have)
            copied = "uuid, state, deleted, deleted_at, host_id, legacy"
            connection.execute(
                text(
                    f"INSERT INTO instances (id, {copied}) SELECT id + {have}, {copied} "
                    f"FROM instances WHERE id <= {more}"
                )
            )
            have += more
        unlike = "concat('uuid-0000000000-0000000000-', id)"
        if pool.dialect.name == "sqlite":
            unlike = "'uuid-0000000000-0000000000-' || id"
        connection.execute(text(f"UPDATE instances SET uuid = {unlike}"))
    with pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        table = " TABLE" if pool.dialect.name in ("mysql", "mariadb") else ""
        connection.execute(text(f"ANALYZE{table} instances"))
    pool.dispose()
    return open_session(Config(url=url))


def planned(session: Session, *, keys: bool) -> tuple[Plan, Present, tuple[Question, ...]]:
    """The plan, and what is asked of soft-deleted rows."""
    present = session.present((models(new=True, keys=keys),))
    plan = session.plan(present)
    policies = {n: i.soft_delete for n, i in present.declared.intents if i.soft_delete}
    engine = session.target.driver.engine
    with session.reading() as connection:
        now = clock(engine, connection)
    return plan, present, tuple(unpurged.questions(present.live, policies, engine, now, LIMITS))


def works(session: Session, *, keys: bool) -> tuple[Callable[[], object], ...]:
    """Count alone; all checks in one pass; the same checks, a query each."""
    plan, present, marks = planned(session, keys=keys)
    questions = (*plan.questions, *marks)
    read = cache(lambda: present.live)

    def count() -> None:
        with session.reading() as connection:
            connection.execute(text("SELECT count(*) FROM instances")).scalar_one()

    def check() -> None:
        with session.asking("measuring") as asker:
            answers = ask(asker, session.spelling, plan, besides=marks)
            results = stand(
                asker,
                STANDING,
                lambda connection: Situation(
                    connection=connection,
                    target=session.target,
                    plan=plan,
                    phase=Phase.CONTRACT,
                    schemas=(session.target.schema,),
                    read=read,
                ),
                Phase.CONTRACT,
            )
        if wrong := [r for r in (*answers, *results) if r.result == "error"]:
            raise SystemExit(f"a check failed: {wrong}")

    def alone() -> None:
        for question in questions:
            with session.reading() as connection:
                connection.exec_driver_sql(
                    question.count, execution_options={"no_parameters": True}
                ).scalar_one()

    return count, check, alone


def main(arguments: list[str]) -> int:
    """Print two rows a server; 1 where questions about rows miss the target."""
    parser = argparse.ArgumentParser(prog="bench check", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--servers", nargs="+", default=list(SERVERS))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    print(
        f"{'server':<14}{'what':>6}{'count s':>9}{'check s':>9}{'alone s':>9}"
        f"{'check/count':>13}{'alone/check':>13}"
    )
    missed = False
    with server_urls(options.servers) as urls:
        for name, url in urls:
            session = filled(url, options.rows)
            for what in ("rows", "all"):
                measured = works(session, keys=what == "all")
                count, check, alone = median_seconds(measured, options.runs)
                print(
                    f"{name:<14}{what:>6}{count:>9.3f}{check:>9.3f}{alone:>9.3f}"
                    f"{check / count:>13.2f}{alone / check:>13.2f}",
                    flush=True,
                )
                missed |= what == "rows" and check > TARGET * count
    return int(missed)
