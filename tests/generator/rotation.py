"""What one run covers where it cannot cover everything: a share that rotates from run to run.

A crash point has a kind: what its step does, in which form, and the place in it. Each run kills at
every kind of point once on SQLite, in whatever scenario meets it first. On the others a share of
the scenarios is run, and there a share of the kinds is tried: but always those between a statement
that commits by itself and its entry in the journal, which is where a step may be repeated or lost.
``--full`` kills at every point of every scenario on every server.
FALSEWORK_TEST_ROTATION repeats the choice of a run.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

from falsework.model.plan import Statement
from tests.cases import all_cases
from tests.cases.model import Case, Succeeds
from tests.generator.crash import Point, Whole, unrecorded
from tests.generator.story import CASE as STORY
from tests.servers import SERVERS, Server

Item = TypeVar("Item")

NEWEST = [name for name in SERVERS if name.startswith("postgresql")][-1]
SHARES = {
    "sqlite": 1,
    NEWEST: 8,
    "postgresql16": 20,
    "mysql": 16,
    "mariadb1011": 24,
    "mariadb118": 24,
}
"""One run in so many covers a scenario on the server, or a kind of point."""
SELDOM = {"test_a_script_leaves_what_the_phases_leave": 5}
"""Tests that take several plans each: one run in so many more."""
EVENTS = 6
"""Of the events of one long story, on another server than SQLite, each run takes one in so many."""


def rotation() -> int:
    """The number that decides what this run covers; the same in all of its workers."""
    given = os.environ.get("FALSEWORK_TEST_ROTATION", "")
    return int(given) if given else _number(os.environ["FALSEWORK_TEST_RUN"]) % 1000


def seed(config: pytest.Config) -> int:
    """What random writes are drawn from: the same at each run, unless new ones are wanted."""
    new = "HYPOTHESIS_RANDOM" in os.environ or config.getoption("--full")
    return rotation() if new else 0


def turn(*what: object, share: int) -> bool:
    """Whether it is this run's turn to cover it: one run's in ``share``."""
    return turn_at(*what, share=share) == 0


def events(server: str, *what: object, full: bool) -> Iterator[int]:
    """The numbers of the events at which this run breaks a story off, without end."""
    share = 1 if full or SHARES[server] == 1 else EVENTS
    return islice(count(turn_at(server, *what, share=share)), 0, None, share)


def turn_at(*what: object, share: int) -> int:
    """Where this run begins to take one in ``share``."""
    return (_number(what) + rotation()) % share


def rotated(items: Sequence[Item]) -> list[Item]:
    """The items in an order that begins elsewhere in each run."""
    begin = rotation() * 7 % len(items)
    return [*items[begin:], *items[:begin]]


def kinds(run: Whole, point: Point) -> list[str]:
    """What the point has in common with those of other scenarios on its server.

    For each edit that its step makes, whether a transaction holds it, and the place in the step:
    of the events of one sort the first, the last, or one between them.
    """
    event = point.event
    place = f"{run.server.name} {point.phase} {event.moment} {_place(run, point)} {event.note}"
    if event.step is None:
        return [place]
    step = next(s for s in run.plan.steps if s.id == event.step)
    one = not isinstance(step.work, Statement) or step.work.transaction
    what = sorted({type(edit).__name__ for edit in step.effect}) or ["Backfill"]
    return [f"{place} {name} {'transaction' if one else 'alone'}" for name in what]


def _place(run: Whole, point: Point) -> str:
    alike = [
        p.number
        for p in run.points
        if p.phase is point.phase
        and (p.event.step, p.event.moment, p.event.note)
        == (point.event.step, point.event.moment, point.event.note)
    ]
    return {alike[0]: "first", alike[-1]: "last"}.get(point.number, "between")


def due(run: Whole, config: pytest.Config) -> list[Point]:
    """The points that are this scenario's to cover in this run."""
    if config.getoption("--full"):
        return list(run.points)
    return [p for p in run.points if sum(map(_claimed, _wanted(run, p)))]


def _wanted(run: Whole, point: Point) -> list[str]:
    """The kinds of the point that this run tries at all on the server."""
    share = SHARES[run.server.name]
    always = share == 1 or unrecorded(run, point) is not None
    return [kind for kind in kinds(run, point) if always or turn("kill", kind, share=share)]


class Scenario(NamedTuple):
    """A scenario on a server."""

    server: Server
    case: Case


def scenarios(test: str, config: pytest.Config) -> list[tuple[str, Case]]:
    """The servers' names, each with the scenarios that the test tries there in this run."""
    full = bool(config.getoption("--full"))
    every = rotated((*all_cases(), STORY))
    return [
        (server, case)
        for server in SERVERS
        for turn_of in [_on_turn(test, server)]
        for case in every
        if full or case.name in turn_of
    ]


def _on_turn(test: str, server: str) -> frozenset[str]:
    """An even share of the scenarios, mixed; after that many runs in a row all had their turn."""
    names = sorted(
        (c.name for c in (*all_cases(), STORY)), key=lambda n: _number((test, server, n))
    )
    share = SHARES[server] * SELDOM.get(test, 1)
    return frozenset(names[rotation() % share :: share])


def upgrades(test: str, config: pytest.Config) -> list[tuple[str, Case]]:
    """The same, of those that go through."""
    return [(server, case) for server, case in scenarios(test, config) if _succeeds(server, case)]


def how_many(server: str) -> int:
    """Of how many scenarios on the server some run tries the crash points."""
    return sum(_succeeds(server, case) for case in (*all_cases(), STORY))


def _succeeds(server: str, case: Case) -> bool:
    return isinstance(case.expected(SERVERS[server].engine, server), Succeeds)


def _claimed(what: str) -> bool:
    """Whether nobody in this run was here before."""
    folder = Path(os.environ["FALSEWORK_TEST_RUN"]) / "crash-points"
    folder.mkdir(exist_ok=True)
    try:
        (folder / re.sub(r"\W", "-", what)).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _number(what: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(what).encode()).digest()[:8])
