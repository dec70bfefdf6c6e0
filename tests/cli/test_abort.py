"""``db-abort``: what an upgrade did is taken back, and what cannot be is said before."""

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.cli.conftest import Cli


def begun(cli: Cli, url: str, *, migrated: bool = True) -> None:
    """An upgrade in its window."""
    assert cli("adopt", "--release", "A", "--yes", url=url).code == 0
    assert cli("expand", "--yes").code == 0
    if migrated:
        assert cli("migrate", "--yes").code == 0


def tell(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def shape(url: str) -> dict[str, list[tuple[str, str]]]:
    """The application's tables with their columns and types; a collation may be spelled out."""
    engine = create_engine(url)
    look = inspect(engine)
    found = {
        name: [(c["name"], str(c["type"]).partition(" ")[0]) for c in look.get_columns(name)]
        for name in look.get_table_names()
        if not name.startswith("falsework_")
    }
    engine.dispose()
    return found


def test_an_upgrade_taken_back(cli: Cli, filled: str) -> None:
    """The schema is A's again, A owns it, and the upgrade can be planned again."""
    assert "nothing to take back" in cli("abort", "--yes", url=filled).out
    start = shape(filled)
    begun(cli, filled)
    assert shape(filled) != start

    dry = cli("abort", "--dry-run")
    assert dry.code == 0, dry
    assert "WAY BACK" in dry.out
    assert "A  after steps" in dry.out
    assert "people.email: the values that" in " ".join(dry.out.split())
    assert shape(filled) != start

    back = cli("abort", "--yes")
    assert back.code == 0, back
    assert "The upgrade is taken back" in back.out
    assert shape(filled) == start
    assert "release   A" in cli("status").out
    assert cli("status", "--check").code == 2
    assert "nothing to take back" in cli("abort", "--yes").out
    assert cli("expand", "--yes").code == 0


def test_rows_of_b_in_the_way(cli: Cli, filled: str) -> None:
    """They are counted before anything is written; what B alone has goes only if said."""
    begun(cli, filled)
    before = shape(filled)
    tell(filled, "INSERT INTO people VALUES (90, 'a name of more than twenty letters', 'e90', 1)")
    cli("abort", "--yes").refuses(2, "more than 20 characters in name: 1")
    assert shape(filled) == before
    assert cli("status", "--check").code == 4, "nothing has changed"

    tell(filled, "DELETE FROM people WHERE id = 90", "INSERT INTO notes VALUES (1, 5, 'x')")
    cli("abort", "--yes").refuses(2, "would lose what is in notes", "--lose notes")
    assert cli("abort", "--yes", "--lose", "notes").code == 0
    assert list(shape(filled)) == ["people"]


def test_it_goes_on_where_it_was(cli: Cli, filled: str) -> None:
    """Broken off, it is the one thing that is due; the phases stand aside until it is done."""
    start = shape(filled)
    begun(cli, filled, migrated=False)
    stopped = cli("abort", "--yes", "--time-budget", "0.001ms")
    assert stopped.code == 1, stopped

    assert "due       db-abort" in cli("status").out
    for phase in ("expand", "migrate", "contract"):
        cli(phase, "--yes").refuses(2, "db-abort has begun to take it back")
    assert cli("abort", "--yes").code == 0
    assert shape(filled) == start


def test_past_the_way_back(cli: Cli, filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once contract has begun to drop what A needs, only the way ahead is left."""
    begun(cli, filled)
    tell(filled, "INSERT INTO people VALUES (91, 'double', 'e5', 1)")
    contract = cli("contract", "--yes", "--lose", "people.shoe")
    assert contract.code == 2, "rows stand in the way of its unique key"
    assert cli("abort", "--yes").code == 0, "nothing of contract has run"

    tell(filled, "DELETE FROM people WHERE id = 91")
    begun(cli, filled)
    with monkeypatch.context() as patched:
        patched.setattr("falsework.migrate.executor._finish", _no_end)
        assert cli("contract", "--yes", "--lose", "people.shoe").code != 0
    cli("abort", "--yes").refuses(2, "there is no way back any more", "db-contract")
    assert cli("contract", "--yes", "--lose", "people.shoe").code == 0


def _no_end(*_: object) -> None:
    raise KeyboardInterrupt
