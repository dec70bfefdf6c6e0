"""Comments of any content are read as they were written, and written as they were meant."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from falsework.engines.connect import connect
from falsework.engines.declared import declared
from falsework.errors import ConfigError
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.migrate import Settings, run
from falsework.model.intent import Declared
from falsework.model.plan import Phase
from falsework.model.policy import Policy
from falsework.model.schema import Schema
from tests.servers import Server

TEXTS = {
    "quotes": "it's \"so\" `really` ''",
    "backslashes": "a\\b \\n \\' \\\\ \\",
    "percent signs": "100 % %s %(a)s %%",
    "parameters": "? :b $1 {x} \\:c",
    "lines": "one\ntwo\r\n\tthree\n",
    "letters": "äß é \u20ac \u0416",
    "emoji": "\U0001f680 up",
    "empty": "",
    "white space": "  around ",
    "code": "'; DROP TABLE t; -- /* x */ # y",
    "words": "ENGINE=MyISAM, CHARSET=latin1 COLLATE=latin1_bin INVISIBLE ON UPDATE x DEFAULT 1",
    "the longest": "x" * 1024,
}
COMMENTLESS = {"sqlite"}


def models(**texts: str | None) -> sa.MetaData:
    """A table for each text, said of it and of its columns."""
    metadata = sa.MetaData()
    for name, text in texts.items():
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True, comment=text),
            sa.Column("a", sa.String(20), server_default="x", comment=text),
            sa.Column("b", sa.Integer, nullable=False, index=True, comment=text),
            comment=text,
        )
    return metadata


def read(url: str, metadata: sa.MetaData, *, create: bool = False) -> tuple[Schema, Declared]:
    target = connect(url)
    with target.pool.begin() as connection:
        if create:
            metadata.create_all(connection)
        live = target.driver.read(connection, [target.schema])
        said = declared(metadata, target.driver, connection.dialect, target.schema, live=live)
    target.pool.dispose()
    return live, said


def upgrade(url: str, metadata: sa.MetaData, owned: Schema) -> tuple[str, ...]:
    """Bring the database to the models; the notes of the plan."""
    live, said = read(url, metadata)
    target = connect(url)
    plan = make_plan(Upgrade(live, said, target.server, {}, owned, Policy()), target.schema)
    assert plan.refusals == ()
    for phase in Phase if plan.steps else ():
        run(target, plan if phase is Phase.EXPAND else None, phase, Settings(), lambda _: None)
    target.pool.dispose()
    return plan.notes


@pytest.mark.parametrize("text", TEXTS)
def test_read_as_create_all_wrote_them(database: str, text: str) -> None:
    """Nothing differs, and nothing else is taken for an option or an attribute."""
    live, said = read(database, models(t=TEXTS[text]), create=True)

    assert said.unsupported == ()
    assert said.schema == live


@pytest.mark.rotates(3)
@pytest.mark.parametrize("text", TEXTS)
def test_written_as_the_models_say(server: Server, text: str) -> None:
    """Each comes, becomes another and goes; tables and columns may come with one."""
    with server.fresh() as url:
        plain, _ = read(url, models(t=None, u="old"), create=True)
        wanted = models(t=TEXTS[text], u=TEXTS[text], v=TEXTS[text])
        for name in ("t", "u"):
            wanted.tables[name].append_column(sa.Column("c", sa.Integer, comment=TEXTS[text]))
        assert upgrade(url, wanted, plain) == ()
        now, said = read(url, wanted)
        assert now == said.schema
        bare = models(t=None, u=None, v=None)
        for name in ("t", "u"):
            bare.tables[name].append_column(sa.Column("c", sa.Integer))
        upgrade(url, bare, now)
        then, said = read(url, bare)
        assert then == said.schema


def test_somebody_elses_stay(server: Server) -> None:
    """What no release said is left alone, with a note for each."""
    with server.fresh() as url:
        live, _ = read(url, models(t="an operator's"), create=True)
        unowned, _ = read(url, models(t=None))
        notes = upgrade(url, models(t=None), Schema())
        after, _ = read(url, models(t=None))

    assert after == live == unowned
    assert len(notes) == (0 if server.engine in COMMENTLESS else 4)
    assert all(n.endswith("its comment: the models have none: left alone") for n in notes)


def test_too_long(server: Server) -> None:
    """Said before it runs, with the limit."""
    if server.engine not in ("mysql", "mariadb"):
        pytest.skip("there is no limit")
    long: dict[str, Any] = {"comment": "y" * 1025}
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer, **long))
    with server.fresh() as url, pytest.raises(ConfigError, match=r"1025 .* 1024"):
        read(url, table.metadata)
    other = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), comment="y" * 2049)
    with server.fresh() as url, pytest.raises(ConfigError, match=r"2049 .* 2048"):
        read(url, other.metadata)
