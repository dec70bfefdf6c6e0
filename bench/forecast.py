"""How far a forecast is off: the null-UUID upgrade, its real time over the forecast one.

The sample application's ``instances`` gets a UUID that is NOT NULL and unique, with 80 % of its
rows marked deleted, and again after a purge of these. Three forecasts of each: by the shipped
rates, by those of a calibration just before, and of the purged table by the history of the same
upgrade of the whole one. *real* is the time of all steps; *off* is real over the nearer end
of the range: 1 within it, below 1 where it took less, above 1 where it took longer.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    UniqueConstraint,
    case,
    delete,
    insert,
    literal_column,
    select,
)

from falsework.datasets.calibration import calibrate
from falsework.declare import fill, new_uuid
from falsework.demo import release_a
from falsework.engines.beside import beside
from falsework.engines.connect import Target, connect
from falsework.engines.look import look
from falsework.engines.tls import Tls
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.migrate import Settings, run
from falsework.migrate.history import samples
from falsework.migrate.tables import tables
from falsework.model.forecast import Origin, Rates, learned
from falsework.model.plan import Phase, Plan
from falsework.model.policy import Policy
from tests.servers import SERVERS, Missing, Run, Server

BASE = 1_000  # rows that are sent; the rest are copies of these, made by the server
WITHOUT_UUID = 5  # of them
GONE = 0.8
ANALYZE = {
    "postgresql": "VACUUM ANALYZE instances",
    "mysql": "ANALYZE TABLE instances",
    "mariadb": "ANALYZE TABLE instances",
}


@dataclass(frozen=True, slots=True)
class Range:
    """A forecast in seconds."""

    least: float
    most: float

    def off(self, real: float) -> float:
        """Real time over the nearer end; 1 within the range."""
        if self.least <= real <= self.most:
            return 1.0
        return real / (self.most if real > self.most else self.least)

    def __str__(self) -> str:
        return f"{self.least:.1f}-{self.most:.1f}"


def release_b() -> MetaData:
    """Release A's models, with the one change."""
    metadata = MetaData(naming_convention=release_a.metadata.naming_convention)
    for table in release_a.metadata.sorted_tables:
        table.to_metadata(metadata)
    table = metadata.tables["instances"]
    uuid: Column[str] = table.c.uuid
    uuid.nullable = False
    uuid.info.update(fill(new_uuid()))
    table.append_constraint(UniqueConstraint(uuid))
    return metadata


def seed(target: Target, rows: int) -> None:
    """Release A with so many instances."""
    release_a.metadata.create_all(target.pool)
    table = release_a.instances
    begin = datetime(2012, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with target.pool.begin() as connection:
        connection.execute(
            insert(release_a.flavors).values(
                name="m1", vcpus=1, memory_mb=512, root_gb=1, created_at=begin
            )
        )
        flavor = connection.scalar(select(release_a.flavors.c.id))
        some = [
            {
                "uuid": None if n < WITHOUT_UUID else str(uuid4()),
                "display_name": f"server-{n}",
                "project_id": f"{n % 300:032x}",
                "flavor_id": flavor,
                "vm_state": "deleted" if n < BASE * GONE else "active",
                "created_at": begin + timedelta(minutes=n),
                "deleted_at": begin + timedelta(days=30) if n < BASE * GONE else None,
                "deleted": n + 1 if n < BASE * GONE else 0,
            }
            for n in range(BASE)
        ]
        connection.execute(insert(table), some)
    reader, models = target.driver.reader, target.driver.models
    another: ColumnElement[str] = literal_column(
        models.new_uuid(reader.type("varchar(36)")) or "''"
    )
    uuid = case((table.c.uuid.is_(None), None), else_=another)
    same = [c for c in table.c if c.name not in ("id", "uuid")]
    there = BASE
    while there < rows:
        more = min(there, rows - there)
        source = select(uuid, *same).limit(more)
        with target.pool.begin() as connection:
            names = ["uuid", *(c.name for c in same)]
            connection.execute(insert(table).from_select(names, source))
        there += more


def purge(target: Target) -> None:
    """All rows that are marked deleted."""
    with target.pool.begin() as connection:
        connection.execute(delete(release_a.instances).where(release_a.instances.c.deleted != 0))


def analyze(target: Target) -> None:
    """Have the server count again, where it keeps statistics."""
    with target.pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if sql := ANALYZE.get(target.driver.engine.name):
            connection.exec_driver_sql(sql)


def planned(target: Target, rates: Rates | None) -> Plan:
    """The plan, whose blocking steps may take what they take."""
    reading = target.pool.connect().execution_options(falsework_read_only=True)
    with reading as connection:
        seen = look(target, connection, (release_b(),), (target.schema,))
    upgrade = Upgrade(
        old=seen.live,
        new=seen.declared,
        server=target.server,
        rows=seen.rows,
        sizes=seen.sizes,
        rates=rates,
        policy=Policy(lock_budget=1e9),
    )
    return make_plan(upgrade, target.schema)


def forecast(target: Target, rates: Rates | None) -> Range:
    """The time of the whole plan."""
    steps = planned(target, rates).steps
    return Range(sum(s.least or 0.0 for s in steps), sum(s.forecast or 0.0 for s in steps))


def upgraded(target: Target) -> float:
    """Run it; the seconds of all steps."""
    settings = Settings(lock_budget=1e9)
    plan = planned(target, None)
    done = [run(target, plan if p is Phase.EXPAND else None, p, settings) for p in Phase]
    return sum(step.seconds for outcome in done for step in outcome.steps)


def history(target: Target) -> Rates:
    """The shipped rates with what the database's journal knows."""
    with target.pool.connect() as connection:
        known = samples(connection, tables(target.schema))
    return target.server.engine.rates.joined(learned(known, Origin.HISTORY))


def calibrated(target: Target, seconds: float) -> Rates:
    """The shipped rates with what a calibration says."""
    with beside(target, "url", tls=Tls.VERIFY) as scratch:
        paces = calibrate(scratch, seconds, stop=lambda: False, told=lambda _: None)
    return target.server.engine.rates.joined(paces)


def measure(server: Server, rows: int, rates: Rates) -> Iterator[tuple[str, str, Range, float]]:
    """State of the table, origin of the rates, forecast, real time."""
    known: Rates | None = None
    for state in ("80 % deleted", "purged"):
        with server.fresh() as url:
            target = connect(url)
            seed(target, rows)
            if state == "purged":
                purge(target)
            analyze(target)
            shipped, measured = forecast(target, None), forecast(target, rates)
            before = forecast(target, known) if known else None
            real = upgraded(target)
            known = history(target)
            target.pool.dispose()
        yield state, Origin.SHIPPED, shipped, real
        yield state, Origin.CALIBRATED, measured, real
        if before is not None:
            yield state, Origin.HISTORY, before, real


def main(arguments: list[str]) -> int:
    """Print a row a server, size, state and origin, and the median of each origin."""
    parser = argparse.ArgumentParser(prog="bench forecast", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--servers", nargs="+", default=list(SERVERS))
    parser.add_argument("--calibrate", type=float, default=120.0, metavar="SECONDS")
    options = parser.parse_args(arguments)
    print(
        f"{'server':<14}{'rows':>9}  {'state':<14}{'rates':<12}{'forecast s':>14}{'real s':>9}"
        f"{'real/most':>11}{'off':>7}"
    )
    offs: dict[str, list[float]] = {}
    servers = Run.open(SERVERS)
    try:
        for name in options.servers:
            try:
                server = servers.server(name)
            except Missing as missing:
                print(f"{name}: {missing}")
                continue
            with server.fresh() as url:
                rates = calibrated(connect(url), options.calibrate)
            for rows in options.rows:
                for state, origin, said, real in measure(server, rows, rates):
                    offs.setdefault(origin, []).append(said.off(real))
                    print(
                        f"{name:<14}{rows:>9}  {state:<14}{origin:<12}{said!s:>14}{real:>9.1f}"
                        f"{real / said.most:>11.2f}{said.off(real):>7.2f}",
                        flush=True,
                    )
    finally:
        servers.close()
    for origin, found in offs.items():
        within = sum(off == 1.0 for off in found)
        print(
            f"{origin:<12} median off {median(found):.2f}, from {min(found):.2f} to "
            f"{max(found):.2f}; within the range {within} of {len(found)}"
        )
    return 0
