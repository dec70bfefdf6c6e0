"""Plans made by hand, with everything in them that a text has to show."""

from falsework.model.forecast import Labour, Origin
from falsework.model.plan import (
    Backfill,
    Hazard,
    Kind,
    Lock,
    Phase,
    Plan,
    Proof,
    Question,
    QuestionKind,
    Refusal,
    Release,
    Statement,
    Step,
    Verdict,
)
from falsework.model.schema import Column, Schema, SqlType, Table, TableName

INSTANCES = TableName("public", "instances")
ACTIONS = TableName("public", "instance_actions")

CREATE = Step(
    id="public.instance_actions/create",
    phase=Phase.EXPAND,
    title="create table instance_actions",
    table=ACTIONS,
    work=Statement(("CREATE TABLE instance_actions (\n  id integer\n)",)),
    rows=0,
)
INDEX = Step(
    id="public.instances.ix_project/build",
    phase=Phase.EXPAND,
    title="build index ix_project over (project_id)",
    table=INSTANCES,
    work=Statement(
        ("CREATE INDEX CONCURRENTLY ix_project ON instances (project_id)",),
        transaction=False,
        setup=("SET statement_timeout = 0",),
        lock_timeout=False,
    ),
    lock=Lock.DDL,
    lock_name="SHARE UPDATE EXCLUSIVE",
    work_note="builds an index",
    rows=1_200_000_000,
    size=240_000_000_000,
    labour=Labour.BUILD,
    forecast=1740.0,
    least=480.0,
    disk=120_000_000_000,
    rate=1.0,
)
FILL = Step(
    id="public.instances.uuid/fill",
    phase=Phase.MIGRATE,
    title="fill uuid where it is NULL",
    table=INSTANCES,
    work=Backfill(INSTANCES, ("id",), "uuid", "gen_random_uuid()", '"uuid" IS NULL'),
    reversible=False,
    work_note="writes rows, chunk by chunk",
    rows=1_200_000_000,
    size=240_000_000_000,
    labour=Labour.FILL,
    forecast=11_000.0,
    least=200.0,
    disk=480_000_000_000,
)
ENFORCE = Step(
    id="public.instances.uuid/enforce",
    phase=Phase.CONTRACT,
    title="make uuid NOT NULL",
    table=INSTANCES,
    work=Statement(
        ("ALTER TABLE instances ALTER uuid SET NOT NULL",),
        must_be_empty=("SELECT 1 FROM instances WHERE uuid IS NULL",),
    ),
    lock=Lock.EVERYTHING,
    lock_name="ACCESS EXCLUSIVE",
    work_note="reads every row",
    hazards=(Hazard.BLOCKS_WRITERS,),
    rows=1_200_000_000,
    size=240_000_000_000,
    labour=Labour.SCAN,
    forecast=600.0,
    least=600.0,
    blocking=True,
)
DROP = Step(
    id="public.instances.rack/drop",
    phase=Phase.CONTRACT,
    title="drop column rack",
    table=INSTANCES,
    work=Statement(("ALTER TABLE instances DROP COLUMN rack",)),
    reversible=False,
    hazards=(Hazard.DATA_LOSS,),
    lock=Lock.EVERYTHING,
    lock_name="ACCESS EXCLUSIVE",
    also_locks=(TableName("public", "hosts"),),
    work_note="catalog only",
    rows=None,
    forecast=None,
    least=None,
)
BEFORE = Schema((Table(INSTANCES, (Column("id", SqlType("integer")),)),))
PLAN = Plan(
    engine="anydb",
    version=(18, 4),
    target="public",
    before=BEFORE,
    intent="",
    owned=Schema(),
    steps=(CREATE, INDEX, FILL, ENFORCE, DROP),
    proof=Proof(294, (), ("public.instances.uuid NOT NULL: A may still write NULL",)),
    questions=(
        Question(
            "FW001",
            QuestionKind.NULLS,
            ENFORCE.id,
            INSTANCES,
            "uuid",
            "",
            "",
            ("id",),
            Phase.CONTRACT,
            heals=True,
            text="rows hold NULL in uuid",
            remedy="db-migrate fills these rows.",
        ),
    ),
    rates=f"build: {Origin.HISTORY.text}; scan, fill: {Origin.SHIPPED.text}",
    notes=("public.instances.ix_mine: an index that nobody declared: left alone",),
)


def verdict(release: Release, kind: Kind, reason: str, subject: str = "") -> Verdict:
    return Verdict(release, INSTANCES, kind, subject, reason)


BROKEN = (
    (INDEX.id, verdict(Release.A, Kind.INSERT_ALL, "rack is NOT NULL")),
    (INDEX.id, verdict(Release.A, Kind.UPSERT, "rack is NOT NULL")),
    (DROP.id, verdict(Release.B, Kind.SELECT, "there is no column rack", "rack")),
)
REFUSALS = (
    Refusal("public.instances.size", "it has no value for old rows", "info=fill('...')"),
    Refusal("public.hosts", "after a step A's upsert fails", "change the models"),
    Refusal("public.hosts", "after a step A's insert fails", "change the models"),
)


def undated(plan: Plan, text: str) -> str:
    """The text without the digest, which changes with the format of plans."""
    return text.replace(plan.digest[:12], "0123456789ab")
