"""A step that meets the server's own maintenance."""

from collections.abc import Callable

from falsework.engines.connect import connect
from falsework.migrate import Settings, run
from falsework.model.edits import SetNullable
from falsework.model.plan import Phase
from tests.migrate.plans import Story, execute, query, until
from tests.servers import Server

# As slow as it gets: it holds its lock for minutes, as on a table of 500 GB.
SLOW = {
    "autovacuum": "on",
    "autovacuum_naptime": "1s",
    "autovacuum_vacuum_cost_delay": "100ms",
    "autovacuum_vacuum_cost_limit": "1",
    "autovacuum_vacuum_threshold": "100",
}

AT_WORK = (
    "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE a.backend_type = 'autovacuum worker' AND l.relation = 't'::regclass AND l.granted"
)


def test_an_autovacuum_does_not_keep_a_step_from_its_lock(
    own_server: Callable[..., Server],
) -> None:
    """The server cancels it only for somebody who waits for a second; tries of 50 ms never do."""
    server = own_server("postgresql18", **SLOW)
    with server.fresh() as url:
        target = connect(url)
        execute(
            target,
            "CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL)",
            "INSERT INTO t SELECT n, repeat('a', 500) FROM generate_series(1, 50000) n",
            "UPDATE t SET a = repeat('b', 500)",
        )
        told = Story(target)
        loosen = SetNullable(table=told.name("t"), column="a", nullable=True)
        plan = told.add(Phase.EXPAND, "t.a/loosen", loosen).plan()
        until(lambda: bool(query(target, AT_WORK)), 60)

        outcome = run(target, plan, Phase.EXPAND, Settings(lock_wait_seconds=20))

        assert [s.step for s in outcome.steps] == ["t.a/loosen"]
        target.pool.dispose()
