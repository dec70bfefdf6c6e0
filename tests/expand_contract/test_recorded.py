"""What the journal's record decides, and where it decides nothing."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import CheckConstraint, Column, Index, Integer, Interval, MetaData, Table, text

from falsework.engines.postgresql import ENGINE
from falsework.expand_contract import recorded
from falsework.model.intent import Declared
from falsework.model.schema import Default, DefaultKind, Schema
from falsework.model.texts import reworded, texts
from tests.expand_contract import paper

DAY, HOURS = "'1 day 01:00:00'", "'30:00:00'"
BY = "this version"
same = ENGINE.same_text


def models(days: str = "1 day 1 hour", more: str | None = None) -> Declared:
    """Texts of every kind in ``t``; ``u`` has a default beside it."""
    metadata = MetaData()
    table = Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("d", Interval, server_default=days),
        CheckConstraint("coalesce(id, 1) > 0", name="c"),
    )
    Index("i", table.c.id, text("abs(id) DESC"), postgresql_where=text("id > 5"))
    Table(
        "u",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("d", Interval, server_default=more),
    )
    return paper.upgrade(MetaData(), metadata, "postgresql").new


def live(said: Declared, days: str = DAY, more: str = DAY) -> Schema:
    """The models as a server has them, with these defaults."""
    schema = said.schema
    for name, default in (("t", days), ("u", more)):
        table = schema.table(paper.name(name, "postgresql"))
        assert table is not None
        columns = tuple(
            replace(c, default=Default(default, DefaultKind.CONSTANT)) if c.default else c
            for c in table.columns
        )
        schema = schema.with_table(replace(table, columns=columns))
    return schema


RECORD = recorded.adopted(models(), live(models()), BY)


def pairs(said: Declared, now: Schema, by: str = BY) -> frozenset[tuple[str, str]]:
    return recorded.reworded_since(said, now, RECORD, same, by)


def test_neither_has_changed() -> None:
    """The models get the server's words, and stay the models that they were."""
    said = models()
    found = recorded.respelled(said, live(said), RECORD, same)

    assert found.schema == live(said)
    assert (found.words, found.digest) == (said.schema, said.digest)
    assert not pairs(said, live(said))


def test_the_server_says_otherwise_now() -> None:
    """Then the record says nothing: somebody has been there."""
    said, now = models(), live(models(), HOURS)

    assert recorded.respelled(said, now, RECORD, same) is said
    assert not pairs(said, now)


def test_the_models_say_otherwise_now() -> None:
    """A change, where the same version put both into words."""
    said = models("2 days")

    assert recorded.respelled(said, live(said), RECORD, same).schema != live(said)
    assert pairs(said, live(said)) == {(DAY, "'2 days'")}
    assert not pairs(said, live(said), "another version")
    assert recorded.apart(same, pairs(said, live(said)))(DAY, "'2 days'") is False
    assert same(DAY, "'2 days'") is None


def test_another_type_puts_it_otherwise() -> None:
    """The models' words depend on the types of the columns: nothing is told where one changes."""
    said = models("2 days")
    table = said.schema.tables[0]
    wider = tuple(replace(c, type=replace(c.type, name="bigint")) for c in table.columns[:1])
    other = replace(table, columns=(*wider, *table.columns[1:]))

    assert not pairs(replace(said, schema=said.schema.with_table(other)), live(said))


def test_the_same_pair_elsewhere() -> None:
    """Where one of two like pairs is not known, neither is told: a pair has no place."""
    said = models("2 days", more="2 days")

    assert not pairs(said, live(said))


def test_texts_find_their_places() -> None:
    """Every text that ``texts`` names is put where it was."""
    table = models().schema.tables[0]
    other = replace(
        live(models()).tables[0],
        checks=(replace(table.checks[0], text="a > b"),),
        indexes=(replace(table.indexes[0], columns=("id", "f(id) DESC"), where="id > 9"),),
    )

    assert len(texts(table)) == 4
    assert reworded(table, other, texts(other)) == other
    assert reworded(table, other, ()) == table
