"""How a server spelled a text of the models, as the journal keeps it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tests.cli.conftest import Cli, Said
from tests.cli.test_scratch import REMOTE
from tests.servers import Server

engine = "postgresql"  # whose texts the models below have; each test says which


def _models(number: int) -> sa.MetaData:
    """Texts that no normaliser knows again, each with the number somewhere in it."""
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer),
    )
    if engine == "postgresql":
        for column in (
            sa.Column("d", sa.Interval, server_default=f"{number} day 1 hour"),
            sa.Column("j", postgresql.JSONB, server_default=f'{{"b":{number},"a":0}}'),
            sa.Column(
                "x", sa.Integer, sa.Computed(f"n + extract(day from '{number} d'::interval)")
            ),
        ):
            table.append_column(column)
        text = f"n <> all (string_to_array('{number},' || '2', ',')::int[])"
        where = table.c.n + sa.func.nullif(sa.literal(number), 2) > 0
        sa.Index("ix_t_n", table.c.n, postgresql_where=where)
    else:
        text = f"n like '{number}_' escape '|'"
        written = f"concat(n, cast({number} as char(5))) collate utf8mb4_bin"
        table.append_column(sa.Column("x", sa.String(30), sa.Computed(written)))
    table.append_constraint(sa.CheckConstraint(text, name="ck_t_n"))
    return metadata


def first() -> sa.MetaData:
    """What release A says."""
    return _models(1)


def second() -> sa.MetaData:
    """The same with other words in every text."""
    return _models(3)


def other() -> sa.MetaData:
    """Another release's, with a column more."""
    metadata = _models(3)
    metadata.tables["t"].append_column(sa.Column("more", sa.Integer))
    return metadata


FIRST, SECOND, OTHER = (f"tests.cli.test_recorded:{name}" for name in ("first", "second", "other"))


def unsure(*said: Said) -> bool:
    """Whether one of them says that texts cannot be compared; lines are folded anywhere."""
    return any("cannot be compared" in " ".join((s.out + s.err).split()) for s in said)


@pytest.mark.parametrize("server", REMOTE, indirect=True)
def test_what_falsework_wrote_is_known(
    cli: Cli, server: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal as long as the models say the same; other words are a change, and known afterwards."""
    monkeypatch.setattr("tests.cli.test_recorded.engine", server.engine)
    assert cli("sync", "--yes", url=database, models=FIRST).code == 0

    equal, changed = cli("plan"), cli("plan", models=SECOND)

    assert "Nothing to do" in equal.out
    assert not unsure(equal, changed)
    texts = {"postgresql": ("d/default", "j/default", "x/expression", "fw_ix_t_n/")}
    for step in (*texts.get(server.engine, ("x/expression",)), "ck_t_n/add-check"):
        assert step in changed.out
    done = cli("sync", "--yes", "--offline")
    assert done.code == 0, done.err
    again = cli("plan")
    assert "Nothing to do" in again.out
    assert not unsure(again)


@pytest.mark.parametrize("server", ["postgresql18", "mysql"], indirect=True)
def test_what_was_adopted_is_known(
    cli: Cli, server: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the models that made it; adopting it with a later release's tells nothing."""
    monkeypatch.setattr("tests.cli.test_recorded.engine", server.engine)
    pool = sa.create_engine(database)
    first().create_all(pool)
    pool.dispose()
    adopt = ("adopt", "--yes", "--release", "A")

    assert not unsure(cli(*adopt, url=database, models=OTHER))
    assert unsure(cli("plan", models=FIRST))
    said = cli(*adopt)
    assert unsure(said)
    equal, changed = cli("plan"), cli("plan", models=SECOND)

    assert "Nothing to do" in equal.out
    assert not unsure(equal, changed)
    assert "ck_t_n/add-check" in changed.out


def begun() -> sa.MetaData:
    """Release A and one table more, whose text no normaliser knows."""
    metadata = _models(1)
    day = sa.Column("d", sa.Interval, server_default="1 day 1 hour")
    sa.Table("u", metadata, sa.Column("id", sa.Integer, primary_key=True), day)
    return metadata


def begun_otherwise() -> sa.MetaData:
    """The same, begun, and yet another column."""
    metadata = begun()
    metadata.tables["t"].append_column(sa.Column("more", sa.Integer))
    return metadata


@pytest.mark.parametrize("server", ["postgresql18"], indirect=True)
def test_what_a_superseded_plan_wrote_is_known(cli: Cli, server: Server, database: str) -> None:
    """The plan that takes its place has no doubt of it, nor has the next one."""
    assert server.engine == engine
    first, second = (f"tests.cli.test_recorded:{n}" for n in ("begun", "begun_otherwise"))
    assert cli("sync", "--yes", url=database, models=FIRST).code == 0
    assert cli("expand", "--yes", models=first).code == 0

    anew = cli("plan", "--anew", models=second)
    assert "t.more/add" in anew.out
    assert not unsure(anew)
    assert cli("expand", "--yes", "--supersede").code == 0
    assert cli("sync", "--yes", "--offline").code == 0
    assert not unsure(cli("plan"))
