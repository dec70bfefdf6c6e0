"""Each write of the journal is needed: without it, one of the other tests fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection

from falsework.engines.connect import Target
from falsework.migrate import State
from falsework.migrate.lease import Lease
from falsework.migrate.record import Recorder
from falsework.model.plan import Phase
from tests.migrate import test_drift, test_fills, test_gate, test_run, test_runners, test_trouble
from tests.migrate.conftest import reach
from tests.migrate.test_crash import kill_at_every_event
from tests.servers import Server

Patch = Callable[[pytest.MonkeyPatch], None]
Check = Callable[[Server], None]


def no_entry(state: State) -> Patch:
    """The journal gets no line of this state."""
    write = Recorder.entry

    def entry(
        self: Recorder, connection: Connection, plan: int, written: State, **more: Any
    ) -> None:
        if written is not state:
            write(self, connection, plan, written, **more)

    return lambda patch: patch.setattr(Recorder, "entry", entry)


def without(owner: type, name: str, result: object = None) -> Patch:
    """A method that does nothing."""

    def nothing(*_: object, **__: object) -> object:
        return result

    return lambda patch: patch.setattr(owner, name, nothing)


def on_a_fresh_database(test: Callable[[Target], None]) -> Check:
    def check(server: Server) -> None:
        with server.fresh() as url:
            target = reach(server, url)
            try:
                test(target)
            finally:
                target.pool.dispose()

    return check


def kills(phase: Phase) -> Check:
    def check(server: Server) -> None:
        kill_at_every_event(server, phase)

    return check


def the_first_fill(target: Target) -> None:
    test_fills.test_a_wrong_fill(target, "a ||")


line_by_line = on_a_fresh_database(test_run.test_the_journal_line_by_line)
standing = on_a_fresh_database(test_run.test_the_journal_says_where_it_stands)
successor = on_a_fresh_database(test_runners.test_a_successor_waits_for_the_commit)
rebuilt = on_a_fresh_database(test_trouble.test_an_index_that_was_not_finished_is_built_again)
frozen = on_a_fresh_database(test_runners.test_a_frozen_runner_is_fenced)

MUTATIONS: dict[str, tuple[str, Patch, Check]] = {
    "no line 'plan stored'": ("sqlite", no_entry(State.PLAN_STORED), line_by_line),
    "no line 'phase begun'": ("sqlite", no_entry(State.PHASE_BEGUN), line_by_line),
    "no line 'started'": ("sqlite", no_entry(State.STARTED), line_by_line),
    "no line 'done'": ("sqlite", no_entry(State.DONE), line_by_line),
    "no line 'found'": ("sqlite", no_entry(State.FOUND), kills(Phase.EXPAND)),
    "no line 'phase finished'": ("sqlite", no_entry(State.PHASE_FINISHED), line_by_line),
    "no line 'plan finished'": ("sqlite", no_entry(State.PLAN_FINISHED), line_by_line),
    "no line 'failed'": ("sqlite", no_entry(State.FAILED), on_a_fresh_database(the_first_fill)),
    "no line 'repaired'": ("postgresql18", no_entry(State.REPAIRED), rebuilt),
    "no line 'plan superseded'": (
        "sqlite",
        no_entry(State.PLAN_SUPERSEDED),
        on_a_fresh_database(test_run.test_another_plan_waits_for_the_first),
    ),
    "no plan": ("sqlite", without(Recorder, "store_plan", 1), standing),
    "no release": ("sqlite", without(Recorder, "store_release", 1), standing),
    "no release adopted": (
        "sqlite",
        without(Recorder, "store_release", 1),
        on_a_fresh_database(test_gate.test_adopt_records_what_a_release_owns),
    ),
    "no picture": ("sqlite", without(Recorder, "picture"), standing),
    "no progress row": ("sqlite", without(Recorder, "begin_progress"), standing),
    "no progress": ("sqlite", without(Recorder, "progress"), kills(Phase.MIGRATE)),
    "no progress told": ("sqlite", without(Recorder, "progress"), standing),
    "no fence": ("postgresql18", without(Recorder, "fence"), successor),
    "no look at the lock": ("sqlite", without(Lease, "take"), frozen),
    "no heartbeat": (
        "sqlite",
        without(Lease, "beat"),
        on_a_fresh_database(test_runners.test_a_lease_is_kept_alive),
    ),
    "no digest": (
        "sqlite",
        lambda patch: patch.setattr("falsework.migrate.executor._kept", lambda j: j.picture),
        on_a_fresh_database(test_drift.test_a_journal_changed_by_hand),
    ),
}


@contextmanager
def mutated(mutation: Patch) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        mutation(patch)
        yield


@pytest.mark.rotates(2)
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("server", "name"),
    [(server, name) for name, (server, _, _) in MUTATIONS.items()],
    indirect=["server"],
)
def test_a_test_fails(server: Server, name: str) -> None:
    """A runner that leaves this out is found out."""
    _, mutation, check = MUTATIONS[name]

    with mutated(mutation), pytest.raises((Exception, pytest.fail.Exception)):
        check(server)
