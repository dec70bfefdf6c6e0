"""An edit does to the picture what the server does to the schema, or says that it does not fit."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from falsework.model import edits
from falsework.model.edits import Edit, apply, dependants
from falsework.model.schema import (
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Schema,
    SqlType,
    Table,
    TableName,
    UniqueConstraint,
)
from tests.model.samples import (
    CHECK,
    DISKS,
    EDITS,
    EXCLUSION,
    HOSTS,
    INDEX,
    INTEGER,
    KEY,
    LOOSE_CHECK,
    LOOSE_KEY,
    MOOD,
    NUMBERS,
    PRICE,
    SCHEMA,
    SPARE,
    TEXT,
    UNIQUE,
)

NOWHERE = TableName("s", "nowhere")

SPARE_UNIQUE = UniqueConstraint("uq_spare", ("id",))
"""The unique constraint that a sample drops: the schema gets it first."""


def start(edit: Edit) -> Schema:
    """The sample schema, with what the edit needs beyond it."""
    if isinstance(edit, edits.DropUnique):
        return edits.AddUnique(table=SPARE, unique=SPARE_UNIQUE).apply(SCHEMA)
    return SCHEMA


def table(schema: Schema, name: TableName) -> Table:
    found = schema.table(name)
    assert found is not None
    return found


def refers(column: str, parent: TableName, to: str) -> Edit:
    """A foreign key from the spare table."""
    key = ForeignKey("f", (column,), parent, (to,))
    return edits.AddForeignKey(table=SPARE, foreign_key=key)


def test_every_kind_of_edit_has_a_sample() -> None:
    """What has no sample is not tested below."""
    assert {type(e) for e in EDITS} == set(get_args(Edit))


@pytest.mark.parametrize("edit", EDITS, ids=lambda e: type(e).__name__)
def test_an_edit_changes_its_table_and_no_other(edit: Edit) -> None:
    """Everything else is the same object as before, and the old schema is untouched."""
    before = start(edit)
    digest = before.digest

    after = edit.apply(before)

    others = [t.name for t in before.tables if t.name != edit.table]
    assert after != before
    assert [after.table(n) for n in others] == [before.table(n) for n in others]
    assert before.digest == digest
    assert [t.name for t in after.tables] == sorted(t.name for t in after.tables)


@pytest.mark.parametrize("edit", EDITS, ids=lambda e: type(e).__name__)
def test_an_edit_of_a_table_that_is_not_there_does_not_fit(edit: Edit) -> None:
    """A plan that meets it is wrong, whatever the edit is."""
    creates = edits.CreateTable | edits.CreateEnumeration | edits.CreateSequence
    creates |= edits.CreateDomain
    if isinstance(edit, creates):
        return
    if isinstance(edit, edits.DropEnumeration):
        elsewhere: Edit = replace(edit, enumeration=replace(MOOD, name=NOWHERE))
    elif isinstance(edit, edits.DropSequence | edits.SetSequence):
        elsewhere = replace(edit, sequence=replace(NUMBERS, name=NOWHERE))
    elif isinstance(edit, edits.DropDomain):
        elsewhere = replace(edit, domain=replace(PRICE, name=NOWHERE))
    else:
        elsewhere = replace(edit, table=NOWHERE)
    with pytest.raises(ValueError, match=r"there is no (table|type|sequence|domain|s\.nowhere)"):
        elsewhere.apply(SCHEMA)


@pytest.mark.parametrize("edit", EDITS, ids=lambda e: type(e).__name__)
def test_no_edit_fits_twice(edit: Edit) -> None:
    """What is there is not added again, and what is gone is not dropped again."""
    settable = (
        *(edits.SetNullable, edits.SetDefault, edits.SetType, edits.SetExpression),
        *(edits.SetSequence, edits.SetComment, edits.SetIdentity),
        *(edits.SetCollation, edits.SetRefresh, edits.SetCounter),
    )
    once = edit.apply(start(edit))

    if isinstance(edit, settable):
        assert edit.apply(once) == once
    else:
        with pytest.raises(ValueError, match=r"already|there is no|has no"):
            edit.apply(once)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (edits.DropTable(table=HOSTS), "a foreign key of s.disks refers to"),
        (edits.DropColumn(table=HOSTS, column="id"), "part of the primary key"),
        (edits.DropColumn(table=HOSTS, column="slot"), "is used by"),
        (edits.DropColumn(table=DISKS, column="host_id"), "is used by"),
        (edits.DropColumn(table=HOSTS, column="x"), "there is no column"),
        (edits.SetNullable(table=HOSTS, column="id", nullable=True), "part of the primary key"),
        (edits.SetType(table=HOSTS, column="x", type=TEXT), "there is no column"),
        (edits.SetCounter(table=HOSTS, column="slot", counts=True), "has a default"),
        (edits.SetIdentity(table=HOSTS, column="slot", identity=Identity()), "has no identity"),
        (edits.SetExpression(table=HOSTS, column="free", expression="1"), "not computed like"),
        (edits.SetExpression(table=HOSTS, column="twice", expression="1"), "not computed like"),
        (edits.SetComment(table=HOSTS, column="x", comment="c"), "there is no column"),
        (edits.AddIndex(table=HOSTS, index=Index("i", ("x",), uses=("x",))), "there is no column"),
        (edits.AddUnique(table=HOSTS, unique=UniqueConstraint("u", ("x",))), "there is no column"),
        (
            edits.AddUnique(table=HOSTS, unique=UniqueConstraint(CHECK.name, ("slot",))),
            "has a constraint ck_hosts_slot already",
        ),
        (edits.DropUnique(table=HOSTS, unique=UNIQUE), "a foreign key of s.disks refers to"),
        (refers("id", NOWHERE, "id"), "there is no table s.nowhere"),
        (refers("x", HOSTS, "id"), "there is no column"),
        (refers("id", HOSTS, "slot"), "nothing keeps"),
        (
            edits.AddCheck(table=HOSTS, check=CheckConstraint("c", "x > 0", ("x",))),
            "there is no column",
        ),
        (edits.ValidateCheck(table=HOSTS, check=CheckConstraint("c", "x", ())), "has no"),
        (edits.AddLabel(table=MOOD.name, label="glad", before="bad"), "has no label bad"),
        (edits.DropEnumeration(enumeration=replace(MOOD, labels=("ok",))), "with these labels"),
        (
            edits.CreateTable(
                definition=Table(
                    TableName("s", "new"),
                    (Column("host", TEXT),),
                    foreign_keys=(ForeignKey("f", ("host",), HOSTS, ("free",)),),
                )
            ),
            "nothing keeps",
        ),
    ],
)
def test_what_a_server_would_refuse_does_not_fit(edit: Edit, reason: str) -> None:
    """The proof stands on these pictures: they may hold nothing that no server would."""
    with pytest.raises(ValueError, match=reason):
        edit.apply(SCHEMA)


def test_a_table_may_refer_to_itself_from_the_start() -> None:
    """Its own key is there when its own foreign key is."""
    name = TableName("s", "folders")
    key = ForeignKey("up", ("up",), name, ("id",))
    folders = Table(name, (Column("id", INTEGER), Column("up", INTEGER)), foreign_keys=(key,))
    unique = replace(folders, uniques=(UniqueConstraint("u", ("id",)),))

    assert edits.CreateTable(definition=unique).apply(SCHEMA).table(name) is not None
    with pytest.raises(ValueError, match="nothing keeps"):
        edits.CreateTable(definition=folders).apply(SCHEMA)


def test_a_type_stays_while_a_column_is_of_it() -> None:
    """A list of it counts as well; the table is the type's neighbour."""
    lists = Column("moods", SqlType("mood", (), ("[]",)))
    using = edits.AddColumn(table=SPARE, column=lists).apply(SCHEMA)

    with pytest.raises(ValueError, match="is of the type"):
        edits.DropEnumeration(enumeration=MOOD).apply(using)
    assert using.neighbours((MOOD.name,)) == {MOOD.name, SPARE}
    assert using.only((SPARE,)).enumerations == (MOOD,)
    assert using.only((HOSTS,)).enumerations == ()


def test_a_domain_stays_while_a_column_is_of_it() -> None:
    """As a type that lists its values does."""
    price = Column("prices", SqlType("price", (), ("[]",)))
    using = edits.AddColumn(table=SPARE, column=price).apply(SCHEMA)

    with pytest.raises(ValueError, match="is of the type"):
        edits.DropDomain(domain=PRICE).apply(using)
    assert using.neighbours((PRICE.name,)) == {PRICE.name, SPARE}
    assert using.only((SPARE,)).domains == (PRICE,)
    assert using.only((HOSTS,)).domains == ()


def test_labels_take_their_place() -> None:
    """Before another one, or at the end."""
    between = edits.AddLabel(table=MOOD.name, label="so so", before="ok").apply(SCHEMA)
    last = edits.AddLabel(table=MOOD.name, label="glad").apply(between)

    assert last.labels(SqlType("mood")) == ("sad", "so so", "ok", "glad")
    assert last.labels(SqlType("integer")) is None


def test_validating_changes_nothing_but_that() -> None:
    """The constraint is the same one, checked."""
    after = apply(
        (
            edits.ValidateCheck(table=HOSTS, check=LOOSE_CHECK),
            edits.ValidateForeignKey(table=DISKS, foreign_key=LOOSE_KEY),
        ),
        SCHEMA,
    )

    assert replace(LOOSE_CHECK, valid=True) in table(after, HOSTS).checks
    assert replace(LOOSE_KEY, valid=True) in table(after, DISKS).foreign_keys


def test_dependants_are_everything_on_the_column() -> None:
    """Indexes by their predicate too, keys, foreign keys and checks; the primary key aside."""
    hosts = table(SCHEMA, HOSTS)
    partial = Index("p", ("name",), where="slot > 0", uses=("name", "slot"))

    assert dependants(hosts, "slot") == (INDEX, CHECK, LOOSE_CHECK, EXCLUSION)
    assert dependants(hosts, "name") == (UNIQUE, EXCLUSION)
    assert dependants(table(SCHEMA, DISKS), "host_id") == (KEY,)
    assert partial in dependants(replace(hosts, indexes=(partial,)), "slot")


_TOUCHING = (
    *(edits.DropUnique, edits.DropTable, edits.DropColumn, edits.DropEnumeration),
    *(edits.DropSequence, edits.RenameIndex, edits.DropDomain),
)
INDEPENDENT = [e for e in EDITS if not isinstance(e, _TOUCHING)]


@given(st.permutations(INDEPENDENT))
def test_edits_that_do_not_touch_each_other_commute(order: list[Edit]) -> None:
    """Whatever order they come in, the schema is the same in the end, and so is its digest."""
    new = Column("note", TEXT)
    after, other = apply(INDEPENDENT, SCHEMA), apply(order, SCHEMA)

    assert new in table(other, HOSTS).columns
    assert other == after
    assert other.digest == after.digest
