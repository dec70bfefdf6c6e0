"""What SQLAlchemy made, made again from the model: SQLAlchemy itself sees no difference."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace

from falsework.engines.sqlite import DRIVER
from falsework.engines.sqlite.create import create_index, create_table
from falsework.model.edits import CreateTable
from tests.engines.sqlite.conftest import File

TYPES: list[sa.types.TypeEngine[Any]] = [
    sa.Integer(), sa.SmallInteger(), sa.BigInteger(), sa.Float(), sa.Float(24), sa.Double(),
    sa.Numeric(), sa.Numeric(10, 2), sa.Boolean(), sa.String(), sa.String(50), sa.Text(),
    sa.String(9, collation="NOCASE"), sa.Unicode(9), sa.UnicodeText(), sa.CHAR(3), sa.Date(),
    sa.Time(), sa.DateTime(), sa.DateTime(timezone=True), sa.Interval(), sa.LargeBinary(),
    sa.Enum("a", "b"), sa.Enum("x", "it's", create_constraint=True, name="en"), sa.JSON(),
    sa.Uuid(), sa.VARBINARY(5), sa.TIMESTAMP(), sa.REAL(), sa.DECIMAL(5, 1), sa.NVARCHAR(7),
]  # fmt: skip

DEFAULTS = [
    "text", "it's", "", "5", sa.text("5"), sa.text("-5"), sa.text("'x'"), sa.func.now(),
    sa.text("CURRENT_DATE"), sa.text("(1 + 2)"), sa.func.lower("ABC"), sa.true(), sa.text("x'00'"),
    sa.text("NULL"), "100%", "a:b ?", sa.func.hex(sa.func.randomblob(4)), sa.literal("%(x)s"),
]  # fmt: skip


def models(naming: dict[str, str] | None = None) -> sa.MetaData:
    """Tables of every shape that SQLAlchemy can write for SQLite."""
    metadata = sa.MetaData(naming_convention=naming)
    every = (sa.Column(f"c{n}", t, nullable=bool(n % 2)) for n, t in enumerate(TYPES))
    sa.Table("types", metadata, sa.Column("id", sa.Integer, primary_key=True), *every)
    sa.Table(
        "defaults",
        metadata,
        *(sa.Column(f"d{n}", sa.String(20), server_default=d) for n, d in enumerate(DEFAULTS)),  # type: ignore[arg-type]
        *(sa.Column(f"i{n}", sa.Integer, server_default=d) for n, d in enumerate(DEFAULTS)),  # type: ignore[arg-type]
    )
    sa.Table(
        "parent",
        metadata,
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("b", sa.String(5), primary_key=True),
        sa.Column("c", sa.Integer, unique=True),
        sa.Column("Mixed Case", sa.Integer, index=True),
        sqlite_with_rowid=False,
    )
    child = sa.Table(
        "child",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.String(5)),
        sa.Column("order", sa.ForeignKey("parent.c", ondelete="CASCADE", onupdate="SET NULL")),
        sa.Column("up", sa.ForeignKey("child.id", deferrable=True, initially="DEFERRED")),
        sa.Column("double", sa.Integer, sa.Computed("a * 2")),
        sa.Column("kept", sa.Integer, sa.Computed("a + 1", persisted=True)),
        sa.ForeignKeyConstraint(["a", "b"], ["parent.a", "parent.b"], name="fk_named"),
        sa.UniqueConstraint("b", "a"),
        sa.CheckConstraint("a > 0 AND b <> 'x%'", name="positive"),
        sa.CheckConstraint('"order" >= 0', name="Quoted Name"),
        sqlite_autoincrement=True,
    )
    sa.Index("ix_desc", child.c.a.desc(), child.c.b)
    sa.Index("ix_lower", sa.func.lower(child.c.b), unique=True)
    sa.Index("ix_part", child.c.b, sqlite_where=child.c.a > 5)
    return metadata


CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def reflected(pool: sa.Engine) -> object:
    """All that SQLAlchemy's own reflection sees."""
    look = sa.inspect(pool)

    def order(found: object) -> str:
        return str(found)

    return {
        name: (
            [{**c, "type": str(c["type"])} for c in look.get_columns(name)],
            look.get_pk_constraint(name),
            sorted(look.get_unique_constraints(name), key=order),
            sorted(look.get_foreign_keys(name), key=order),
            sorted((written(i) for i in look.get_indexes(name)), key=order),
            len(look.get_check_constraints(name)),
            options(look, name),
        )
        for name in look.get_table_names()
    }


def options(look: sa.Inspector, name: str) -> Mapping[str, Any]:
    """STRICT and the like; SQLAlchemy 2.0 knows nothing of them here."""
    try:
        return look.get_table_options(name)
    except NotImplementedError:
        return {}


def written(index: Mapping[str, Any]) -> object:
    options = {name: str(value) for name, value in index["dialect_options"].items()}
    return {**index, "dialect_options": options}


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based")
def test_made_again(file: File, tmp_path: Path) -> None:
    """Read, spelled and read again: the same to us, to SQLAlchemy, and to Alembic."""
    for number, naming in enumerate((None, CONVENTION)):
        metadata = models(naming)
        first = File(tmp_path / f"first{number}.db", file.module)
        metadata.create_all(first.pool)
        schema = first.read()
        assert [t.opaque for t in schema.tables] == [()] * len(metadata.tables)

        second = File(tmp_path / f"second{number}.db", file.module)
        for table in sorted(schema.tables, key=lambda t: bool(t.foreign_keys)):
            second.change(CreateTable(definition=table))

        assert second.read() == schema
        assert texts(reflected(second.pool)) == texts(reflected(first.pool))
        with first.connect() as one, second.connect() as other:
            differences = [
                compare_metadata(MigrationContext.configure(c), metadata) for c in (one, other)
            ]
        assert str(differences[0]) == str(differences[1])


def texts(reflection: object) -> str:
    """As typed, but for case and quotes, and for NULL, which is the default of no default."""
    return (
        str(reflection)
        .lower()
        .replace("'default': 'null'", "'default': none")
        .replace('"', "")
        .replace("'", "")
        .replace("\\", "")
    )


def test_the_text_is_like_a_persons() -> None:
    """Readable where an operator looks at the schema."""
    metadata = models(CONVENTION)
    pool = sa.create_engine("sqlite://")
    with pool.begin() as connection:
        metadata.create_all(connection)
        schema = DRIVER.read(connection, ["main"])
    (child,) = (t for t in schema.tables if t.name.name == "child")

    assert create_table(replace(child, checks=child.checks[:1]), "child") == EXPECTED
    assert [create_index(child, i) for i in child.indexes] == [
        'CREATE INDEX "ix_desc" ON "child" ("a" DESC, "b")',
        'CREATE UNIQUE INDEX "ix_lower" ON "child" (lower(b))',
        'CREATE INDEX "ix_part" ON "child" ("b") WHERE a > 5',
    ]
    pool.dispose()


EXPECTED = """\
CREATE TABLE "child" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "a" INTEGER,
  "b" VARCHAR(5),
  "order" INTEGER,
  "up" INTEGER,
  "double" INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL,
  "kept" INTEGER GENERATED ALWAYS AS (a + 1) STORED,
  CONSTRAINT uq_child_b_a UNIQUE ("b", "a"),
  CONSTRAINT fk_named FOREIGN KEY ("a", "b") REFERENCES "parent" ("a", "b"),
  CONSTRAINT fk_child_order FOREIGN KEY ("order") REFERENCES "parent" ("c") \
ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT fk_child_up FOREIGN KEY ("up") REFERENCES "child" ("id") \
DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "ck_child_Quoted Name" CHECK ("order" >= 0)
)"""
