"""One table with a parent, and one edit of each kind that fits it."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model import edits as e
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    Default,
    DefaultKind,
    Domain,
    Enumeration,
    Exclusion,
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

T = TableName("public", "t")
PARENT = TableName("public", "parent")
NEW = TableName("public", "new")

SETUP = (
    "CREATE TABLE parent (id integer PRIMARY KEY, a integer, UNIQUE (id, a))",
    """CREATE TABLE t (id serial PRIMARY KEY, p integer, a integer, b varchar(50) DEFAULT 'x',
       c text NOT NULL, d numeric(10, 2), e varchar(20) COLLATE "C")""",
    "INSERT INTO parent SELECT n, n FROM generate_series(1, 5) n",
    "INSERT INTO t (p, a, c) SELECT n, n, n::text FROM generate_series(1, 5) n",
)

INTEGER, TEXT = SqlType("integer"), SqlType("text")
NOW = Default("now()", DefaultKind.STABLE)
UUID = Default("gen_random_uuid()", DefaultKind.VOLATILE)


def _constant(text: str) -> Default:
    return Default(text, DefaultKind.CONSTANT)


KEY = ForeignKey("t_p_fkey", ("p",), PARENT, ("id",), Action.CASCADE)
PAIR = ForeignKey(
    "t_pair",
    ("p", "a"),
    PARENT,
    ("id", "a"),
    Action.SET_NULL,
    Action.RESTRICT,
    deferrable="DEFERRABLE INITIALLY DEFERRED",
)
CHECK = CheckConstraint("t_check", "b in ('x', 'it''s 100%') and a > 0", ("a", "b"))
UNIQUE = UniqueConstraint("t_key", ("a", "p"))
UNIQUE_INDEX = Index("t_key_index", ("a", "p"), unique=True, uses=("a", "p"))
INDEXES = (
    Index("t_a", ("a", "c DESC"), uses=("a", "c")),
    Index("t_unique", ("a",), unique=True, uses=("a",)),
    Index("t_part", ("lower(b)", "a DESC NULLS LAST"), where="c <> 'x'", uses=("a", "b", "c")),
    Index("t_hash", ("c",), uses=("c",), method="hash"),
    Index("t_pattern", ("c text_pattern_ops",), uses=("c",)),
    Index("t_include", ("a",), uses=("a", "b", "c"), include=("c", "b")),
    Index("t_nulls", ("a",), unique=True, uses=("a", "b"), include=("b",), nulls_equal=True),
    Index("t_kept", ("a",), uses=("a",), storage=("deduplicate_items=off", "fillfactor=50")),
    Index("t_collated", ('c COLLATE "C" DESC',), uses=("c",)),
)
COLUMNS = (
    Column("z", SqlType("timestamp", (), ("with time zone",)), default=NOW),
    Column("z", SqlType("varchar", (5,)), nullable=False, default=_constant("'a'")),
    Column("z", SqlType("varchar", (5,)), collation="C"),
    Column("z", SqlType("uuid"), nullable=False, default=UUID),
    Column("z", SqlType("bigint"), nullable=False, autoincrement=True),
    Column("z", INTEGER, generated="a + 1", stored=True),
    Column("z", INTEGER, default=_constant("1 + 1")),
    Column("z", SqlType("integer", (), ("[]",)), default=_constant("'{1}'")),
    Column("z", INTEGER, comment="it's 100 % \\ new"),
)
TABLE = Table(
    NEW,
    (
        Column("id", SqlType("bigint"), nullable=False, autoincrement=True),
        *(replace(column, name=f"c{n}") for n, column in enumerate(COLUMNS)),
        Column("p", INTEGER),
        Column("a", INTEGER),
        Column("b", SqlType("varchar", (50,)), default=_constant("'x'")),
        Column("c", TEXT, nullable=False),
    ),
    PrimaryKey(("id",), "new_key"),
    (replace(UNIQUE, name="new_unique"),),
    (KEY, PAIR),
    (CHECK,),
    INDEXES,
    comment="a table's",
    exclusions=(
        Exclusion("new_excl", ("c text_pattern_ops", "id"), ("=", "="), ("c", "id"), method=None),
        Exclusion("hash excl", ("c",), ("=",), ("c",), method="hash", deferrable="DEFERRABLE"),
    ),
)

EXCLUSION = Exclusion("t_excl", ("a", "lower(c)"), ("=", "="), ("a", "b", "c"), "b <> 'x'")
EDITS: tuple[e.Edit, ...] = (
    e.CreateTable(definition=TABLE.sorted()),
    e.DropTable(table=T),
    e.AddColumn(table=T, column=COLUMNS[0]),
    e.DropColumn(table=T, column="a"),
    e.SetNullable(table=T, column="a", nullable=False),
    e.SetDefault(table=T, column="a", default=None),
    e.SetType(table=T, column="a", type=SqlType("bigint")),
    e.AddIndex(table=T, index=INDEXES[0]),
    e.DropIndex(table=T, index=INDEXES[0]),
    e.AddUnique(table=T, unique=UNIQUE),
    e.DropUnique(table=T, unique=UNIQUE),
    e.AddForeignKey(table=T, foreign_key=KEY),
    e.DropForeignKey(table=T, foreign_key=KEY),
    e.ValidateForeignKey(table=T, foreign_key=replace(KEY, valid=False)),
    e.AddCheck(table=T, check=CHECK),
    e.DropCheck(table=T, check=CHECK),
    e.ValidateCheck(table=T, check=replace(CHECK, valid=False)),
    e.AddExclusion(table=T, exclusion=EXCLUSION),
    e.DropExclusion(table=T, exclusion=EXCLUSION),
    e.RenameIndex(table=T, index=INDEXES[0], name="t_a renamed"),
    e.SetComment(table=T, column="a", comment="it's 100 % \\ \n so"),
    e.SetComment(table=T, comment="of the table"),
)

MOOD = Enumeration(TableName("public", "mood"), ("sad", "ok"), "mood")
NUMBERS = Sequence(TableName("public", "numbers"))
CODE = Domain(
    TableName("public", "it's; a domain"),
    SqlType("varchar", (9,)),
    '"it\'s; a domain"',
    default=_constant("'none'"),
    checks=(
        CheckConstraint("a check", "value <> ''"),
        CheckConstraint("more's", "lower(value) <> 'x'"),
    ),
    collation="C",
)
RARE: tuple[e.Edit, ...] = (
    e.SetExpression(table=T, column="a", expression="p + 1", stored=True),
    e.SetCollation(table=T, column="e", collation="POSIX", indexed=True),
    e.SetIdentity(table=T, column="id", identity=Identity()),
    e.SetCounter(table=T, column="a", counts=True),
    e.SetRefresh(table=T, column="a", value=None),
    e.CreateEnumeration(enumeration=MOOD),
    e.DropEnumeration(enumeration=MOOD),
    e.AddLabel(table=MOOD.name, label="glad"),
    e.CreateDomain(domain=CODE),
    e.DropDomain(domain=CODE),
    e.CreateSequence(sequence=NUMBERS),
    e.SetSequence(sequence=NUMBERS),
    e.DropSequence(sequence=NUMBERS),
)
"""Those that need more than the table above, or that there is no way to make."""
