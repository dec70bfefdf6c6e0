"""A small schema with something of every kind on it, and edits of every kind that fit it."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model import edits
from falsework.model.edits import Edit
from falsework.model.objects import Counting
from falsework.model.schema import (
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
    Schema,
    Sequence,
    SqlType,
    Table,
    TableName,
    Trigger,
    UniqueConstraint,
    View,
)

INTEGER, TEXT = SqlType("integer"), SqlType("varchar", (40,))
HOSTS, DISKS, SPARE = (TableName("s", name) for name in ("hosts", "disks", "spare"))

INDEX = Index("ix_hosts_slot", ("slot",), uses=("slot",))
UNIQUE = UniqueConstraint("uq_hosts_name", ("name",))
CHECK = CheckConstraint("ck_hosts_slot", "slot > 0", ("slot",))
LOOSE_CHECK = CheckConstraint("ck_hosts_loose", "slot < 9", ("slot",), valid=False)
KEY = ForeignKey("fk_disks_host", ("host_id",), HOSTS, ("id",))
LOOSE_KEY = ForeignKey("fk_disks_name", ("name",), HOSTS, ("name",), valid=False)

EXCLUSION = Exclusion("ex_hosts", ("name",), ("&&",), ("name", "slot"), "slot > 1", "gist")

MOOD = Enumeration(TableName("s", "mood"), ("sad", "ok"), "mood")

NUMBERS = Sequence(TableName("s", "numbers"), Counting(increment=5))

PRICE = Domain(
    TableName("s", "price"),
    SqlType("numeric", (10, 2)),
    "price",
    nullable=False,
    default=Default("0", DefaultKind.CONSTANT),
    checks=(CheckConstraint("price_check", "value >= 0"),),
    collation="C",
)

SCHEMA = Schema(
    (
        Table(
            DISKS,
            (
                Column("id", INTEGER, nullable=False),
                Column("host_id", INTEGER),
                Column("name", TEXT),
            ),
            PrimaryKey(("id",), "disks_pkey"),
            foreign_keys=(KEY, LOOSE_KEY),
        ),
        Table(
            HOSTS,
            (
                Column("id", INTEGER, nullable=False, autoincrement=True, identity=Identity()),
                Column("name", TEXT, nullable=False),
                Column("slot", INTEGER, default=Default("7", DefaultKind.CONSTANT)),
                Column("free", INTEGER),
                Column("twice", INTEGER, generated="free * 2", stored=True),
            ),
            PrimaryKey(("id",), "hosts_pkey"),
            uniques=(UNIQUE,),
            checks=(CHECK, LOOSE_CHECK),
            indexes=(INDEX,),
            triggers=(Trigger("tr", "CREATE TRIGGER ..."),),
            exclusions=(EXCLUSION,),
        ),
        Table(SPARE, (Column("id", INTEGER, nullable=False),), PrimaryKey(("id",))),
    ),
    (View("s", "names", "CREATE VIEW ...", ((HOSTS, "name"),)),),
    (MOOD,),
    (NUMBERS,),
    (PRICE,),
)

EDITS: tuple[Edit, ...] = (
    edits.CreateTable(definition=Table(TableName("s", "new"), (Column("id", INTEGER),))),
    edits.DropTable(table=SPARE),
    edits.AddColumn(table=HOSTS, column=Column("note", TEXT)),
    edits.DropColumn(table=HOSTS, column="free"),
    edits.SetNullable(table=HOSTS, column="name", nullable=True),
    edits.SetDefault(table=HOSTS, column="slot", default=None),
    edits.SetType(table=HOSTS, column="name", type=SqlType("text")),
    edits.SetCollation(table=HOSTS, column="name", collation="C"),
    edits.SetRefresh(table=HOSTS, column="slot", value="now()"),
    edits.SetCounter(table=DISKS, column="id", counts=True),
    edits.SetIdentity(table=HOSTS, column="id", identity=Identity(always=True)),
    edits.SetExpression(table=HOSTS, column="twice", expression="free * 3", stored=True),
    edits.AddIndex(table=HOSTS, index=Index("ix_hosts_free", ("free",), uses=("free",))),
    edits.DropIndex(table=HOSTS, index=INDEX),
    edits.AddUnique(table=HOSTS, unique=UniqueConstraint("uq_hosts_slot", ("slot",))),
    edits.DropUnique(table=SPARE, unique=UniqueConstraint("uq_spare", ("id",))),
    edits.AddForeignKey(table=SPARE, foreign_key=ForeignKey("fk", ("id",), HOSTS, ("id",))),
    edits.DropForeignKey(table=DISKS, foreign_key=KEY),
    edits.ValidateForeignKey(table=DISKS, foreign_key=LOOSE_KEY),
    edits.AddCheck(table=HOSTS, check=CheckConstraint("ck_new", "free > 0", ("free",))),
    edits.DropCheck(table=HOSTS, check=CHECK),
    edits.ValidateCheck(table=HOSTS, check=LOOSE_CHECK),
    edits.AddExclusion(table=HOSTS, exclusion=replace(EXCLUSION, name="ex_new")),
    edits.DropExclusion(table=HOSTS, exclusion=EXCLUSION),
    edits.CreateEnumeration(enumeration=Enumeration(TableName("s", "size"), ("s", "l"), "size")),
    edits.DropEnumeration(enumeration=MOOD),
    edits.CreateSequence(sequence=Sequence(TableName("s", "tickets"))),
    edits.DropSequence(sequence=NUMBERS),
    edits.SetSequence(sequence=Sequence(NUMBERS.name, Counting(cycle=True))),
    edits.CreateDomain(domain=replace(PRICE, name=TableName("s", "new"), type="new")),
    edits.DropDomain(domain=PRICE),
    edits.AddLabel(table=MOOD.name, label="so so", before="ok"),
    edits.RenameIndex(table=HOSTS, index=INDEX, name="ix_hosts_place"),
    edits.SetComment(table=HOSTS, column="free", comment="it's free"),
)
