"""An upgrade from its first question to its end, as an operator types it."""

import re

import pytest
from sqlalchemy import Column, Integer, MetaData, create_engine, inspect, text

from falsework.errors import Interrupted
from tests.cli.conftest import Cli
from tests.cli.small import b, keyed
from tests.servers import Server

# What makes others wait for its whole run; on the newest MariaDB nothing does.
BLOCKING = {
    "sqlite": "no_fill",
    "postgresql16": "no_fill",
    "postgresql18": "no_fill",
    "mysql": "checked",
    "mariadb1011": "checked",
}


def test_an_upgrade(cli: Cli, filled: str) -> None:
    """Adopt, plan, check, expand, migrate, contract: each says what it did and what is next."""
    assert cli("adopt", "--release", "A", "--yes", url=filled).code == 0
    plan = cli("plan", "--out", "plan.json")
    assert plan.code == 0
    assert "UPGRADE PLAN" in plan.out
    assert "Next: db-check" in plan.out
    assert cli("plan", "--check").code == 1
    check = cli("check")
    assert check.code == 1, check
    assert "2 rows hold NULL in email" in check.out
    assert "29 rows hold a value in shoe" in check.out
    assert cli("status", "--check").code == 2

    expand = cli("expand", "--plan", "plan.json", "--yes")
    assert expand.code == 0, expand
    assert "db-expand is done" in expand.out
    again = cli("expand", "--plan", "plan.json", "--yes")
    assert (again.code, "was done before" in again.out) == (0, True)
    assert cli("expand", "--yes").code == 0, "without the file, too"
    assert cli("status", "--check").code == 3
    cli("contract", "--yes").refuses(2, "db-migrate")

    migrate = cli("migrate", "--yes")
    assert migrate.code == 0
    assert "2 rows filled" in migrate.out
    assert cli("status", "--check").code == 4
    cli("contract", "--yes").refuses(2, "would lose what is in people.shoe", "--lose people.shoe")
    contract = cli("contract", "--yes", "--release", "B", "--lose", "people.shoe")
    assert contract.code == 0
    assert "people.shoe: 29 rows hold a value in shoe" in contract.err
    assert "The upgrade is complete" in contract.out

    assert cli("status", "--check").code == 0
    assert "release   B" in cli("status").out
    nothing = cli("plan", "--check")
    assert (nothing.code, "Nothing to do" in nothing.out) == (0, True)
    assert "Nothing to do" in cli("expand", "--yes").out
    assert cli("check").code == 0
    engine = create_engine(filled)
    with engine.connect() as connection:
        emails = connection.scalars(text("SELECT email FROM people ORDER BY id LIMIT 3")).all()
    assert emails == ["none-1", "none-2", "e3"]
    engine.dispose()


def test_sync_fills_an_empty_database(cli: Cli, database: str) -> None:
    """db-expand sends there, db-sync makes everything and records who owns it."""
    cli("expand", "--yes", url=database).refuses(2, "the database is empty", "db-sync")
    assert "Next: db-sync" in cli("plan").out
    done = cli("sync", "--yes", "--release", "B")
    assert done.code == 0, done
    assert cli("status", "--check").code == 0
    engine = create_engine(database)
    assert {"people", "notes"} <= set(inspect(engine).get_table_names())
    engine.dispose()
    assert cli("sync", "--yes", "--offline").code == 0


def test_sync_of_a_database_in_use_needs_offline(cli: Cli, filled: str) -> None:
    """Only the operator's word that nothing runs lifts what protects a running application."""
    cli("sync", "--yes", url=filled).refuses(2, "not empty", "db-sync --offline")
    cli("adopt", "--release", "A", "--yes")
    cli("sync", "--yes", "--offline").refuses(2, "--lose people.shoe")
    assert cli("sync", "--yes", "--offline", "--lose", "people.shoe").code == 0
    assert cli("status", "--check").code == 0


def test_no_steps_are_left_out_of_a_migrate_in_pieces(cli: Cli, filled: str) -> None:
    """A budget ends the phase with exit code 1, and calling again goes on."""
    cli("expand", "--yes", url=filled)
    first = cli("migrate", "--yes", "--max-rows", "1")
    assert (first.code, first.out) == (1, ""), first
    assert "call it again" in first.err
    assert "db-migrate: db-migrate" not in first.err
    assert cli("migrate", "--yes").code == 0


def test_a_plan_of_other_models_is_another_upgrade(cli: Cli, filled: str) -> None:
    """Once begun, an upgrade is ended or superseded, never mixed with the next one."""
    assert cli("expand", "--yes", url=filled).code == 0
    other = "tests.cli.small:no_fill"
    cli("plan", models=other).refuses(2, "other models", "--supersede")
    cli("expand", "--yes", models=other).refuses(2, "other models")
    assert cli("plan", "--anew", models=other).code == 0
    assert cli("expand", "--supersede", "--yes", models=other).code == 0


def test_interrupted(cli: Cli, filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends a run early is told with exit code 1, also as JSON."""

    def stop(*_args: object, **_more: object) -> None:
        raise Interrupted("stopped; call it again")

    monkeypatch.setattr("falsework.cli.phases.run", stop)
    said = cli("expand", "--yes", "--json", url=filled)
    assert said.code == 1
    assert said.document["stopped"] == "stopped; call it again"


def test_a_breach_can_be_accepted(cli: Cli, database: str) -> None:
    """A key whose drop breaks A's upserts: refused, until the operator accepts that step."""
    engine = create_engine(database)
    keyed.create_all(engine)
    engine.dispose()
    models = "tests.cli.small:unkeyed"
    assert cli("adopt", "--release", "A", "--yes", url=database, models=models).code == 0
    plan = cli("plan")
    assert plan.code == 2
    accepted = re.findall(r"--accept\s+\S+", plan.out)[0].split()
    again = cli("plan", *accepted)
    assert again.code == 0, again
    assert cli("expand", "--yes").code == 2
    assert cli("expand", "--yes", *accepted).code == 0


@pytest.mark.parametrize("server", BLOCKING, indirect=True)
def test_a_long_block_can_be_allowed(cli: Cli, server: Server, filled: str) -> None:
    """A step that would block for longer than the budget: refused, until it is allowed by name."""
    engine = create_engine(filled)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        table = " TABLE people" if engine.dialect.name in ("mysql", "mariadb") else ""
        connection.execute(text(f"ANALYZE{table}"))  # only then the server knows how many rows
    engine.dispose()
    budget = ("--lock-budget", "0.0001ms")
    plan = cli("plan", *budget, url=filled, models=f"tests.cli.small:{BLOCKING[server.name]}")
    assert plan.code == 2
    assert "the lock budget is" in plan.out
    allowed = re.findall(r"--allow-downtime\s+\S+", plan.out)[0].split()
    assert cli("plan", *budget, *allowed).code == 0
    assert cli("expand", "--yes", *budget).code == 2
    assert cli("expand", "--yes", *budget, *allowed).code == 0


def test_a_slip_of_the_hand_is_no_decision(cli: Cli, filled: str) -> None:
    """A name that nothing has is refused; it must not look as if it had been heard."""
    cli("adopt", "--release", "A", "--yes", url=filled)
    for option in ("--accept", "--allow-downtime"):
        plan = cli("plan", option, "people.shoe/dorp")
        assert plan.code == 2, plan
        assert f"{option} names no step of this plan" in _joined(plan.out)
    assert cli("expand", "--yes").code == 0
    assert cli("migrate", "--yes").code == 0
    cli("contract", "--yes", "--lose", "shoe").refuses(2, "names no drop", "people.shoe")


def test_what_nobody_owns_may_not_break_b(cli: Cli, database: str) -> None:
    """A NOT NULL column that B does not write fails its INSERTs: a refusal, not a note."""
    engine = create_engine(database)
    theirs = MetaData()
    people = b.tables["people"].to_metadata(theirs)
    people.append_column(Column("rank", Integer, nullable=False))
    theirs.create_all(engine)
    engine.dispose()
    plan = cli("plan", url=database)
    assert plan.code == 2, plan
    assert "rank is NOT NULL without a default, and no release owns that" in _joined(plan.out)
    accepted = re.findall(r"--accept\s+\S+", plan.out)[0].split()
    again = cli("plan", *accepted)
    assert again.code == 0, again
    assert "accepted: release B's" in _joined(again.out)


def _joined(text: str) -> str:
    """Without the line ends that the page made."""
    return " ".join(text.split())


def test_previous_models_say_what_was_theirs(cli: Cli, filled: str) -> None:
    """Without the journal's word: what they have is dropped, an operator's own column is not."""
    engine = create_engine(filled)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE people ADD COLUMN extra integer"))
    engine.dispose()
    before = cli("plan", url=filled)
    assert "people.shoe/drop" not in before.out
    assert "No release is recorded" in before.out

    plan = cli("plan", "--previous-models", "tests.cli.small:a", "--out", "plan.json")

    assert plan.code == 0
    assert "people.shoe/drop" in plan.out
    assert "No release is recorded" not in plan.out
    assert "people.extra/drop" not in plan.out
    assert "people.extra: the models do not know this column" in " ".join(plan.out.split())
    assert cli("expand", "--plan", "plan.json", "--yes").code == 0
    assert cli("migrate", "--yes").code == 0
    assert cli("contract", "--yes", "--lose", "people.shoe").code == 0
    assert cli("status", "--check").code == 0
