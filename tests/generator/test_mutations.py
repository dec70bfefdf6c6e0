"""The crash tests see what they are for: leave something out of the runner, and one fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.generator.child import in_child
from tests.generator.mutants import Mutation, hunt
from tests.generator.mutations import MUTATIONS, NOTHING
from tests.generator.summary import CAUGHT
from tests.servers import Server

Record = Callable[[str, object], None]


@pytest.mark.rotates(3)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_mutated_runner_is_caught(
    mutation: Mutation, newest: Callable[[str], Server], record: Record
) -> None:
    """Some test fails on the runner with one thing left out."""
    server = newest(mutation.engine)
    caught = in_child(lambda: hunt(server, mutation)).result()
    assert caught, f"no test sees that {mutation}"
    record(CAUGHT, f"{mutation}: {caught}")


def test_the_runner_as_it_is_passes(sqlite: Server) -> None:
    """What catches the mutants says nothing of a runner that was only imported anew."""
    assert in_child(lambda: hunt(sqlite, NOTHING)).result() == ""
