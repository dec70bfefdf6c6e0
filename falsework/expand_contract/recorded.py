"""What is known of how the server spells the models' texts, before any normaliser is asked.

Where falsework wrote a text, or a release was adopted whose models are at hand, the journal keeps
the models' words beside the server's. As long as neither changes they are equal; where the models'
words change, and the server's do not, that is a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import TypeAlias

from msgspec.structs import replace

from falsework.expand_contract.matching import SameText
from falsework.model.edits import apply
from falsework.model.intent import Declared
from falsework.model.plan import Plan, Wording
from falsework.model.schema import Schema, Table, TableName
from falsework.model.texts import Place, Spelled, Text, reworded, texts

Record: TypeAlias = tuple[Spelled, ...]
Pairs: TypeAlias = frozenset[tuple[str, str]]


def respelled(declared: Declared, live: Schema, record: Record, same: SameText) -> Declared:
    """The models with the server's words for every text that the record knows to be that."""
    known = _by_table(record)
    if not known:
        return declared
    tables = tuple(_respelled(t, live, known, same) for t in declared.schema.tables)
    if tables == declared.schema.tables:
        return declared
    return declared.spelled(replace(declared.schema, tables=tables))


def _respelled(
    table: Table, live: Schema, known: Mapping[TableName, Spelled], same: SameText
) -> Table:
    now, spelled = live.table(table.name), known.get(table.name)
    if now is None or spelled is None or now == table:
        return table
    here, said = texts(now), texts(table)
    places = {
        text.place
        for text in spelled.texts
        if here.get(text.place) == text.spelled
        and (words := said.get(text.place)) is not None
        and (words == text.said or same(text.said, words))
    }
    return reworded(table, now, places)


def reworded_since(
    declared: Declared, live: Schema, record: Record, same: SameText, by: str
) -> Pairs:
    """Pairs of a live text and the models' one that surely differ, as the record tells.

    The live text is what the server made of other words. That they are other words says enough
    where the same version put both into words, and the table's types are what they were. No pair
    is told that is also met where nothing is known of it.

    ``by``  who put the models into words
    """
    known = _by_table(record)
    found, unsure = set[tuple[str, str]](), set[tuple[str, str]]()
    for table in declared.schema.tables if known else ():
        now = live.table(table.name)
        if now is None or now == table:
            continue
        spelled = known.get(table.name)
        was = {t.place: t for t in spelled.texts} if spelled else {}
        settled = spelled is not None and spelled.by == by and _same_types(now, table)
        for place, here, said in _unsure(now, table, same):
            text = was.get(place)
            told = text is not None and text.spelled == here
            alike = same(text.said, said) if told and text else True
            other = alike is False or (alike is None and settled)
            (found if other else unsure).add((here, said))
    return frozenset(found - unsure)


def _unsure(now: Table, table: Table, same: SameText) -> Iterator[tuple[Place, str, str]]:
    here = texts(now)
    for place, said in texts(table).items():
        live = here.get(place)
        if live is not None and same(live, said) is None:
            yield place, live, said


def _same_types(now: Table, table: Table) -> bool:
    """What a text means, and how it is put into words, depends on them."""
    there = ((now.column(c.name), c) for c in table.columns)
    return all(live is not None and live.type == said.type for live, said in there)


def apart(same: SameText, pairs: Pairs) -> SameText:
    """``same``, knowing besides that these pairs differ."""
    return lambda one, other: (
        False if (one, other) in pairs or (other, one) in pairs else same(one, other)
    )


def wordings(declared: Declared, after: Schema, same: SameText) -> tuple[Wording, ...]:
    """What the models say where ``after`` says it in other words, and no normaliser could tell.

    Without a text where nobody knows whether it is the same.
    """
    return tuple(
        wording
        for words in declared.words.tables
        if (live := after.table(words.name)) is not None and live != words
        if (table := declared.schema.table(words.name)) is not None
        for wording in _wordings(words, table, live, same)
    )


def _wordings(words: Table, table: Table, live: Table, same: SameText) -> Iterator[Wording]:
    there, spelled = texts(live), texts(table)
    for place, said in texts(words).items():
        text = there.get(place)
        if text is None or same(text, said):
            continue
        yield Wording(table.name, place, said if spelled.get(place) == text else None)


def taken(plan: Plan, declared: Declared, live: Schema) -> Iterator[str]:
    """What the plan takes as equal because nobody can compare it, a sentence each."""
    for wording in plan.wordings:
        now, words = live.table(wording.table), declared.words.table(wording.table)
        if wording.text is None and now is not None and words is not None:
            here, said = texts(now)[wording.place], texts(words)[wording.place]
            yield f"{wording.table}: {wording.place}: {here} is taken as {said}"


def adopted(declared: Declared, live: Schema, by: str) -> Record:
    """The record of a schema that these models are said to have made."""
    return tuple(
        Spelled(table.name, by, _paired(now, texts(table)))
        for table in declared.words.tables
        if (now := live.table(table.name)) is not None
    )


def _paired(now: Table, said: Mapping[Place, str]) -> tuple[Text, ...]:
    return tuple(_text(p, live, said[p]) for p, live in texts(now).items() if p in said)


def _text(place: Place, spelled: str, said: str) -> Text:
    return Text(place, spelled, None if said == spelled else said)


def finished(record: Record, plan: Plan, picture: Schema, by: str) -> Record:
    """The record after the plan's last step; ``picture`` is the schema as it was read then."""
    whole = _by_table(record)
    for table in plan.owned.tables:
        live = picture.table(table.name) or table
        whole[table.name] = Spelled(table.name, by, _written(table, live, plan, texts(table)))
    return tuple(whole[name] for name in sorted(whole) if whole[name].texts)


def under_way(plan: Plan, done: Iterable[str], picture: Schema, by: str) -> Record:
    """The record of what the plan's steps so far have written, and of what it knew before."""
    kept = frozenset(done)
    steps = [s for s in plan.steps if s.id in kept]
    now = reduce(lambda schema, step: apply(step.effect, schema), steps, plan.before)
    record = []
    for table in now.tables:
        before = plan.before.table(table.name)
        old, live = texts(before) if before else {}, picture.table(table.name)
        told = {w.place for w in plan.wordings if w.table == table.name and w.text is not None}
        new = {p: t for p, t in texts(table).items() if p in told or old.get(p) != t}
        if live is not None and new:
            record.append(Spelled(table.name, by, _written(table, live, plan, new)))
    return tuple(record)


def _written(
    table: Table, live: Table, plan: Plan, places: Mapping[Place, str]
) -> tuple[Text, ...]:
    """What is known of these texts: those of the table as planned, those of it as it was read."""
    said = {w.place: w.text for w in plan.wordings if w.table == table.name}
    here = texts(live)
    return tuple(
        _text(place, here[place], words)
        for place, text in places.items()
        if place in here and (words := said.get(place, text)) is not None
    )


def joined(record: Record, newer: Record) -> Record:
    """Both; of a text that both speak of, and of a table that others put into words, the newer."""
    both = _by_table(record)
    for spelled in newer:
        was = both.get(spelled.table)
        again = {t.place for t in spelled.texts}
        kept = tuple(t for t in was.texts if t.place not in again) if was else ()
        alike = was is not None and was.by == spelled.by
        both[spelled.table] = replace(spelled, texts=kept + spelled.texts) if alike else spelled
    return tuple(both[name] for name in sorted(both))


def _by_table(record: Record) -> dict[TableName, Spelled]:
    return {spelled.table: spelled for spelled in record}
