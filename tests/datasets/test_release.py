"""What traffic knows of a release: its models, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator

from falsework.datasets.literals import UNKNOWN, literals_in
from falsework.datasets.release import models
from falsework.datasets.shapes import Shape
from falsework.declare import until_contract
from falsework.model.plan import Release
from falsework.model.schema import TableName

POSTGRESQL: type[Dialect] = postgresql.dialect


def shape(*parts: Any, before: MetaData | None = None, dialect: Dialect | None = None) -> Shape:
    """The shape of a table ``t`` with these parts."""
    metadata = MetaData()
    info = next((p for p in parts if isinstance(p, dict)), {})
    Table("t", metadata, *(p for p in parts if not isinstance(p, dict)), info=info)
    other = () if before is None else (before,)
    found = models(Release.B, (metadata,), dialect or sqlite.dialect(), "s", other)
    return found.shapes[TableName("s", "t")]


class Shouting(TypeDecorator[str]):
    """An application's own type: what it does to values is its own affair."""

    impl = String(30)
    cache_ok = True


def test_keys_are_what_no_two_rows_share() -> None:
    """Primary key, unique constraints and indexes; partial and computed ones by their columns."""
    found = shape(
        Column("id", Integer, primary_key=True),
        Column("a", Integer, unique=True),
        Column("b", Integer),
        Column("c", String),
        UniqueConstraint("a", "b"),
        Index("plain", "b", "c", unique=True),
        Index("partial", "b", unique=True, sqlite_where=text("a > 0")),
        Index("computed", text("lower(c)"), unique=True),
        Index("ordinary", "b"),
    )

    assert found.upserts[0] == ("id",)
    assert set(found.upserts) == {("id",), ("a",), ("a", "b"), ("b", "c")}
    assert {("b",)} <= set(found.keys) - set(found.upserts)


def test_only_what_can_be_written_is_a_field() -> None:
    """The server computes the others, or counts them always."""
    found = shape(
        Column("id", Integer, Identity(always=True), primary_key=True),
        Column("a", Integer),
        Column("twice", Integer, Computed("a * 2")),
        dialect=POSTGRESQL(),
    )

    assert found.names == ("a",)


def test_a_field_is_optional_by_the_server_alone() -> None:
    """A default of the client's is no default: the server never sees that it was left out."""
    found = shape(
        Column("id", Integer, primary_key=True),
        Column("client", Integer, nullable=False, default=5),
        Column("server", Integer, nullable=False, server_default="5"),
        Column("null", Integer),
    )

    assert [f.name for f in found.fields if not f.optional] == ["client"]


@pytest.mark.parametrize(
    ("column", "default"),
    [
        (Column("c", Integer, server_default="5"), 5),
        (Column("c", Integer, server_default=text("5")), 5),
        (Column("c", String, server_default="it's"), "it's"),
        (Column("c", String, server_default=text("'it''s'")), "it's"),
        (Column("c", Boolean, server_default=false()), False),
        (Column("c", Integer, server_default=text("1 + 1")), UNKNOWN),
        (Column("c", String, server_default=func.now()), UNKNOWN),
        (Column("c", Integer), None),
    ],
)
def test_constant_defaults_are_known(column: Column[Any], default: object) -> None:
    """A row may hold the very value that the server would put there."""
    (field,) = shape(column).fields

    assert field.default == default


def test_types_are_the_databases_own() -> None:
    """Wrappers off, variants chosen; a NULL in a document column is SQL's NULL."""
    found = shape(
        Column("wrapped", Shouting),
        Column("variant", Integer().with_variant(String(7), "sqlite")),
        Column("document", JSON),
    )
    wrapped, variant, document = (f.type for f in found.fields)

    assert isinstance(wrapped, String)
    assert (getattr(wrapped, "length", 0), getattr(variant, "length", 0)) == (30, 7)
    assert getattr(document, "none_as_null", False)


def test_foreign_keys_and_checks_are_obeyed() -> None:
    """With their actions; a check as a condition over columns without their table."""
    found = shape(
        Column("id", Integer, primary_key=True),
        Column("up", Integer, ForeignKey("t.id", ondelete="set  null")),
        Column("size", Integer),
        CheckConstraint("size > 10 AND up <> 'x'"),
    )
    (link,), (check,) = found.links, found.checks

    assert (link.columns, link.parent, link.on_delete) == (("up",), ("s", "t"), "SET NULL")
    assert check.uses == ("size", "up")
    assert check.literals == (10, 11, 9, "x")
    assert "t." not in str(check.condition)


def test_a_promise_is_obeyed() -> None:
    """What B no longer has and promised to keep stands in A's models, by name or unnamed."""
    a = MetaData()
    Table(
        "t",
        a,
        Column("id", Integer, primary_key=True),
        Column("a", Integer, CheckConstraint("a > 0", name="ck")),
        Column("b", Integer, unique=True),
        UniqueConstraint("a", name="uq"),
    )

    def columns() -> tuple[Column[Any], ...]:
        return Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer)

    free = shape(*columns(), before=a)
    named = shape(*columns(), dict(until_contract("uq", "ck")), before=a)
    unnamed = shape(*columns(), dict(until_contract("t_b_key")), before=a)

    assert (free.keys, free.checks) == ((("id",),), ())
    assert set(named.keys) == {("id",), ("a",)}
    assert len(named.checks) == 1
    assert set(unnamed.keys) == {("id",), ("b",)}
    assert named.upserts == (("id",),)


def test_constants_are_found_in_a_text() -> None:
    """Whole numbers with their neighbours: next to a bound is where a check decides."""
    assert literals_in("a BETWEEN 1 AND 3.5 OR b = 'it''s'") == (1, 2, 0, 3.5, "it's")
