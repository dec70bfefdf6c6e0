"""Declarations in ``info``: what becomes of them, and which are refused."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from falsework.declare import FillExpression, at_expand, dropped, fill, new_uuid, until_contract
from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.errors import ConfigError
from falsework.model.intent import Dropped, TableIntent
from falsework.model.schema import Default, DefaultKind
from tests.servers import Server


def read(url: str, *columns: sa.Column[Any], info: Mapping[str, Any] | None = None) -> TableIntent:
    """What is intended with a table ``t`` that has a key, an ``a``, an ``s`` and these columns."""
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer),
        sa.Column("s", sa.String(50)),
        *columns,
        info=dict(info or {}),
    )
    target = connect(url)
    with target.pool.connect() as connection:
        live = target.driver.read(connection, [target.schema])
        said = declared(metadata, target.driver, connection.dialect, target.schema, live=live)
    target.pool.dispose()
    return said.intent(said.schema.tables[0].name)


@pytest.mark.parametrize(
    ("type_", "expression", "value", "kind"),
    [
        (sa.Integer(), "0", "0", DefaultKind.CONSTANT),
        (
            sa.Integer(),
            dict.fromkeys(("sqlite", "postgresql", "mysql", "mariadb"), "1"),
            "1",
            DefaultKind.CONSTANT,
        ),
        (sa.Integer(), sa.literal(3), "3", DefaultKind.CONSTANT),
        (sa.Integer(), sa.text("'5'"), "5", DefaultKind.CONSTANT),
        (sa.Integer(), sa.func.coalesce(None, 1), None, DefaultKind.CONSTANT),
        (sa.String(20), "'x'", "'x'", DefaultKind.CONSTANT),
        (sa.DateTime(), sa.func.now(), None, DefaultKind.STABLE),
        (sa.Float(), "random()", None, DefaultKind.VOLATILE),
        (sa.Integer(), "a", "a", DefaultKind.VOLATILE),
        (sa.Integer(), "a + 1", "a + 1", DefaultKind.VOLATILE),
        (sa.Integer(), sa.column("a") * 2, "a * 2", DefaultKind.VOLATILE),
        (sa.String(20), 'lower("s")', None, DefaultKind.VOLATILE),
    ],
    ids=str,
)
def test_fills(
    database: str,
    type_: Any,  # noqa: ANN401
    expression: FillExpression,
    value: str | None,
    kind: DefaultKind,
) -> None:
    """In the engine's normal form, with its kind; whatever reads the row differs per row."""
    found = read(database, sa.Column("c", type_, info=fill(expression))).column("c").fill

    assert found is not None
    assert found.kind is kind
    assert value is None or found.text == value


def test_a_fill_in_the_columns_own_terms(database: str) -> None:
    """``Table.c`` and ORM attributes are SQLAlchemy expressions as well."""
    metadata = sa.MetaData()
    old = sa.Column("old", sa.Integer)
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), old)
    new = sa.Column("new", sa.Integer, info=fill(old + 1))
    metadata.tables["t"].append_column(new)
    target = connect(database)
    said = declared(metadata, target.driver, target.pool.dialect, target.schema)

    found = said.intent(said.schema.tables[0].name).column("new").fill
    assert found == Default("old + 1", DefaultKind.VOLATILE)


UUIDS: dict[str, TypeEngine[Any]] = {
    "native": sa.Uuid(),
    "bare": sa.Uuid(native_uuid=False),
    "string": sa.String(36),
    "text": sa.Text(),
    "longer": sa.String(64),
    "hex": sa.String(32),
}


def test_new_uuid(database: str) -> None:
    """Random, version 4, different in every row, and read back by the column's own type."""
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(n, t, info=fill(new_uuid())) for n, t in UUIDS.items()),
    )
    target = connect(database)
    said = declared(metadata, target.driver, target.pool.dialect, target.schema)
    fills = {n: i.fill for n, i in said.intent(said.schema.tables[0].name).columns}
    values = {n: sa.text(f.text) for n, f in fills.items() if f}
    with target.pool.begin() as connection:
        metadata.create_all(connection)
        connection.execute(table.insert(), [{"id": n} for n in range(1, 201)])
        connection.execute(table.update().values(values))
        rows = connection.execute(sa.select(*(table.c[n] for n in UUIDS))).all()

    assert {f.kind for f in fills.values() if f} == {DefaultKind.VOLATILE}
    for name in UUIDS:
        found = [getattr(row, name) for row in rows]
        ids = [v if isinstance(v, uuid.UUID) else uuid.UUID(v) for v in found]
        assert len(set(ids)) == 200
        assert {(i.version, i.variant) for i in ids} == {(4, uuid.RFC_4122)}
        if name in {"string", "text", "longer"}:
            assert found == [str(i) for i in ids], "with dashes, in small letters"
        if name == "hex":
            assert found == [i.hex for i in ids]


def test_drops_and_promises(database: str) -> None:
    """The live table knows what type a dropped column had, and so how its value is spelled."""
    with sa.create_engine(database).begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE t (id integer, a integer, s varchar(50), n integer, v text)")
        )
    info = dropped("n", down="'7'") | dropped("v", down="7") | dropped("s2", down=None)
    found = read(database, info=info | dropped("x", down="a") | until_contract("ck_t_a"))

    assert found.until_contract == ("ck_t_a",)
    assert found.dropped_column("n") == Dropped("n", Default("7", DefaultKind.CONSTANT))
    assert found.dropped_column("s2") == Dropped("s2", None)
    assert found.dropped_column("x") == Dropped("x", Default("a", DefaultKind.VOLATILE))
    said = found.dropped_column("v")
    assert said
    assert said.down
    assert said.down.text.strip("'") == "7"


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (fill("unknown"), r"the table has no column unknown[^$]*write \"'unknown'\""),
        (fill({"sqlite": "0"}), None),
        (fill({"oracle": "0"}), "oracle is not an engine"),
        (fill({"postgresql": "0"}), "says nothing for sqlite"),
        (fill({"sqlite": "NULL"}), "says NULL"),
        (fill(new_uuid()), "does not fit the type integer"),
        (dropped("x", down=None), r"dropped\(...\) does not belong here[^$]*Table.info"),
        ({"falsework.filled": "0"}, "does not belong here"),
        (fill(sa.Table("o", sa.MetaData(), sa.Column("x", sa.Integer)).c.x), "reads o.x"),
    ],
)
def test_columns_that_cannot_be_meant(
    sqlite: Server, column: dict[str, Any], says: str | None
) -> None:
    """Each is refused with the table, the column and what to write."""
    with sqlite.fresh() as url:
        if says is None:
            assert read(url, sa.Column("c", sa.Integer, info=column)).column("c").fill
            return
        with pytest.raises(ConfigError, match=says) as caught:
            read(url, sa.Column("c", sa.Integer, info=column))

    assert "main.t.c" in caught.value.what


@pytest.mark.parametrize(
    ("info", "says"),
    [
        (dropped("a", down=None), "the models have this column"),
        (until_contract("ck"), "the models have this constraint"),
        (at_expand("uq"), "the models have no such rule"),
        (at_expand("ck", "c"), r"at_expand\('c'\)"),
        (fill("0"), r"fill\(...\) does not belong here[^$]*Column.info"),
        (dropped("x", down="gone"), "no column gone"),
    ],
)
def test_tables_that_cannot_be_meant(sqlite: Server, info: dict[str, Any], says: str) -> None:
    """A declaration about something that is not gone, or in the wrong place."""
    checked = sa.Column("c", sa.Integer, sa.CheckConstraint("c > 0", name="ck"))
    with sqlite.fresh() as url, pytest.raises(ConfigError, match=says):
        read(url, checked, info=info)


@pytest.fixture(scope="module")
def target(sqlite: Server) -> Target:
    return connect(sqlite.create_database())


def test_table_declared_twice(target: Target) -> None:
    """Two MetaData with one table: which one is meant is not for us to guess."""
    models = [sa.MetaData(), sa.MetaData()]
    for metadata in models:
        sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))

    with pytest.raises(ConfigError, match=r"main\.t is declared twice"):
        declared(models, target.driver, target.pool.dialect, "main")


def test_models_that_no_database_takes(target: Target) -> None:
    """What ``create_all`` would stumble over is refused in SQLAlchemy's words."""
    untyped, dangling = sa.MetaData(), sa.MetaData()
    sa.Table("t", untyped, sa.Column("x"))
    sa.Table("t", dangling, sa.Column("x", sa.Integer, sa.ForeignKey("nowhere.id")))

    for metadata, says in ((untyped, "column 'x'|NullType|no type"), (dangling, "nowhere")):
        with pytest.raises(ConfigError, match=says) as caught:
            declared(metadata, target.driver, target.pool.dialect, "main")
        assert "main.t" in str(caught.value)
