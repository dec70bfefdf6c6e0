"""Rates of a server: measured in a database of their own, written to a file, used by plans."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from falsework.datasets.calibration import calibrate
from falsework.engines.beside import beside
from falsework.engines.connect import connect
from falsework.engines.tls import Tls
from falsework.errors import Interrupted
from tests.cli.conftest import Cli, fill
from tests.servers import Server

MEASURE = ("calibrate", "--out", "rates.json", "--yes", "--time-budget")
RATES = Path("rates.json")


def databases(url: str, server: Server) -> set[str]:
    if server.engine == "sqlite":
        return {path.name for path in Path(make_url(url).database or "").parent.iterdir()}
    engine = create_engine(server.url())
    query = "SELECT datname FROM pg_database" if server.engine == "postgresql" else "SHOW DATABASES"
    with engine.connect() as connection:
        found = {str(name) for (name,) in connection.execute(text(query))}
    engine.dispose()
    return found


def test_a_server_is_measured(cli: Cli, server: Server, filled: str) -> None:
    """Each kind of work, though there is next to no time; nothing is left but the file."""
    before = databases(filled, server)

    said = cli(*MEASURE, "1ms", "--json", url=filled)

    assert said.code == 0, said
    assert {name for name in databases(filled, server) - before if "scratch" in name} == set()
    assert "measuring with 2 000 rows a table" in said.err
    paces = said.document["paces"]
    found = {pace["labour"] for pace in paces}
    assert found >= {"fill", "walk"}, "some of the others is over too soon to be told"
    assert all(0 < pace["slow"] < pace["fast"] for pace in paces)
    assert len({pace["width"] for pace in paces if pace["labour"] == "fill"}) == 2
    file = json.loads(RATES.read_text())
    assert (file["engine"], tuple(file["version"])) == (server.engine, server.version)
    assert [pace["fast"] for pace in file["paces"]] == [pace["fast"] for pace in paces]
    engine = create_engine(filled)
    assert inspect(engine).get_table_names() == ["people"]
    engine.dispose()


@pytest.fixture
def small(sqlite: Server) -> Iterator[str]:
    """A file at release A."""
    with sqlite.fresh() as url:
        engine = create_engine(url)
        fill(engine)
        engine.dispose()
        yield url


def written(**other: object) -> None:
    """A file of rates for this Python's SQLite, with other parts."""
    told = {"engine": "sqlite", "version": [3], "server": "here", "written": "now", "paces": []}
    RATES.write_text(json.dumps({"falsework_rates": 1, **told, **other}))


def rewriting(slow: float) -> list[dict[str, object]]:
    return [
        {"labour": labour, "slow": slow, "fast": 2 * slow}
        for labour in ("scan", "walk", "fill", "build", "rewrite")
    ]


def test_a_plan_goes_by_them(cli: Cli, small: str) -> None:
    """The forecast, its range, the budget for others who wait, and where it comes from."""
    written(paces=rewriting(10.0))

    said = cli("plan", "--rates", str(RATES), "--lock-budget", "1h", url=small)

    assert said.code == 0, said
    assert "rates        falsework calibrate" in said.out
    assert "29 rows, 4.1 kB: reads rows" in said.out
    assert "1.4 s to 2.9 s" in said.out, "29 rows, 10 to 20 a second"
    refused = cli("plan", "--rates", str(RATES), "--lock-budget", "2s")
    assert refused.code == 2
    assert "wait for the whole run: 3 s, and the lock budget is 2 s" in " ".join(
        refused.out.split()
    )


def test_a_recount_goes_by_them(cli: Cli, small: str) -> None:
    """The plan that was within the budget is not, once the table has grown."""
    written(paces=rewriting(10.0))
    plan = ("--rates", str(RATES), "--lock-budget", "3s")
    assert cli("plan", *plan, "--out", "plan.json", url=small).code == 0
    assert cli("expand", "--plan", "plan.json", "--yes").code == 0
    assert cli("migrate", "--yes").code == 0
    engine = create_engine(small)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people (id, name, email) VALUES (99, 'x', 'e99')"))
        connection.execute(text("INSERT INTO people (id, name, email) VALUES (98, 'x', 'e98')"))
    engine.dispose()

    said = cli("contract", "--yes", "--lock-budget", "3s")

    said.refuses(2, "would make others wait for longer than 3 s", "--allow-downtime")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"engine": "oracle"}, "measured on oracle"),
        ({"version": [2, 8]}, "2.8"),
        ({"falsework_rates": 2}, "format 2"),
        ({"paces": [{"labour": "scan", "slow": 0, "fast": 1}]}, "no number of rows"),
        ({"paces": [{"labour": "sleep", "slow": 1, "fast": 1}]}, "sleep"),
        ({"more": 1}, "more"),
    ],
)
def test_rates_that_are_none(cli: Cli, small: str, other: dict[str, object], why: str) -> None:
    """Another server's, a newer format, edited: said before anything is planned with them."""
    written(**other)
    cli("plan", "--rates", str(RATES), url=small).refuses(78, "these rates cannot be used", why)


def test_files_that_are_none(cli: Cli, small: str) -> None:
    """One that is not there, one that is cut short, and none to write to."""
    cli("plan", "--rates", "no.json", url=small).refuses(78, "the rates cannot be read")
    RATES.write_text('{"falsework_rates": 1,')
    cli("plan", "--rates", str(RATES), url=small).refuses(78, "these rates cannot be used")
    assert cli("calibrate", "--yes").code == 64
    assert cli("calibrate", "--yes", "--out", "x", "--time-budget", "soon").code == 64
    said = cli("calibrate", "--yes", "--out", "no/such/folder", "--time-budget", "1ms")
    said.refuses(78, "the file of rates cannot be written")


def test_nobody_said_yes(cli: Cli, small: str) -> None:
    """Without a word nothing is made; a dry run says what would be."""
    cli("calibrate", "--out", str(RATES), url=small).refuses(2, "--yes")
    said = cli("calibrate", "--out", str(RATES), "--dry-run")
    assert (said.code, RATES.exists()) == (0, False)
    assert "nothing was measured" in said.out


@pytest.mark.parametrize("server", ["sqlite", "postgresql18", "mysql"], indirect=True)
def test_a_measurement_that_is_stopped(server: Server, filled: str) -> None:
    """Leaves nothing behind, as one that ends by itself."""
    before = databases(filled, server)
    target = connect(filled)
    asked = iter([False] * 5)

    def stop() -> bool:
        return next(asked, True)

    with (
        pytest.raises(Interrupted),
        beside(target, "url", tls=Tls.VERIFY) as scratch,
    ):
        calibrate(scratch, 60.0, stop=stop, told=lambda _: None)

    target.pool.dispose()
    assert not any("scratch" in name for name in databases(filled, server) - before)


def test_from_the_configuration(cli: Cli, small: str) -> None:
    """The setting names the file for both: the one who measures and the one who plans."""
    Path("falsework.toml").write_text('rates = "rates.json"\n')
    assert cli("calibrate", "--yes", "--time-budget", "1ms", url=small).code == 0
    assert RATES.exists()
    assert cli("plan").code == 0


@pytest.mark.parametrize("server", ["postgresql18", "mysql", "mariadb118"], indirect=True)
def test_a_user_that_may_make_no_database(cli: Cli, server: Server, filled: str) -> None:
    """Says so, with what to use instead; no file is written."""
    url = make_url(filled)
    engine = create_engine(filled)
    postgresql = server.engine == "postgresql"
    name = f"r_{url.database}"
    role = f"ROLE {name} LOGIN" if postgresql else f"USER {name}@localhost IDENTIFIED BY 's'"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE {role}"))
        if not postgresql:
            connection.execute(text(f"GRANT SELECT ON {url.database}.* TO {name}@localhost"))
    theirs = url.set(username=name, password=None if postgresql else "s")
    try:
        shown = theirs.render_as_string(hide_password=False)
        said = cli(*MEASURE, "1ms", url=shown)
        said.refuses(78, "url: no database can be made", "denied")
        assert not RATES.exists()
    finally:
        with engine.begin() as connection:
            connection.execute(
                text(
                    f"DROP {'ROLE' if postgresql else 'USER'} {name}"
                    f"{'' if postgresql else '@localhost'}"
                )
            )
        engine.dispose()
