"""db-reclaim beside one big DELETE of the same rows, and what a client feels meanwhile.

A table of narrow rows, four of five soft-deleted long ago. *delete* is ``DELETE ... WHERE`` the
policy holds, in one transaction: the limit. An open-loop client in a process of its own updates
live rows, 100 a second; its stall is the longest time from the moment an update was due until it
was done. Target: at least 0.8 of the rows a second, a stall of at most 50 ms more than idle.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    text,
)

from falsework.engines.connect import Target, connect
from falsework.migrate import Settings
from falsework.migrate.reclaim import Kinds, reclaim
from falsework.model.forest import grown
from falsework.model.schema import TableName
from falsework.model.soft_delete import SoftDelete
from tests.servers import SERVERS, Missing, Run, Server

RATE_TARGET, STALL_TARGET = 0.8, 0.05
BEFORE = datetime(2025, 1, 1)  # noqa: DTZ001 - UTC
OLD = "2020-01-01 00:00:00"
SEED = 1000  # rows that are doubled until there are enough
WRITES = 100  # a second
SETTLE = {
    "sqlite": "ANALYZE {}",
    "postgresql": "VACUUM ANALYZE {}",
    "mysql": "ANALYZE TABLE {}",
    "mariadb": "ANALYZE TABLE {}",
}
"""What a table that was there for long has behind it."""


def models(children: int) -> MetaData:
    """``items``, and ``parts`` that go with them where there are any."""
    metadata = MetaData()
    Table(
        "items",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("name", String(200)),
        Column("hits", Integer),
        Column("deleted", Integer, index=True),
        Column("deleted_at", DateTime),
    )
    if children:
        Table(
            "parts",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("item", ForeignKey("items.id", ondelete="CASCADE"), index=True),
            Column("name", String(50)),
        )
    return metadata


def fill(url: str, rows: int, children: int) -> None:
    """So many rows, four of five deleted, each with so many children."""
    engine = create_engine(url)
    models(children).create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO items VALUES (:id, :name, 0, :deleted, :at)"),
            [
                {
                    "id": n,
                    "name": "x" * 150,
                    "deleted": n if n % 5 else 0,
                    "at": OLD if n % 5 else None,
                }
                for n in range(SEED)
            ],
        )
        there = SEED
        while there < rows:
            connection.execute(
                text(
                    "INSERT INTO items SELECT id + :n, name, hits, deleted, deleted_at FROM items "
                    "WHERE id + :n < :rows"
                ),
                {"n": there, "rows": rows},
            )
            there *= 2
        for number in range(children):
            connection.execute(
                text("INSERT INTO parts SELECT id * :c + :n, id, 'part' FROM items"),
                {"c": children, "n": number},
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in models(children).tables:
            connection.exec_driver_sql(SETTLE[engine.dialect.name].format(table))
    engine.dispose()


def big_delete(target: Target, _children: int) -> None:
    """The limit; cascades take the children."""
    with target.pool.begin() as connection:
        connection.execute(
            text("DELETE FROM items WHERE deleted <> 0 AND deleted_at <= '2025-01-01 00:00:00'")
        )


def ours(target: Target, _children: int) -> None:
    """db-reclaim, as the command runs it."""
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        live = target.driver.read(connection, [target.schema])
    table = TableName(target.schema, "items")
    forest = grown(live, {table: SoftDelete("deleted_at", "deleted")})
    reclaim(target, Kinds(live, forest, target.driver.engine, {table: BEFORE}), Settings())


def client(url: str, rows: int, pipe: Pipe) -> None:
    """Update live rows at a fixed rate until told to stop; send the longest stall back."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    worst, number = 0.0, 0
    with engine.connect() as connection:
        pipe.send("ready")
        begun = time.monotonic()
        while not pipe.poll():
            due = begun + number / WRITES
            time.sleep(max(0.0, due - time.monotonic()))
            connection.execute(
                text("UPDATE items SET hits = hits + 1 WHERE id = :id"),
                {"id": number * 5 % rows},
            )
            worst = max(worst, time.monotonic() - due)
            number += 1
    pipe.send(worst)


@contextmanager
def beside(url: str, rows: int, stalls: list[float]) -> Iterator[None]:
    """A client for the length of the block."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=client, args=(url, rows, there))
    child.start()
    here.recv()
    yield
    here.send("stop")
    stalls.append(here.recv())
    child.join()


def measured(
    server: Server, rows: int, children: int, work: Callable[[Target, int], None] | None
) -> tuple[float, float]:
    """Rows a second of the work, and the client's worst stall; None: nothing but the client."""
    with server.fresh() as url:
        fill(url, rows, children)
        target = connect(url)
        stalls: list[float] = []
        with beside(url, rows, stalls):
            begun = time.monotonic()
            if work is None:
                time.sleep(3)
            else:
                work(target, children)
            took = time.monotonic() - begun
        target.pool.dispose()
    return rows * 4 / 5 * (1 + children) / took, stalls[0]


def main(arguments: list[str]) -> int:
    """Print a line per server and way; 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench reclaim", description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--children", type=int, default=0, help="of each row, by a cascade")
    parser.add_argument("--servers", nargs="*", default=list(SERVERS))
    given = parser.parse_args(arguments)
    missed = False
    with closing(Run.open(SERVERS)) as run:
        for name in given.servers:
            try:
                server = run.server(name)
            except Missing as missing:
                print(f"{name}: {missing}")
                continue
            missed |= report(server, given.rows, given.children)
    return int(missed)


def report(server: Server, rows: int, children: int) -> bool:
    """Measure one server; whether a target is missed."""
    _, idle = measured(server, rows, children, None)
    limit, limit_stall = measured(server, rows, children, big_delete)
    rate, stall = measured(server, rows, children, ours)
    print(
        f"{server.name:<14} delete {limit:>9,.0f} rows/s, stall {limit_stall * 1000:>6,.0f} ms   "
        f"reclaim {rate:>9,.0f} rows/s ({rate / limit:.2f}), stall {stall * 1000:>4,.0f} ms "
        f"(idle {idle * 1000:,.0f} ms)",
        flush=True,
    )
    return rate < RATE_TARGET * limit or stall > idle + STALL_TARGET
