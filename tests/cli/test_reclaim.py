"""``db-reclaim`` from the outside: what it says, asks, refuses and ends with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, func, select, text

from tests.cli.conftest import Cli
from tests.cli.estate import declared

MODELS = "tests.cli.estate:declared"
NOW = datetime.now(UTC).replace(tzinfo=None)


def estate_file(folder: Path) -> str:
    """A file with 20 instances with two faults each; 8 may go, one is busy, and one is held."""
    url = f"sqlite:///{folder / 'estate.db'}"
    engine = create_engine(url)
    declared.create_all(engine)
    instances, faults = (declared.tables[name] for name in ("instances", "faults"))
    rows = [
        {
            "id": n,
            "host": f"h{n % 2}",
            "task_state": "resizing" if n == 10 else None,
            "deleted": n if n < 15 else 0,
            "deleted_at": NOW - timedelta(days=100 if n < 11 else 10) if n < 15 else None,
        }
        for n in range(1, 21)
    ]
    with engine.begin() as connection:
        connection.execute(instances.insert(), rows)
        connection.execute(
            faults.insert(), [{"id": n, "instance_id": n % 20 + 1} for n in range(40)]
        )
        for number, name in enumerate(("snapshots", "audits"), 1):
            connection.execute(declared.tables[name].insert(), {"id": 1, "instance_id": number})
    engine.dispose()
    return url


@pytest.fixture
def url(tmp_path: Path, cli: Cli) -> str:
    made = estate_file(tmp_path)
    cli("config", url=made, models=MODELS)
    return made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    made.dispose()


def rows(engine: Engine) -> int:
    counts = [select(func.count()).select_from(table) for table in declared.sorted_tables]
    with engine.connect() as connection:
        return sum(connection.scalar(count) or 0 for count in counts)


def test_the_whole_of_it(cli: Cli, engine: Engine) -> None:
    """A dry run says what goes and writes nothing; the run takes that; the next finds nothing."""
    before = rows(engine)
    dry = cli("reclaim", "--dry-run", "--json")
    assert (dry.code, rows(engine)) == (0, before)
    done = cli("reclaim", "--yes", "--once", "--json")
    assert (done.code, before - rows(engine)) == (0, 24)
    assert {dry.document["rows"], done.document["rows"]} == {24}
    assert done.document["reclaimed"][0]["rows"] == {"main.faults": 16, "main.instances": 8}
    again = cli("reclaim", "--yes")
    assert again.code == 0
    assert "took 0 rows" in again.out


@pytest.mark.usefixtures("url")
def test_what_it_says(cli: Cli) -> None:
    """Per tree and table; what makes it slow; that nothing was written."""
    said = cli("reclaim", "--dry-run", "--older-than", "2000-01-01")
    assert "main.instances: 0 trees, 0 rows" in said.out
    said = cli("reclaim", "--dry-run", "--older-than", "5d")
    for words in (
        "main.instances: 12 trees, 36 rows",
        "24 of main.faults",
        "no index of main.faults begins with (instance_id)",
        "36 rows in all. Dry run: nothing was written.",
    ):
        assert words in said.out
    ahead = cli("reclaim", "--yes", "--older-than", "2000-01-01")
    assert "rows of main.instances marked deleted by 2000-01-01 00:00:00 UTC" in ahead.err


def test_limits_end_with_1(cli: Cli, engine: Engine) -> None:
    """A scheduler calls it again; a host takes its own."""
    before = rows(engine)
    said = cli("reclaim", "--yes", "--max-rows", "6", "--json")
    assert (said.code, said.document["more"], before - rows(engine)) == (1, True, 6)
    assert cli("reclaim", "--yes", "--time-budget", "0.001ms", "-q").code == 1
    assert cli("reclaim", "--yes", "--host", "h0", "--dry-run", "--json").document["rows"] == 9
    assert cli("reclaim", "--yes", "-q").code == 0


def test_nobody_said_yes(cli: Cli, engine: Engine) -> None:
    """Without a terminal it takes --yes."""
    before = rows(engine)
    said = cli("reclaim")
    assert (said.code, rows(engine)) == (2, before)
    assert "db-reclaim --yes, once db-reclaim --dry-run" in said.err


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("silent", 78, "db-reclaim --suggest proposes some"),
        ("without_age", 78, "db-reclaim --older-than 90d"),
        ("without_age --host h1 --older-than 1d", 78, "leave --host out"),
        ("wrong --older-than 1d", 78, "names a column deletet"),
        ("declared --older-than 2999-01-01", 64, "still to come"),
        ("declared --older-than 999999999d", 64, "beyond the first year"),
    ],
)
def test_what_cannot_be(cli: Cli, engine: Engine, command: str, code: int, words: str) -> None:
    """Refused with what to write; nothing is touched."""
    before = rows(engine)
    models, *args = command.split()
    said = cli("reclaim", "--yes", *args, models=f"tests.cli.estate:{models}")
    said.refuses(code, words)
    assert rows(engine) == before


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("value", ["soon", "-1d", "0", "2026-13-01", "inf", ""])
def test_ages_that_are_none(cli: Cli, value: str) -> None:
    """A usage error names what is taken."""
    said = cli("reclaim", "--yes", "--older-than", value)
    assert said.code == 64
    assert "write a" in said.err


@pytest.mark.usefixtures("url")
def test_policies_of_the_configuration(cli: Cli, tmp_path: Path) -> None:
    """They need no models; what --suggest proposes can be taken as it is."""
    cli("config", models=" ")
    proposed = cli("reclaim", "--suggest")
    assert proposed.code == 0
    (tmp_path / "falsework.toml").write_text(proposed.out)
    said = cli("reclaim", "--yes", "--json")
    assert (said.code, said.document["rows"]) == (0, 24)
    assert "No table without a policy" in cli("reclaim", "--suggest").out


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[soft_delete.gone]\nafter = '1d'", "no table has that name"),
        ("[soft_delete.instances]\nidle = 'x'\nafter = '1d'", "the server refused it"),
        ("[soft_delete.instances]\ntakes = ['gone']\nafter = '1d'", "it is not there"),
        ("[soft_delete.instances]\nat = 'host'\nafter = '1d'", "host holds no time"),
    ],
)
def test_policies_that_do_not_fit(
    cli: Cli, engine: Engine, tmp_path: Path, toml: str, words: str
) -> None:
    """An error, and nothing goes."""
    before = rows(engine)
    (tmp_path / "falsework.toml").write_text(toml)
    said = cli("reclaim", "--yes", models=" ")
    assert said.code in (2, 78)
    assert words in said.err
    assert rows(engine) == before


@pytest.mark.usefixtures("url")
def test_a_dry_run_cannot_write(cli: Cli) -> None:
    """Every transaction of it is one that cannot."""
    seen: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", look)
    try:
        assert cli("reclaim", "--dry-run").code == 0
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert "BEGIN IMMEDIATE" not in seen
    assert any(s == "BEGIN" for s in seen)


def test_a_table_of_an_operator(cli: Cli, engine: Engine) -> None:
    """A foreign key that the models do not know counts all the same."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (i integer REFERENCES instances (id))"))
        connection.execute(text("INSERT INTO mine VALUES (3)"))
    said = cli("reclaim", "--yes", "--json")
    assert said.document["rows"] == 21
    mine, _snapshots = said.document["reclaimed"][0]["held"]
    assert (mine["trees"], mine["sample"]) == (1, [["3"]])
    assert "rows of main.mine refer to it" in mine["reason"]
