"""Whatever hangs on whatever: what goes is what the dry run said, and no row loses its parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from falsework.migrate import Settings
from tests.migrate.conftest import reach
from tests.migrate.estate import OLD, YOUNG, Estate, build, clear, fill, held, took
from tests.migrate.plans import query
from tests.servers import Server

FEW = 5
MARKS = st.sampled_from([None, OLD, OLD, OLD, YOUNG])
IDS = st.integers(1, FEW)


@pytest.fixture(scope="module")
def estate(sqlite: Server) -> Iterator[Estate]:
    with sqlite.fresh() as url:
        target = reach(sqlite, url)
        yield build(target)
        target.pool.dispose()


@st.composite
def rows(draw: st.DrawFn) -> dict[str, list[tuple[object, ...]]]:
    """Few rows of every table, marked or not, hanging on any other."""

    def marks() -> dict[int, object]:
        return draw(st.dictionaries(IDS, MARKS, max_size=FEW))

    def some(parents: Iterable[int]) -> int | None:
        return draw(st.sampled_from([None, *sorted(parents)]))

    instances, nodes, ends = marks(), marks(), marks()
    busy = draw(st.sets(IDS, max_size=1))
    volumes = marks()
    begins = marks() if ends else {}
    of = {n: some(instances) for n in volumes}
    return {
        "instances": [
            (n, f"u{n}", n if at else 0, at, "x" if n in busy else None, f"h{n % 2}")
            for n, at in instances.items()
        ],
        "volumes": [
            (n, f"u{of[n]}" if of[n] else None, n if at else 0, at) for n, at in volumes.items()
        ],
        "tags": [(n, f"{m}") for n in volumes for m in range(draw(st.integers(0, 3)))],
        "logs": [(n, some(volumes)) for n in draw(st.sets(IDS))],
        "notes": [(n, some(instances)) for n in draw(st.sets(IDS, max_size=1))],
        "nodes": [(n, None, at) for n, at in nodes.items()],
        "parents": [(n, some(nodes)) for n in nodes],
        "ends": [(n, None, at) for n, at in ends.items()],
        "begins": [(n, draw(st.sampled_from(sorted(ends))), at) for n, at in begins.items()],
        "rings": [(n, some(begins)) for n in ends],
    }


@settings(  # shrinking would take minutes: each example runs on a database
    max_examples=60,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=rows(), bound=st.integers(1, 12), chunk=st.integers(1, 6))
def test_what_goes(
    estate: Estate, rows: dict[str, list[tuple[object, ...]]], bound: int, chunk: int
) -> None:
    """As counted, in slices of any size; nothing young, busy or unmarked; no orphan; idempotent."""
    clear(estate.target)
    parents, rings = rows.pop("parents"), rows.pop("rings")
    fill(estate.target, rows)
    with estate.target.pool.begin() as connection:
        for table, column, pairs in (("nodes", "parent", parents), ("ends", "begins", rings)):
            for number, other in pairs:
                connection.exec_driver_sql(
                    f"UPDATE {table} SET {column} = ? WHERE id = ?", (other, number)
                )
    before = estate.all()
    small = Settings(chunk_rows=chunk, tree_rows=bound)
    counted = estate.count(small)
    done = estate.run(small)
    after = estate.all()

    assert took(counted) == took(done)
    assert held(counted) == held(done)
    gone = {name: len(before[name]) - len(after[name]) for name in before}
    assert {name: n for name, n in gone.items() if n} == took(done)
    assert query(estate.target, "PRAGMA foreign_key_check") == []
    kept = {
        "instances": [r for r in before["instances"] if r[3] != _text(OLD) or r[4] is not None],
        "volumes": [r for r in before["volumes"] if r[3] != _text(OLD)],
    }
    for name, some in kept.items():
        assert set(some) <= set(after[name])
    assert estate.run(small).rows == 0
    assert estate.all() == after


def _text(at: object) -> str:
    return str(at)
