"""Rows that were marked deleted long ago go, with what hangs on them; nothing else does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from falsework.engines.connect import connect
from falsework.errors import LockNotFree
from falsework.migrate import Event, Moment, Settings
from falsework.model.forest import unindexed
from tests.migrate.conftest import WRITERS, reach
from tests.migrate.estate import (
    DAY,
    NOW,
    OLD,
    POLICIES,
    YOUNG,
    Estate,
    build,
    clear,
    fill,
    held,
    instance,
    took,
    volume,
)
from tests.migrate.plans import execute
from tests.migrate.test_trouble import held as under_lock
from tests.servers import Server

HURRIED = Settings(chunk_rows=4, lock_wait_seconds=0.3)


@pytest.fixture(scope="module")
def built(server: Server) -> Iterator[Estate]:
    with server.fresh() as url:
        target = reach(server, url)
        yield build(target)
        target.pool.dispose()


@pytest.fixture
def estate(built: Estate) -> Iterator[Estate]:
    yield built
    clear(built.target)


def test_whole_trees_go_and_others_stay(estate: Estate) -> None:
    """With children that are marked, cascade or are parted; the dry run counts the same."""
    fill(
        estate.target,
        {
            "instances": [
                *(instance(n) for n in range(1, 8)),
                instance(8, None),
                instance(9, YOUNG),
                instance(10, OLD, "resizing"),
            ],
            "volumes": [
                *(volume(n, n) for n in range(1, 4)),
                volume(4, 4, None),
                volume(5, 5, YOUNG),
                volume(6, 8),
                volume(7, None),
            ],
            "tags": [(n, name) for n in range(1, 7) for name in ("a", "b")],
            "logs": [(n, 1) for n in range(1, 8)],
            "pins": [(6,), (8,)],
        },
    )
    before = estate.all()
    counted = estate.count()
    assert estate.all() == before
    done = estate.run()

    assert took(counted) == took(done) == {"instances": 4, "volumes": 5, "tags": 8}
    assert held(counted) == held(done)
    assert held(done) == {
        "instances": {
            f"rows of {estate.target.schema}.volumes are not marked deleted": 1,
            f"rows of {estate.target.schema}.volumes are not due yet, or busy": 1,
            f"rows of {estate.target.schema}.pins refer to it, and no policy says that they "
            "may go": 1,
        }
    }
    assert estate.ids("instances") == [4, 5, 6, 8, 9, 10]
    assert estate.ids("volumes") == [4, 5]
    assert sorted(set(estate.ids("tags", "volume"))) == [4, 5]
    assert estate.ids("logs") == list(range(1, 8))
    assert not done.more
    left = estate.all()
    assert estate.run().rows == 0
    assert estate.all() == left


def test_rows_that_nothing_hangs_on(estate: Estate) -> None:
    """They go by ranges, and no other row of the range does."""
    marks = {n: (OLD, OLD, YOUNG, None)[n % 4] for n in range(1, 41)}
    fill(estate.target, {"keypairs": list(marks.items())})
    due = [n for n, at in marks.items() if at == OLD]
    counted = estate.count()
    assert took(counted) == {"keypairs": len(due)}
    first = estate.run(Settings(chunk_rows=4, max_rows=6))
    assert (first.more, first.rows <= 6) == (True, True)
    assert first.rows + estate.run().rows == len(due)
    assert estate.ids("keypairs") == [n for n in marks if n not in due]


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_a_range_with_a_row_under_lock(estate: Estate) -> None:
    """The others of the range go one by one."""
    fill(estate.target, {"keypairs": [(n, OLD) for n in range(1, 30)]})
    with under_lock(estate.target, "UPDATE keypairs SET deleted_at = NULL WHERE id = 7"):
        done = estate.run()
        assert (done.rows, done.more) == (28, True)
    assert estate.ids("keypairs") == [7]
    assert estate.run().rows == 1


def test_tables_that_are_named_go_along(estate: Estate) -> None:
    """No foreign key says that notes go with their instance; the policy may."""
    fill(estate.target, {"instances": [instance(1)], "notes": [(n, 1) for n in range(9)]})
    mine = estate.with_policy("instances", takes=("notes",))

    assert took(mine.count()) == took(mine.run()) == {"instances": 1, "notes": 9}


@pytest.mark.parametrize("held_back", [False, True])
def test_a_tree_beyond_the_bound(estate: Estate, held_back: bool) -> None:
    """It goes in slices, children first, or not at all where a row in it holds it."""
    fill(
        estate.target,
        {
            "instances": [instance(1)],
            "volumes": [volume(n, 1) for n in range(1, 31)],
            "tags": [(n, f"{m}") for n in (3, 30) for m in range(25)],
            "logs": [(n, 3) for n in range(40)],
            "nodes": [(n, n - 1 or None, OLD) for n in range(1, 26)],
        },
    )
    if held_back:
        execute(estate.target, "UPDATE volumes SET deleted = 0 WHERE id = 30")
        execute(estate.target, "UPDATE nodes SET deleted_at = NULL WHERE id = 25")
    seen: list[int] = []
    settings = Settings(chunk_rows=4, tree_rows=10)
    # Volumes, which have no host, are not walked by themselves: all of it is one tree.
    mine = estate(policies={n: POLICIES[n] for n in ("instances", "volumes")}, host="h1")
    counted = mine.count(settings)

    def observer(event: Event) -> None:
        if event.moment is Moment.CHUNK:
            seen.append(event.rows or 0)

    done = mine.run(settings, observer)
    expected = {} if held_back else {"instances": 1, "volumes": 30, "tags": 50}
    assert took(counted) == took(done) == expected
    assert held(counted).keys() == held(done).keys() == ({"instances"} if held_back else set())
    assert all(b - a <= 10 for a, b in pairwise([0, *seen]))
    assert len(estate.ids("logs")) == 40

    chain = estate(policies={"nodes": POLICIES["nodes"]})
    went = {} if held_back else {"nodes": 25}
    assert took(chain.count(settings)) == took(chain.run(settings)) == went


def test_rings(estate: Estate) -> None:
    """Rows that refer to themselves, to each other, and round through two tables."""
    fill(
        estate.target,
        {
            "nodes": [
                (1, None, OLD),
                (2, 1, OLD),
                (3, 2, OLD),
                (4, 4, OLD),
                (5, None, OLD),
                (6, 5, OLD),
                (7, 6, OLD),
                (8, 7, None),
                (9, None, OLD),
                (10, 9, None),
            ],
            "ends": [(1, None, OLD), (2, None, OLD)],
            "begins": [(1, 1, OLD), (2, 2, OLD)],
        },
    )
    execute(
        estate.target,
        "UPDATE nodes SET parent = 7 WHERE id = 5",
        "UPDATE nodes SET parent = 3 WHERE id = 1",
        "UPDATE ends SET begins = id",
        "UPDATE begins SET deleted_at = NULL WHERE id = 2",
    )
    counted = estate.count()
    done = estate.run()

    assert took(counted) == took(done) == {"nodes": 4, "ends": 1, "begins": 1}
    assert held(counted) == held(done)
    assert estate.ids("nodes") == [5, 6, 7, 8, 9, 10]
    assert estate.ids("ends") == estate.ids("begins") == [2]


def test_a_run_every_interval(estate: Estate) -> None:
    """A row is between one and two intervals old when it goes."""
    marked = {n: NOW + n * timedelta(hours=7) for n in range(1, 13)}
    fill(estate.target, {"instances": [instance(n, at) for n, at in marked.items()]})
    left = set(marked)
    for number in range(7):
        clock = NOW + number * DAY
        assert estate(before=clock - DAY).run().stopped is None
        gone = left - set(estate.ids("instances"))
        assert all(DAY <= clock - marked[n] < 2 * DAY for n in gone)
        left -= gone
    assert not left


def test_an_undelete_wins(estate: Estate) -> None:
    """Rows that are given back after they were found, and before their turn, stay."""
    fill(
        estate.target,
        {
            "instances": [instance(n) for n in range(1, 10)],
            "volumes": [volume(n, n) for n in range(1, 10)],
        },
    )
    mine = estate(policies={n: POLICIES[n] for n in ("instances", "volumes")}, host="h1")

    def observer(event: Event) -> None:
        if event.moment is Moment.CHUNK and event.rows == 2:
            execute(
                estate.target,
                "UPDATE instances SET deleted = 0 WHERE id = 5",
                "UPDATE volumes SET deleted = 0 WHERE id = 7",
            )

    done = mine.run(Settings(chunk_rows=1), observer)
    assert took(done) == {"instances": 3, "volumes": 3}
    assert list(held(done).values()) == [
        {f"rows of {estate.target.schema}.volumes are not marked deleted": 1}
    ]
    assert estate.ids("instances") == [2, 4, 5, 6, 7, 8]
    assert not done.more


def test_a_host_takes_its_own(estate: Estate) -> None:
    """Tables whose policy names no host are left to a run without one."""
    rows = [instance(n) for n in range(1, 7)]
    fill(estate.target, {"instances": rows, "volumes": [volume(1, None)]})
    done = estate(host="h1").run()

    assert took(done) == {"instances": 3}
    assert estate.ids("instances") == [2, 4, 6]


def test_limits(estate: Estate) -> None:
    """No more rows than asked, and no tree in parts for it; nothing begins after the time."""
    fill(
        estate.target,
        {
            "instances": [instance(n) for n in range(1, 5)],
            "volumes": [volume(n, n % 3 + 1) for n in range(1, 7)],
        },
    )
    mine = estate(policies={n: POLICIES[n] for n in ("instances", "volumes")})
    mine = mine.with_policy("volumes", after=None)
    trees = mine(host="h1"), mine(host="h0")
    done = trees[0].run(Settings(max_rows=4))
    assert took(done) == {"instances": 1, "volumes": 2}
    assert done.more
    assert "3 rows" in (done.stopped or "")
    assert trees[1].run(Settings(max_rows=1)).rows == 1
    assert trees[1].run(Settings(time_budget=0.0)).rows == 0
    assert trees[1].run(stop=lambda: True).stopped
    assert mine.run().rows == 6


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_rows_under_lock(estate: Estate) -> None:
    """Who has a row under lock is waited for a moment; all others go, and another run is due."""
    rows = [instance(n) for n in range(1, 30)]
    fill(estate.target, {"instances": rows, "volumes": [volume(1, 7)]})
    locks = (
        "UPDATE instances SET host = 'x' WHERE id = 3",
        "UPDATE volumes SET deleted_at = deleted_at WHERE id = 1",
    )
    with under_lock(estate.target, *locks):
        done = estate.run()
        assert took(done) == {"instances": 27}
        assert done.more
    assert estate.ids("instances") == [3, 7]
    assert estate.run().rows == 3


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_file_under_lock(estate: Estate) -> None:
    """Where one writer has the whole database, the run gives up after its time."""
    fill(estate.target, {"instances": [instance(n) for n in range(1, 30)]})
    lock = "UPDATE instances SET host = 'x' WHERE id = 3"
    with under_lock(estate.target, lock), pytest.raises(LockNotFree):
        estate.run(HURRIED)
    assert estate.run().rows == 29


def test_two_runners(estate: Estate) -> None:
    """Each row goes once, whoever takes it."""
    fill(
        estate.target,
        {
            "instances": [instance(n) for n in range(1, 121)],
            "volumes": [volume(n, n) for n in range(1, 121)],
            "tags": [(n, "a") for n in range(1, 121)],
        },
    )
    url = estate.target.pool.url.render_as_string(hide_password=False)
    done: list[int] = []

    def work() -> None:
        own = connect(url)
        while (found := estate(target=own).run(Settings(chunk_rows=4))).more or found.rows:
            done.append(found.rows)
        own.pool.dispose()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(done) == 360
    assert [estate.ids(name) for name in ("instances", "volumes")] == [[], []]


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_key_without_index(estate: Estate) -> None:
    """Named, since each batch reads the whole child table."""
    found = {(b.child.name, b.columns) for b in unindexed(estate.kinds.forest)}
    assert {("volumes", ("uuid",)), ("logs", ("volume",))} <= found
    assert ("tags", ("volume",)) not in found
