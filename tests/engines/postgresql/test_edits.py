"""What a statement does is what its edits say: for every edit, by every way there is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from falsework.engines.postgresql import ENGINE
from falsework.model import edits as e
from falsework.model.engine import Way
from falsework.model.objects import Counting
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    Default,
    DefaultKind,
    Domain,
    Enumeration,
    ForeignKey,
    Identity,
    Index,
    PrimaryKey,
    Sequence,
    SqlType,
    Table,
    TableName,
    UniqueConstraint,
)
from tests.engines.postgresql.conftest import Database
from tests.engines.postgresql.samples import (
    CHECK,
    CODE,
    COLUMNS,
    INDEXES,
    INTEGER,
    KEY,
    PAIR,
    SETUP,
    TABLE,
    UNIQUE,
    UNIQUE_INDEX,
    T,
)
from tests.engines.postgresql.versions import EVERY_POSTGRESQL

pytestmark = EVERY_POSTGRESQL


@pytest.fixture
def t(db: Database) -> Database:
    db.run(*SETUP)
    return db


def test_a_table_with_everything(t: Database) -> None:
    """Created whole, indexes included, in one transaction; dropped again."""
    statement = t.change(e.CreateTable(definition=TABLE.sorted()))
    assert statement.transaction
    t.change(e.DropTable(table=TABLE.name))


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: str(column.type))
def test_columns(t: Database, column: Column) -> None:
    """Added and dropped."""
    t.change(e.AddColumn(table=T, column=column))
    t.change(e.DropColumn(table=T, column="z"))


def test_a_virtual_column(t: Database) -> None:
    """Computed when it is read, from 18 on."""
    if t.version < (18,):
        pytest.skip("virtual columns came with 18")
    t.change(e.AddColumn(table=T, column=Column("z", INTEGER, generated="a * 2")))


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("stored", [True, False])
def test_computed_otherwise(t: Database, stored: bool, checked: bool) -> None:
    """In its place since 17, virtual ones since 18 unless the table has a check; else anew."""
    if t.version < (18,) and not stored:
        pytest.skip("virtual columns came with 18")
    column = Column("z", INTEGER, generated="a * 2", stored=stored)
    t.change(e.AddColumn(table=T, column=column))
    if checked:
        t.change(e.AddCheck(table=T, check=CheckConstraint("k", "b <> 'nobody'", ("b",))))
    edit = e.SetExpression(table=T, column="z", expression="a * 3", stored=stored, checked=checked)
    if ENGINE.facts.cost(edit, Way.DIRECT, t.version) is None:
        again = replace(column, generated="a * 3")
        t.change(e.DropColumn(table=T, column="z"), e.AddColumn(table=T, column=again))
    else:
        t.change(edit)
    assert t.rows("SELECT z FROM t ORDER BY a LIMIT 2") == [(3,), (6,)]


def test_null_and_default(t: Database) -> None:
    """Both in both directions."""
    t.change(e.SetNullable(table=T, column="a", nullable=False))
    t.change(e.SetNullable(table=T, column="a", nullable=True))
    t.change(e.SetDefault(table=T, column="a", default=Default("-5", DefaultKind.CONSTANT)))
    t.change(e.SetDefault(table=T, column="a", default=None))
    upper = Default("upper('a' || 'b')", DefaultKind.CONSTANT)
    t.change(e.SetDefault(table=T, column="c", default=upper))


@pytest.mark.parametrize(
    ("column", "type"),
    [
        ("a", SqlType("bigint")),
        ("b", SqlType("text")),
        ("b", SqlType("varchar", (20,))),
        ("d", SqlType("numeric", (12, 2))),
        ("e", SqlType("varchar", (90,))),  # its collation stays
        ("c", SqlType("integer")),  # no assignment from text
        ("id", SqlType("bigint")),
    ],
)
def test_types(t: Database, column: str, type: SqlType) -> None:
    """Everything but the type stays as it is."""
    t.change(e.SetType(table=T, column=column, type=type))


def test_a_wider_key_counts_further(t: Database) -> None:
    """The sequence of a serial column gets the bounds of its new type."""
    t.change(e.SetType(table=T, column="id", type=SqlType("bigint")))

    sequence = "SELECT max_value FROM pg_sequences WHERE sequencename = 't_id_seq'"
    assert t.value(sequence) == 2**63 - 1


def test_a_narrower_type_refuses_what_does_not_fit(t: Database) -> None:
    """Nothing is cut without a word."""
    t.run("UPDATE t SET b = 'longer than five'")
    with pytest.raises(Exception, match="too long"):
        t.change(e.SetType(table=T, column="b", type=SqlType("varchar", (5,))))


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: index.name)
@pytest.mark.parametrize("way", [Way.DIRECT, Way.ONLINE])
def test_indexes(t: Database, index: Index, way: Way) -> None:
    """Built and dropped, online outside of any transaction."""
    statement = t.change(e.AddIndex(table=T, index=index), way=way)
    assert statement.transaction == statement.lock_timeout == (way is Way.DIRECT)
    t.change(e.DropIndex(table=T, index=index), way=way)


def test_an_index_gets_another_name(t: Database) -> None:
    """And may have it of an index that has gone."""
    first, second = (replace(INDEXES[0], name=name) for name in ("one", 'an "other"'))
    t.change(e.AddIndex(table=T, index=first))
    t.change(e.AddIndex(table=T, index=second))
    t.change(e.DropIndex(table=T, index=first))
    t.change(e.RenameIndex(table=T, index=second, name="one"))


@pytest.mark.parametrize("name", ["t_key", "t_key_index"])
def test_a_unique_constraint_adopts_an_index(t: Database, name: str) -> None:
    """The index gets the name of the constraint."""
    unique = replace(UNIQUE, name=name)
    t.change(e.AddIndex(table=T, index=UNIQUE_INDEX), way=Way.ONLINE)
    t.change(
        e.DropIndex(table=T, index=UNIQUE_INDEX),
        e.AddUnique(table=T, unique=unique),
        way=Way.ADOPT,
    )
    t.change(e.DropUnique(table=T, unique=unique))


def test_one_key_takes_the_place_of_another(t: Database) -> None:
    """Constraint or index, by an index that was built under another name."""
    t.change(e.AddUnique(table=T, unique=UNIQUE))
    wanted = UniqueConstraint("t_key", ("c",))
    index = Index("fw_t_key", ("c",), unique=True, uses=("c",))
    t.change(e.AddIndex(table=T, index=index), way=Way.ONLINE)
    t.change(
        e.DropUnique(table=T, unique=UNIQUE),
        e.DropIndex(table=T, index=index),
        e.AddUnique(table=T, unique=wanted),
        way=Way.ADOPT,
    )
    t.change(e.DropUnique(table=T, unique=wanted), e.AddUnique(table=T, unique=UNIQUE))


@pytest.mark.parametrize("valid", [True, False])
def test_one_rule_takes_the_place_of_another(t: Database, valid: bool) -> None:
    """In one transaction, validated later or at once."""
    way = Way.DIRECT if valid else Way.UNVALIDATED
    t.change(e.AddForeignKey(table=T, foreign_key=KEY))
    t.change(e.AddCheck(table=T, check=CHECK))
    key = replace(KEY, on_delete=Action.NO_ACTION, deferrable="DEFERRABLE", valid=valid)
    t.change(
        e.DropForeignKey(table=T, foreign_key=KEY),
        e.AddForeignKey(table=T, foreign_key=key),
        way=way,
    )
    check = replace(CHECK, text="a > -1", uses=("a",), valid=valid)
    t.change(e.DropCheck(table=T, check=CHECK), e.AddCheck(table=T, check=check), way=way)


@pytest.mark.parametrize(
    "unique",
    [
        UniqueConstraint("t_key", ("a",), include=("c", "b")),
        UniqueConstraint("t_key", ("a", "b"), nulls_equal=True),
        UniqueConstraint("t_key", ("a",), deferrable="DEFERRABLE"),
        UniqueConstraint("t_key", ("a",), deferrable="DEFERRABLE INITIALLY DEFERRED"),
    ],
)
def test_forms_of_unique_constraints(t: Database, unique: UniqueConstraint) -> None:
    """Directly, and by an index that is there."""
    t.change(e.AddUnique(table=T, unique=unique))
    t.change(e.DropUnique(table=T, unique=unique))
    index = Index(
        "fw_t_key",
        unique.columns,
        unique=True,
        uses=tuple(sorted({*unique.columns, *unique.include})),
        include=unique.include,
        nulls_equal=unique.nulls_equal,
    )
    t.change(e.AddIndex(table=T, index=index), way=Way.ONLINE)
    t.change(e.DropIndex(table=T, index=index), e.AddUnique(table=T, unique=unique), way=Way.ADOPT)


def test_what_cannot_be_adopted(t: Database) -> None:
    """An index over other columns, or over some rows only."""
    partial = replace(UNIQUE_INDEX, where="a > 0")
    t.change(e.AddIndex(table=T, index=partial))
    drop = e.DropIndex(table=T, index=partial)
    with pytest.raises(ValueError, match="cannot adopt"):
        t.statement((drop, e.AddUnique(table=T, unique=UNIQUE)), Way.ADOPT)


def test_a_unique_constraint_directly(t: Database) -> None:
    t.change(e.AddUnique(table=T, unique=UNIQUE))
    t.change(e.DropUnique(table=T, unique=UNIQUE))


@pytest.mark.parametrize("key", [KEY, PAIR], ids=lambda key: key.name)
def test_foreign_keys(t: Database, key: ForeignKey) -> None:
    """At once, and for new rows first."""
    t.change(e.AddForeignKey(table=T, foreign_key=key))
    t.change(e.DropForeignKey(table=T, foreign_key=key))
    loose = replace(key, valid=False)
    t.change(e.AddForeignKey(table=T, foreign_key=loose), way=Way.UNVALIDATED)
    t.change(e.ValidateForeignKey(table=T, foreign_key=loose), way=Way.VALIDATE)
    t.change(e.DropForeignKey(table=T, foreign_key=key))


@pytest.mark.parametrize("column", [None, "a"])
def test_comments(t: Database, column: str | None) -> None:
    """One comes, becomes another and goes."""
    for text in ("it's 100 %", "\\ is no \n line", "%(a)s :b", None):
        t.change(e.SetComment(table=T, column=column, comment=text))


def test_checks(t: Database) -> None:
    """At once, and for new rows first."""
    t.change(e.AddCheck(table=T, check=CHECK))
    t.change(e.DropCheck(table=T, check=CHECK))
    loose = replace(CHECK, valid=False)
    t.change(e.AddCheck(table=T, check=loose), way=Way.UNVALIDATED)
    t.change(e.ValidateCheck(table=T, check=loose), way=Way.VALIDATE)
    t.change(e.DropCheck(table=T, check=CHECK))


@pytest.mark.parametrize("column", ["a", "order", 'Wei"rd; %s'])
def test_not_null_proven_by_a_check(t: Database, column: str) -> None:
    """The helper's text is what the catalog shows, so that it is found again."""
    if column != "a":
        t.change(e.AddColumn(table=T, column=Column(column, INTEGER)))
        t.run("""UPDATE t SET "{}" = 1""".format(column.replace('"', '""')))
    text = ENGINE.spelling.not_null(column)
    guard = CheckConstraint("guard", text, (column,), valid=False)
    t.change(e.AddCheck(table=T, check=guard), way=Way.UNVALIDATED)
    t.change(e.ValidateCheck(table=T, check=guard), way=Way.VALIDATE)
    enforce = e.SetNullable(table=T, column=column, nullable=False)
    t.change(enforce, way=Way.CHECKED)
    t.change(e.DropCheck(table=T, check=replace(guard, valid=True)))


def test_types_that_list_their_values(t: Database) -> None:
    """Made, used, given more values in their places, and dropped when nothing is of them."""
    mood = Enumeration(TableName("public", "Mood; 1"), ("sad", "it's", "100%"), '"Mood; 1"')
    t.change(e.CreateEnumeration(enumeration=mood))
    of_it = SqlType(mood.type)
    t.change(e.AddColumn(table=T, column=Column("mood", of_it, default=_text("sad"))))
    t.change(e.AddColumn(table=T, column=Column("moods", SqlType(mood.type, (), ("[]",)))))
    statement = t.change(
        e.AddLabel(table=mood.name, label="glad"),
        e.AddLabel(table=mood.name, label="so so", before="glad"),
        e.AddLabel(table=mood.name, label="none", before="sad"),
    )
    assert statement.transaction
    t.run("UPDATE t SET mood = 'so so', moods = '{none,glad}'")
    now = t.read().enumerations[0]
    assert now.labels == ("none", "sad", "it's", "100%", "so so", "glad")
    t.change(e.DropColumn(table=T, column="mood"))
    t.change(e.DropColumn(table=T, column="moods"))
    t.change(e.DropEnumeration(enumeration=now))


@pytest.mark.parametrize("collation", ["POSIX", None])
def test_collations(t: Database, collation: str | None) -> None:
    """Its type and its index stay."""
    t.run("CREATE INDEX over_it ON t (e)")
    t.change(e.SetCollation(table=T, column="e", collation=collation, indexed=True))


def test_identities(t: Database) -> None:
    """Added, and given other options from where they are."""
    first = Identity(always=True, counting=Counting(start=5, increment=5))
    column = Column("n", INTEGER, nullable=False, autoincrement=True, identity=first)
    t.change(e.AddColumn(table=T, column=column))
    for identity in (
        Identity(counting=Counting(start=5, increment=5)),
        Identity(always=True, counting=Counting(start=9, maximum=90, cycle=True, cache=3)),
        Identity(counting=Counting(increment=-1, minimum=-9, maximum=100)),
        Identity(),
    ):
        t.change(e.SetIdentity(table=T, column="n", identity=identity))
    t.change(e.SetType(table=T, column="n", type=SqlType("bigint")))
    again = replace(column, name="m", identity=Identity())
    table = Table(TableName("public", "other"), (again,))
    t.change(e.CreateTable(definition=table))


def test_sequences(t: Database) -> None:
    """Made, changed from where they are, and dropped."""
    made = Sequence(TableName("public", "it's; 1"), Counting(start=5, increment=5), "integer")
    t.change(e.CreateSequence(sequence=made))
    assert t.value("""SELECT nextval('"it''s; 1"')""") == 5
    for counting in (
        Counting(start=5, increment=10, maximum=100, cycle=True, cache=3),
        Counting(start=-3, increment=-1, minimum=-9, maximum=90),
        Counting(),
    ):
        t.change(e.SetSequence(sequence=Sequence(made.name, counting, "smallint")))
    t.change(e.DropSequence(sequence=Sequence(made.name, type="smallint")))


@pytest.mark.parametrize(
    "domain", [CODE, Domain(TableName("public", "n"), INTEGER, "n", nullable=False)]
)
def test_domains(t: Database, domain: Domain) -> None:
    """Made with all their rules, of a column and a list, and dropped."""
    t.change(e.CreateDomain(domain=domain))
    for flags in ((), ("[]",)) if domain.nullable else ():
        t.change(e.AddColumn(table=T, column=Column("z", SqlType(domain.type, (), flags))))
        t.change(e.DropColumn(table=T, column="z"))
    t.change(e.DropDomain(domain=domain))


def test_labels_have_a_longest_length(t: Database) -> None:
    """As names have, and in bytes."""
    mood = Enumeration(TableName("public", "mood"), ("é" * 31,), "mood")
    t.change(e.CreateEnumeration(enumeration=mood))
    with pytest.raises(ValueError, match="63 bytes"):
        t.statement((e.AddLabel(table=mood.name, label="é" * 32),), Way.DIRECT)


def test_several_edits_in_one_transaction(t: Database) -> None:
    """Each one sees what the ones before it made."""
    column = Column("z", INTEGER, nullable=False, default=Default("1", DefaultKind.CONSTANT))
    statement = t.change(
        e.AddColumn(table=T, column=column),
        e.SetType(table=T, column="z", type=SqlType("bigint")),
        e.SetDefault(table=T, column="z", default=None),
    )
    assert len(statement.sql) == 3


def test_what_is_left_of_a_broken_build(t: Database) -> None:
    """Duplicates leave an invalid index behind, which undo_partial drops."""
    t.run("UPDATE t SET a = 1")
    add = e.AddIndex(table=T, index=INDEXES[1])
    before = t.read()
    with pytest.raises(Exception, match="could not create unique index"):
        t.execute(t.statement((add,), Way.ONLINE))
    assert [(i.name, i.valid) for i in t.table("t").indexes] == [("t_unique", False)]

    repair = ENGINE.spelling.undo_partial((add,), before)
    assert repair is not None
    assert not repair.transaction
    t.execute(repair)
    assert ENGINE.spelling.undo_partial((e.AddCheck(table=T, check=CHECK),), before) is None
    t.execute(repair)  # nothing left to drop is fine
    assert t.read() == before


HOSTILE = [
    'a"b',
    "a;b--",
    "100%(x)s %s",
    "it's",
    "\N{GRINNING FACE}",
    "SELECT",
    "a b\n",
    ":a",
    "$1",
]


@pytest.mark.rotates(3)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(db: Database, name: str) -> None:
    """A name is a name, whatever is in it: of a table, a column, an index, a constraint."""
    text = ENGINE.spelling.not_null(name)
    where = TableName("public", name)
    table = Table(
        where,
        (
            Column(name, INTEGER, nullable=False, autoincrement=True),
            Column(name + "2", SqlType("varchar", (9,)), default=_text(name[:9])),
        ),
        PrimaryKey((name,), name + "_pkey"),
        (UniqueConstraint(name + "_u", (name, name + "2")),),
        (ForeignKey(name + "_f", (name,), where, (name,)),),
        (CheckConstraint(name + "_c", text, (name,)),),
        (Index(name + "_i", (name + "2 DESC",), uses=(name + "2",)),),
    )
    db.change(e.CreateTable(definition=table.sorted()))
    db.change(e.AddColumn(table=where, column=Column(name + "3", INTEGER)))
    db.change(e.SetType(table=where, column=name, type=SqlType("bigint")))
    index = Index(name + "_j", (name, name + "3"), uses=tuple(sorted((name, name + "3"))))
    db.change(e.AddIndex(table=where, index=index), way=Way.ONLINE)
    db.change(e.DropIndex(table=where, index=index), way=Way.ONLINE)
    db.change(e.DropForeignKey(table=where, foreign_key=table.foreign_keys[0]))
    db.change(e.DropColumn(table=where, column=name + "3"))
    db.change(e.DropTable(table=where))


def _text(value: str) -> Default:
    return Default("'" + value.replace("'", "''") + "'", DefaultKind.CONSTANT)


def test_length_and_limit(db: Database) -> None:
    """Characters, and so many rows."""
    spelling = ENGINE.spelling
    db.run("CREATE TABLE t (a text)", "INSERT INTO t VALUES ('\N{GRINNING FACE}x'), ('y')")
    sql = f"SELECT {spelling.length('a')} FROM {spelling.table(T)} ORDER BY 1 DESC"
    assert db.rows(f"{sql} {spelling.limit(1)}") == [(2,)]
