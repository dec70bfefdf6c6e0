"""What this release does not manage is named, and the rest of the picture stays true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from falsework.engines.connect import connect
from falsework.engines.declared import declared
from falsework.model.intent import Declared
from falsework.model.schema import Schema, Table
from tests.engines.test_declared import ELSEWHERE
from tests.properties.single import KEYS_INCLUDE
from tests.servers import SERVERS, Server


def read(url: str, metadata: sa.MetaData) -> tuple[Schema, Declared]:
    target = connect(url)
    with target.pool.begin() as connection:
        metadata.create_all(connection)
        live = target.driver.read(connection, [target.schema])
        said = declared(metadata, target.driver, connection.dialect, target.schema)
    target.pool.dispose()
    return live, said


def one(*parts: Any, **options: Any) -> sa.MetaData:
    """A table ``t`` with a key, an ``a``, and these parts."""
    metadata = sa.MetaData()
    key = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("t", metadata, key, sa.Column("a", sa.Integer), *parts, **options)
    return metadata


ANYWHERE: dict[str, Callable[[], Any]] = {
    "value that something in the database supplies for {s}.t.c": lambda: sa.Column(
        "c", sa.Integer, server_default=sa.FetchedValue()
    ),
}
POSTGRESQL: dict[str, Callable[[], Any]] = {
    "MATCH FULL of foreign key constraint f of {s}.t": lambda: sa.ForeignKeyConstraint(
        ["a"], ["t.id"], name="f", match="FULL"
    ),
    "option tablespace of index i of {s}.t": lambda: sa.Index(
        "i", "a", postgresql_tablespace="pg_default"
    ),
}
SQLITE: dict[str, Callable[[], Any]] = {
    "option on_conflict of unique constraint u of {s}.t": lambda: sa.UniqueConstraint(
        "a", name="u", sqlite_on_conflict="REPLACE"
    ),
    "option on_conflict_not_null of column {s}.t.c": lambda: sa.Column(
        "c", sa.Integer, nullable=False, sqlite_on_conflict_not_null="IGNORE"
    ),
}


OWN = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def plain(table: Table) -> tuple[object, ...]:
    """The columns and names, without what the model has no place for."""
    return (
        tuple((c.name, c.nullable, c.autoincrement) for c in table.columns),
        table.primary_key,
        {u.name for u in table.uniques},
        {f.name for f in table.foreign_keys},
        {i.name for i in table.indexes if i.method != "gist"},
    )


@pytest.mark.parametrize(
    ("server", "text"),
    [
        (name, text)
        for name in SERVERS
        for text in {**ANYWHERE, **OWN.get(name.rstrip("0123456789"), {})}
    ],
    indirect=["server"],
)
def test_named(server: Server, text: str) -> None:
    """One line for each thing, with where it stands; nothing else is missing for it."""
    make = {**ANYWHERE, **POSTGRESQL, **SQLITE}[text]
    with server.fresh() as url:
        live, said = read(url, one(make()))

    expected = text.format(s=said.schema.tables[0].name.schema)
    assert said.unsupported == (f"{expected}: not managed yet",)
    assert plain(said.schema.tables[0]) == plain(live.tables[0])


def test_tables(postgresql: Server) -> None:
    """What stands on a whole table."""
    metadata = one(
        prefixes=["UNLOGGED"],
        postgresql_using="heap",
    )
    with postgresql.fresh() as url:
        _, said = read(url, metadata)

    assert said.unsupported == (
        "UNLOGGED of table public.t: not managed yet",
        "option using of table public.t: not managed yet",
    )


def test_words_for_other_databases_say_nothing(server: Server) -> None:
    """Options of dialects that are not at hand, and sequences that need not be."""
    metadata = one(
        sa.Column("c", sa.Integer, sa.Sequence("counted", optional=True)),
        sa.Index("i", "a", oracle_bitmap=True),
        oracle_compress=True,
    )
    with server.fresh() as url:
        live, said = read(url, metadata)

    made = server.engine == "mariadb"
    assert said.unsupported == ()
    assert [s.name.name for s in said.schema.sequences] == (["counted"] if made else [])
    assert said.schema == live


def test_sequences(server: Server) -> None:
    """With every option, of a column and by themselves."""
    metadata = one(sa.Column("c", sa.Integer, sa.Sequence("of_c", start=7)))
    typed = sa.Integer if server.engine == "postgresql" else None
    sa.Sequence("Plain", metadata=metadata)
    sa.Sequence("down", increment=-2, metadata=metadata, data_type=typed)
    sa.Sequence("far", start=-5, minvalue=-5, maxvalue=5, cycle=True, metadata=metadata)
    sa.Sequence("said", start=1, increment=1, minvalue=1, nomaxvalue=True, metadata=metadata)
    sa.Sequence("cached", cache=50, metadata=metadata)
    with server.fresh() as url:
        live, said = read(url, metadata)

    found = len(said.schema.sequences)
    assert found == (6 if server.engine in ("postgresql", "mariadb") else 0)
    assert said.schema == live
    assert said.unsupported == ()


def test_identities(server: Server) -> None:
    """With every option; where there are none, the models' word for them says nothing."""
    metadata = sa.MetaData()
    every: tuple[dict[str, Any], ...] = (
        {},
        {"always": True, "start": 7},
        {"increment": -2, "minvalue": -90, "cycle": True},
        {"start": 1, "increment": 1, "minvalue": 1, "nomaxvalue": True, "cache": 9},
    )
    for number, said in enumerate(every):
        for type in (sa.SmallInteger, sa.BigInteger):
            key = sa.Column("id", type, sa.Identity(**said), primary_key=True)
            sa.Table(f"t{number}{type.__name__}", metadata, key, sa.Column("a", sa.Integer))
    with server.fresh() as url:
        live, said_ = read(url, metadata)

    assert said_.schema == live
    assert said_.unsupported == ()
    found = {c.identity for t in live.tables for c in t.columns}
    assert len(found) == (5 if server.engine == "postgresql" else 1)


def test_kinds_of_tables(sqlite: Server) -> None:
    """STRICT, WITHOUT ROWID and AUTOINCREMENT are held by the model."""
    metadata = sa.MetaData()
    kinds: tuple[dict[str, Any], ...] = (
        {"sqlite_strict": True},
        {"sqlite_with_rowid": False},
        {"sqlite_with_rowid": False, "sqlite_strict": True},
        {"sqlite_autoincrement": True},
        {"sqlite_autoincrement": True, "sqlite_strict": True},
    )
    for number, options in enumerate(kinds):
        key = sa.Column("id", sa.INTEGER, primary_key=True)
        sa.Table(f"t{number}", metadata, key, sa.Column("a", sa.TEXT), **options)
    with sqlite.fresh() as url:
        live, said = read(url, metadata)

    assert said.schema == live
    assert said.unsupported == ()
    assert said.schema.tables[4].options == ("AUTOINCREMENT", "STRICT")


@ELSEWHERE
def test_foreign_keys_that_wait(database: str) -> None:
    """DEFERRABLE in every spelling."""
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
    for number, (deferrable, initially) in enumerate(
        ((True, None), (True, "deferred"), (True, "IMMEDIATE"), (False, None))
    ):
        key = sa.ForeignKey("p.id", deferrable=deferrable, initially=initially, name=f"f{number}")
        sa.Table(f"c{number}", metadata, sa.Column("id", sa.Integer), sa.Column("p", key))
    live, said = read(database, metadata)

    assert said.schema == live


def test_collations(server: Server) -> None:
    """A column's own collation; the usual one says nothing."""
    own = {"sqlite": ("NOCASE", "BINARY"), "postgresql": ("C", None)}
    other, usual = own.get(server.engine, ("utf8mb4_bin", None))
    metadata = one(
        sa.Column("c", sa.String(20, collation=other), nullable=False, server_default="x"),
        sa.Column("d", sa.String(20, collation=usual)),
        sa.Column("e", sa.Text(collation=other)),
    )
    with server.fresh() as url:
        live, said = read(url, metadata)

    assert said.schema == live
    assert said.schema.tables[0].columns[2].collation == other


def test_operator_classes_and_methods(postgresql: Server) -> None:
    """Index entries with an operator class, other methods, and an order of NULLs."""
    metadata = one(sa.Column("b", sa.String(20)), sa.Column("j", pg.JSONB))
    c = metadata.tables["t"].c
    sa.Index("i_ops", c.b, c.a.desc(), postgresql_ops={"b": "varchar_pattern_ops"})
    sa.Index("i_text_ops", c.b, postgresql_ops={"b": "text_pattern_ops"}, unique=True)
    sa.Index("i_hash", c.a, postgresql_using="hash")
    sa.Index("i_btree", c.a, postgresql_using="BTREE")
    sa.Index("i_gin", c.j, postgresql_using="gin")
    sa.Index("i_gin_path", c.j, postgresql_using="gin", postgresql_ops={"j": "jsonb_path_ops"})
    sa.Index("i_first", c.a.asc().nulls_first(), c.b.desc().nulls_last())
    sa.Index("i_last", c.a.asc().nulls_last(), c.b.desc().nulls_first())
    sa.Index("i_later", c.a, postgresql_concurrently=False)
    with postgresql.fresh() as url:
        live, said = read(url, metadata)

    assert said.unsupported == ()
    assert said.schema == live


def test_forms_of_keys(postgresql: Server) -> None:
    """Columns kept along, NULLs that are equal, and constraints that wait."""
    metadata = one(sa.Column("b", sa.String(20)), sa.Column("c", sa.Integer))
    c = metadata.tables["t"].c
    sa.Index("i_include", c.b, postgresql_include=["c", c.a])
    sa.Index("i_kept", c.b, postgresql_with={"fillfactor": 50, "Deduplicate_items": False})
    sa.Index("i_nulls", c.b, unique=True, postgresql_nulls_not_distinct=True)
    sa.Index("i_part", c.b, postgresql_include=["c"], postgresql_where=c.c > 0)
    forms: tuple[dict[str, Any], ...] = (
        {},
        {"postgresql_nulls_not_distinct": True},
        {"deferrable": True},
        {"deferrable": True, "initially": "DEFERRED"},
        {"initially": "IMMEDIATE"},
        *([{"postgresql_include": ["c"]}] if KEYS_INCLUDE else []),
    )
    for number, options in enumerate(forms):
        key = sa.UniqueConstraint("a", "b", name=f"u{number}", **options)
        metadata.tables["t"].append_constraint(key)
    with postgresql.fresh() as url:
        live, said = read(url, metadata)

    assert said.unsupported == ()
    assert said.schema == live
    assert live.tables[0].opaque == ()
    waits = {u.name: u.deferrable for u in live.tables[0].uniques}
    assert (waits["u2"], waits["u3"]) == ("DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED")


def test_the_same_key_twice(database: str) -> None:
    """A unique constraint over the primary key, and the same one said twice."""
    metadata = sa.MetaData()
    sa.Table("both", metadata, sa.Column("id", sa.Integer, primary_key=True, unique=True))
    sa.Table(
        "named",
        metadata,
        sa.Column("id", sa.String(3), primary_key=True),
        sa.UniqueConstraint("id", name="by_hand"),
    )
    sa.Table(
        "twice",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer, unique=True),
        sa.UniqueConstraint("a"),
    )
    live, said = read(database, metadata)

    assert said.schema == live


def test_two_keys_to_one_parent(database: str) -> None:
    """Without names the server numbers them."""
    metadata = sa.MetaData()
    for name in ("p", "q"):
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table(
        "c",
        metadata,
        sa.Column("x", sa.Integer, sa.ForeignKey("p.id"), sa.ForeignKey("q.id")),
        sa.CheckConstraint("x > 0"),
        sa.CheckConstraint("x < 9"),
    )
    live, said = read(database, metadata)

    assert said.schema == live
