"""From two pictures of a schema to a plan: diff, order, spell, prove, refuse."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from msgspec.structs import replace

from falsework.expand_contract.batch import batched
from falsework.expand_contract.changes.not_planned import BY_HAND
from falsework.expand_contract.diff import changes
from falsework.expand_contract.matching import known
from falsework.expand_contract.order import ordered
from falsework.expand_contract.proof import breaks_b, prove
from falsework.expand_contract.recorded import wordings
from falsework.expand_contract.upgrade import LABOUR, Draft, Outline, Upgrade, step_id
from falsework.model.edits import AddIndex, CreateSequence, CreateTable, Edit, SetType, apply
from falsework.model.engine import Cost, Fact
from falsework.model.forecast import Labour, told
from falsework.model.frozen import Frozen
from falsework.model.plan import (
    Backfill,
    Cause,
    Hazard,
    Lock,
    Plan,
    Proof,
    Refusal,
    Release,
    Statement,
    Step,
)
from falsework.model.schema import Schema, TableName

WORK = {
    Cost.METADATA: "catalog only",
    Cost.SCAN: "reads every row",
    Cost.BUILD: "builds an index",
    Cost.REWRITE: "writes every row anew",
}

FILLS = {
    Labour.FILL: "writes rows, chunk by chunk",
    Labour.WALK: "reads rows, chunk by chunk, and writes those that need it",
}


def make_plan(upgrade: Upgrade, target: str) -> Plan:
    """The plan for the upgrade; ``target`` names the database for people.

    Never raises for what the models or the database hold: what cannot be done is a refusal in it.
    """
    outline = _gather(change.outline(upgrade) for change in changes(upgrade))
    spelled = _spell(upgrade, batched(upgrade, ordered(upgrade, outline.drafts)))
    refusals = (*outline.refusals, *spelled.over_budget, *_unfit(outline, spelled))
    proof = Proof(0)
    after = spelled.after
    alone: tuple[Refusal, ...] = ()
    if not refusals:
        proof = prove(upgrade, spelled.steps)
        alone = _left_alone(upgrade, after)
        refusals = (
            *_breaches(proof),
            *(r for r in alone if r.subject not in upgrade.policy.accept),
            *_unknown(upgrade, spelled.steps, alone),
        )
    touched = {s.table for s in spelled.steps} | {t for s in spelled.steps for t in s.also_locks}
    kept = frozenset(i for s in spelled.steps for i in (s.id, *s.covers))
    return Plan(
        engine=upgrade.server.engine.name,
        version=upgrade.server.version,
        target=target,
        before=upgrade.old.only(upgrade.old.neighbours(touched)),
        intent=upgrade.new.digest,
        owned=_owned(upgrade, after),
        steps=spelled.steps,
        questions=tuple(q for q in outline.questions if q.step in kept),
        proof=replace(proof, not_yet=(*outline.not_yet, *proof.not_yet)),
        refusals=refusals,
        notes=(
            *outline.notes,
            *upgrade.new.unsupported,
            *(f"accepted: {r.reason}" for r in alone if r not in refusals),
        ),
        wordings=wordings(upgrade.new, after, upgrade.server.engine.same_text),
        rates=_rates(upgrade, spelled.steps),
    )


def _rates(upgrade: Upgrade, steps: tuple[Step, ...]) -> str:
    """Where the paces come from that these steps go by."""
    if upgrade.rates is None:
        return ""
    long = [(s.labour, s.rows or 0, s.size) for s in steps if s.labour and s.forecast]
    return told(upgrade.rates.pace(*each) for each in long)


def _owned(upgrade: Upgrade, after: Schema) -> Schema:
    """What release B owns once contract is done: what its models have, and nothing beside it."""
    same = upgrade.server.engine.same_text
    models = upgrade.new.schema
    declared = ((t, after.table(t.name)) for t in models.tables)
    return Schema(
        tuple(
            live if upgrade.as_declared(t.name, after) else known(live, t, same)
            for t, live in declared
            if live is not None
        ),
        enumerations=tuple(e for e in after.enumerations if models.enumeration(e.name)),
        domains=tuple(d for d in after.domains if models.domain(d.name)),
        sequences=tuple(s for s in after.sequences if models.sequence(s.name)),
    )


class _Spelled(Frozen, frozen=True):
    """Steps, the drafts that make others wait for too long, and those that cannot be made."""

    after: Schema
    steps: tuple[Step, ...] = ()
    over_budget: tuple[Refusal, ...] = ()
    unfit: tuple[tuple[TableName, Refusal], ...] = ()


def _gather(outlines: Iterable[Outline]) -> Outline:
    parts = tuple(outlines)
    return Outline(
        drafts=tuple(d for o in parts for d in o.drafts),
        questions=tuple(q for o in parts for q in o.questions),
        refusals=tuple(r for o in parts for r in o.refusals),
        not_yet=tuple(n for o in parts for n in o.not_yet),
        notes=tuple(n for o in parts for n in o.notes),
    )


def _spell(upgrade: Upgrade, drafts: tuple[Draft, ...]) -> _Spelled:
    """Walk the drafts over the schema they meet; a draft that does not fit it is refused."""

    def add(done: _Spelled, draft: Draft) -> _Spelled:
        try:
            step = _step(upgrade, draft, done.after)
            after = apply(draft.edits, done.after)
        except ValueError as error:
            refusal = Refusal(draft.id, str(error), BY_HAND)
            return replace(done, unfit=(*done.unfit, (draft.table, refusal)))
        over = (*done.over_budget, *_over_budget(upgrade, step, draft.instead))
        return replace(done, after=after, steps=(*done.steps, step), over_budget=over)

    return reduce(add, drafts, _Spelled(upgrade.old))


def _unfit(outline: Outline, spelled: _Spelled) -> tuple[Refusal, ...]:
    """Drafts that cannot be made. Beside a refusal of the same table they only follow from it."""
    said = [r.subject for r in outline.refusals]
    return tuple(
        refusal
        for table, refusal in spelled.unfit
        if not any(s == str(table) or s.startswith((f"{table}.", f"{table}:")) for s in said)
    )


def _step(upgrade: Upgrade, draft: Draft, before: Schema) -> Step:
    if draft.backfill is not None:
        return _fill_step(upgrade, draft, draft.backfill)
    engine = upgrade.server.engine
    fact = _costliest(upgrade, draft)
    statement = engine.spelling.statement(draft.edits, draft.way, before, upgrade.server.version)
    if draft.grants:
        statement = replace(statement, grants=_grants(upgrade, draft))
    blocking = draft.blocking and fact.cost > Cost.METADATA and not fact.online
    labour = LABOUR.get(fact.cost)
    forecast = upgrade.forecast(labour, draft.table)
    waits = blocking and forecast.most != 0
    hazards = (*draft.hazards, Hazard.BLOCKS_WRITERS) if waits else draft.hazards
    return Step(
        id=draft.id,
        phase=draft.phase,
        title=draft.title,
        table=draft.table,
        work=statement,
        effect=draft.edits,
        partial=_partial(draft.edits, statement),
        repair=engine.spelling.undo_partial(draft.edits, before),
        reversible=draft.reversible,
        hazards=hazards,
        lock=fact.lock,
        lock_name=fact.lock_name,
        also_locks=draft.also_locks,
        work_note=WORK.get(fact.cost, ""),
        rows=upgrade.rows.get(draft.table) if upgrade.old.table(draft.table) else 0,
        size=upgrade.sizes.get(draft.table),
        labour=labour,
        forecast=forecast.most,
        least=forecast.least,
        disk=forecast.disk,
        blocking=blocking,
        rate=forecast.rate,
        covers=draft.covers,
    )


def _grants(upgrade: Upgrade, draft: Draft) -> tuple[str, ...]:
    spelled = upgrade.server.engine.spelling.grants
    tables = (edit.definition for edit in draft.edits if isinstance(edit, CreateTable))
    counters = (edit.sequence for edit in draft.edits if isinstance(edit, CreateSequence))
    return (
        *(sql for made in tables for sql in spelled(made, draft.grants)),
        *(sql for made in counters for sql in spelled(made, draft.grants)),
    )


def _partial(edits: tuple[Edit, ...], statement: Statement) -> tuple[Edit, ...]:
    """What a broken-off statement may leave: only one outside a transaction leaves anything."""
    return () if statement.transaction else tuple(e for e in map(remains, edits) if e is not None)


def _fill_step(upgrade: Upgrade, draft: Draft, work: Backfill) -> Step:
    forecast = upgrade.forecast(draft.labour, draft.table, easiest=draft.easiest)
    return Step(
        id=draft.id,
        phase=draft.phase,
        title=draft.title,
        table=draft.table,
        work=work,
        reversible=draft.reversible,
        hazards=draft.hazards,
        lock=Lock.NOTHING,
        work_note=FILLS[draft.labour],
        rows=upgrade.rows.get(draft.table),
        size=upgrade.sizes.get(draft.table),
        labour=draft.labour,
        forecast=forecast.most,
        least=forecast.least,
        disk=forecast.disk,
        rate=forecast.rate,
    )


def _costliest(upgrade: Upgrade, draft: Draft) -> Fact:
    """The fact that decides for the draft. Raises ValueError where the engine has no such way."""
    facts = [_fact(upgrade, draft, edit) for edit in draft.edits]
    known = [f for f in facts if f is not None]
    if not known or any(f.cost is Cost.UNSUPPORTED for f in known):
        name = upgrade.server.engine.name
        raise ValueError(f"{draft.title}: {name} {_dotted(upgrade)} has no way to do it")
    return max(known, key=lambda f: (not f.online, f.cost, f.lock))


def _fact(upgrade: Upgrade, draft: Draft, edit: Edit) -> Fact | None:
    fact = upgrade.server.cost(edit, draft.way)
    if fact is None or draft.cost is None or not isinstance(edit, SetType):
        return fact
    return Fact(draft.cost, fact.lock, fact.online, fact.source, fact.since, fact.lock_name)


def _dotted(upgrade: Upgrade) -> str:
    return ".".join(map(str, upgrade.server.version))


def _over_budget(upgrade: Upgrade, step: Step, instead: str) -> tuple[Refusal, ...]:
    allowed = step.named_in(upgrade.policy.allow_downtime)
    fits = step.forecast is not None and step.forecast <= upgrade.lock_budget
    if not step.blocking or fits or allowed:
        return ()
    long = "nobody knows how long" if step.forecast is None else f"{step.forecast:.0f} s"
    return (
        Refusal(
            step.id,
            f"{step.title} makes {step.lock.blocks} wait for the whole run: {long}, and the lock "
            f"budget is {upgrade.lock_budget:g} s",
            f"{instead or 'purge rows that are not needed'}, or plan an outage: --allow-downtime "
            f"{step.id}",
            Cause.WAITS_TOO_LONG,
        ),
    )


def _breaches(proof: Proof) -> tuple[Refusal, ...]:
    """A refusal for each reason why a statement would fail, with all the statements that would."""
    kinds: dict[tuple[str, Release, TableName, str], dict[str, None]] = {}
    for step, verdict in proof.broken:
        key = (step, verdict.release, verdict.table, verdict.reason)
        kinds.setdefault(key, {})[str(verdict.kind)] = None
    return tuple(
        Refusal(
            str(table),
            f"after {step} release {release}'s {', '.join(names)} would fail: {reason}",
            f"change the models so that both releases can work, or --accept {step}",
            Cause.BREAKS_A_RELEASE,
        )
        for (step, release, table, reason), names in kinds.items()
    )


def _left_alone(upgrade: Upgrade, after: Schema) -> tuple[Refusal, ...]:
    """What B runs into even after contract, because it belongs to somebody else."""
    kinds: dict[tuple[TableName, str], dict[str, None]] = {}
    for verdict in breaks_b(upgrade, after):
        kinds.setdefault((verdict.table, verdict.reason), {})[str(verdict.kind)] = None
    return tuple(
        Refusal(
            step_id(table, "", "left-alone"),
            f"release B's {', '.join(names)} on {table} would fail, even after db-contract: "
            f"{reason}, and no release owns that",
            "db-adopt if it belongs to the application, else change it by hand; or --accept "
            f"{step_id(table, '', 'left-alone')}",
            Cause.BREAKS_A_RELEASE,
        )
        for (table, reason), names in kinds.items()
    )


def _unknown(
    upgrade: Upgrade, steps: tuple[Step, ...], alone: tuple[Refusal, ...]
) -> tuple[Refusal, ...]:
    """Names that the operator gave and nothing has: a slip of the hand must not pass for a word.

    Where nothing is to be done, what was accepted once may stay in a script.
    """
    known = {i for s in steps for i in (s.id, *s.covers)} | {r.subject for r in alone}
    given = {"--accept": upgrade.policy.accept, "--allow-downtime": upgrade.policy.allow_downtime}
    return tuple(
        Refusal(
            name,
            f"{option} names no step of this plan",
            "take the id from db-plan",
            Cause.NO_SUCH_STEP,
        )
        for option, names in given.items()
        for name in sorted(names - known)
        if steps
    )


def remains(edit: Edit) -> Edit | None:
    """What a broken-off build of this edit leaves behind: an index that is not valid."""
    match edit:
        case AddIndex(table=table, index=index):
            return AddIndex(table=table, index=replace(index, valid=False))
    return None
