"""Whether a live schema is the expected one, and what is different, for people.

Servers respell the text they are given and name what was not named: both are forgiven where the
engine's reader cannot tell the texts apart. Everything else counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from falsework.engines.base import Reader
from falsework.model import edits
from falsework.model.edits import Edit
from falsework.model.schema import (
    CheckConstraint,
    Column,
    Default,
    Domain,
    Enumeration,
    Exclusion,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Table,
    Trigger,
    UniqueConstraint,
    View,
)
from falsework.model.schema import Sequence as Counter

Constraint = TypeVar("Constraint", UniqueConstraint, ForeignKey, CheckConstraint, Exclusion)
AnyConstraint = UniqueConstraint | ForeignKey | CheckConstraint | Exclusion
Named = TypeVar("Named", Table, Column, Index, Trigger, View, Enumeration, Counter, Domain)
Same = Callable[[str | None, str | None], bool]


def differences(expected: Schema, live: Schema, reader: Reader | None) -> tuple[str, ...]:
    """What is different, a sentence each, in the order of the tables; () when nothing is.

    ``reader``  tells respelled text from other text; None: every byte counts, every name too
    """
    if expected == live:
        return ()
    return tuple(_schema(expected, live, _same(reader), strict=reader is None))


def after(effect: Iterable[Edit], live: Schema, reader: Reader) -> Schema:
    """``live`` with the edits applied to its objects. Raises ValueError where one does not fit."""
    schema = live
    for edit in effect:
        schema = resolve(edit, schema, reader).apply(schema)
    return schema


def resolve(edit: Edit, live: Schema, reader: Reader) -> Edit:
    """The edit, naming the object as ``live`` spells it: by its name, or else by what it says."""
    table = live.table(edit.table)
    if table is None:
        return edit
    match edit:
        case edits.DropIndex(index=index) | edits.RenameIndex(index=index):
            named = next((i for i in table.indexes if i.name == index.name), index)
            return replace(edit, index=named)
        case edits.DropUnique(unique=unique):
            return replace(edit, unique=_find(unique, table.uniques, _same(reader)))
        case edits.DropForeignKey(foreign_key=key) | edits.ValidateForeignKey(foreign_key=key):
            return replace(edit, foreign_key=_find(key, table.foreign_keys, _same(reader)))
        case edits.DropCheck(check=check) | edits.ValidateCheck(check=check):
            return replace(edit, check=_find(check, table.checks, _same(reader)))
        case edits.DropExclusion(exclusion=exclusion):
            return replace(edit, exclusion=_find(exclusion, table.exclusions, _same(reader)))
        case _:
            return edit


def _find(part: Constraint, parts: Sequence[Constraint], same: Same) -> Constraint:
    """The live spelling of a planned constraint; itself where there is none."""
    if part in parts:
        return part
    if part.name is not None:
        return next((p for p in parts if p.name == part.name), part)
    return next((p for p in parts if _constraint(part, p, same)), part)


def _same(reader: Reader | None) -> Same:
    def same(one: str | None, other: str | None) -> bool:
        if one == other:
            return True
        if one is None or other is None or reader is None:
            return False
        return reader.equal(one, other) is not False

    return same


def _schema(expected: Schema, live: Schema, same: Same, *, strict: bool) -> Iterator[str]:
    for one, other, name in _paired(expected.tables, live.tables, lambda t: str(t.name)):
        if one is None or other is None:
            yield _gone(f"table {name}", other is None)
        elif one != other:
            yield from (f"table {name}: {what}" for what in _table(one, other, same, strict=strict))
    views = _paired(expected.views, live.views, lambda v: f"{v.schema}.{v.name}")
    for old, new, name in views:
        if old is None or new is None:
            yield _gone(f"view {name}", new is None)
        elif old.text != new.text:
            yield f"view {name} is another one"
    yield from _objects(expected, live)


def _objects(expected: Schema, live: Schema) -> Iterator[str]:
    """What stands beside the tables."""
    types = _paired(expected.enumerations, live.enumerations, lambda e: str(e.name))
    for was, now, name in types:
        if was is None or now is None:
            yield _gone(f"type {name}", now is None)
        elif was != now:
            yield f"type {name} has the labels {_list(now.labels)} instead of {_list(was.labels)}"
    domains = _paired(expected.domains, live.domains, lambda d: str(d.name))
    for one, other, name in domains:
        if one is None or other is None:
            yield _gone(f"domain {name}", other is None)
        elif (one.base, one.nullable, len(one.checks)) != (
            other.base,
            other.nullable,
            len(other.checks),
        ):
            yield _gone(f"domain {name}", gone=False, other=True)
    counters = _paired(expected.sequences, live.sequences, lambda s: str(s.name))
    for meant, found, name in counters:
        if meant != found:
            yield _gone(f"sequence {name}", found is None, other=meant is not None)


def _table(expected: Table, live: Table, same: Same, *, strict: bool) -> Iterator[str]:
    columns = list(_paired(expected.columns, live.columns, lambda c: c.name))
    for one, other, name in columns:
        if one is None or other is None:
            yield _gone(f"column {name}", other is None)
        else:
            yield from (f"column {name} {what}" for what in _column(one, other, same))
    same_names = sorted(expected.column_names) == sorted(live.column_names)
    if same_names and expected.column_names != live.column_names:
        yield "the columns have another order"
    if not _primary_key(expected.primary_key, live.primary_key, strict=strict):
        yield "the primary key is another one"
    yield from _constraints("unique constraint", expected.uniques, live.uniques, same, strict)
    yield from _constraints("foreign key", expected.foreign_keys, live.foreign_keys, same, strict)
    yield from _constraints("check", expected.checks, live.checks, same, strict)
    exclusions = expected.exclusions, live.exclusions
    yield from _constraints("exclusion", *exclusions, same, strict)
    yield from _indexes(expected.indexes, live.indexes, same)
    for old, new, name in _paired(expected.triggers, live.triggers, lambda t: t.name):
        if old != new:
            yield _gone(f"trigger {name}", new is None, other=old is not None)
    if expected.comment != live.comment:
        yield "has another comment"
    for what, one_word, other_word in (
        ("options", expected.options, live.options),
        ("what cannot be compared", expected.opaque, live.opaque),
    ):
        if sorted(one_word) != sorted(other_word):
            yield f"{what}: {_list(other_word)} instead of {_list(one_word)}"


def _column(expected: Column, live: Column, same: Same) -> Iterator[str]:
    if expected.type != live.type:
        yield f"has type {live.type} instead of {expected.type}"
    if expected.nullable != live.nullable:
        yield "accepts NULL" if live.nullable else "does not accept NULL"
    if not _default(expected.default, live.default, same):
        yield f"has the default {_text(live.default)} instead of {_text(expected.default)}"
    if expected.autoincrement != live.autoincrement:
        yield "counts by itself" if live.autoincrement else "does not count by itself"
    if not same(expected.generated, live.generated):
        yield "is computed in another way"
    if expected.collation != live.collation:
        yield f"has collation {live.collation} instead of {expected.collation}"
    if expected.comment != live.comment:
        yield "has another comment"


def _default(expected: Default | None, live: Default | None, same: Same) -> bool:
    if expected is None or live is None:
        return expected is live
    return same(expected.text, live.text)


def _primary_key(expected: PrimaryKey | None, live: PrimaryKey | None, *, strict: bool) -> bool:
    if expected is None or live is None:
        return expected is live
    names = {expected.name, live.name}
    return expected.columns == live.columns and (len(names) == 1 or (None in names and not strict))


def _constraints(
    what: str,
    expected: Sequence[Constraint],
    live: Sequence[Constraint],
    same: Same,
    strict: bool,
) -> Iterator[str]:
    """Constraints by name first; those without a name on either side by what they say."""
    missing, extra = list(expected), list(live)
    for part in expected:
        twin = next((p for p in extra if p.name == part.name), None)
        if part.name is not None and twin is not None:
            missing.remove(part)
            extra.remove(twin)
            if not _constraint(part, twin, same):
                yield _gone(f"{what} {part.name}", gone=False, other=True)
    for part in list(missing):
        alike = (
            p
            for p in extra
            if p.name == part.name or (not strict and (part.name is None or p.name is None))
        )
        twin = next((p for p in alike if _constraint(part, p, same)), None)
        if twin is not None:
            missing.remove(part)
            extra.remove(twin)
    yield from (_gone(f"{what} {_label(p)}", gone=True) for p in missing)
    yield from (_gone(f"{what} {_label(p)}", gone=False) for p in extra)


def _constraint(one: AnyConstraint, other: AnyConstraint, same: Same) -> bool:
    """Whether both say the same, their names aside."""
    if isinstance(one, CheckConstraint) and isinstance(other, CheckConstraint):
        return one.valid == other.valid and same(one.text, other.text)
    if isinstance(one, Exclusion) and isinstance(other, Exclusion):
        forms = [(x.operators, x.deferrable) for x in (one, other)]
        return forms[0] == forms[1] and _alike(one.index, other.index, same)
    return replace(one, name=None) == replace(other, name=None)


def _indexes(expected: Sequence[Index], live: Sequence[Index], same: Same) -> Iterator[str]:
    for one, other, name in _paired(expected, live, lambda i: i.name):
        if one is None or other is None:
            yield _gone(f"index {name}", other is None)
        elif one.valid != other.valid:
            yield f"index {name} is {'valid' if other.valid else 'not valid'}"
        elif not _alike(one, other, same):
            yield _gone(f"index {name}", gone=False, other=True)


def _alike(one: Index, other: Index, same: Same) -> bool:
    """Whether both are built alike, their names aside."""
    return (
        len(one.columns) == len(other.columns)
        and all(map(same, one.columns, other.columns))
        and same(one.where, other.where)
        and (one.unique, one.method) == (other.unique, other.method)
        and (one.include, one.nulls_equal, one.storage)
        == (other.include, other.nulls_equal, other.storage)
    )


def _paired(
    expected: Iterable[Named], live: Iterable[Named], key: Callable[[Named], str]
) -> Iterator[tuple[Named | None, Named | None, str]]:
    before: dict[str, Named] = {key(o): o for o in expected}
    now: dict[str, Named] = {key(o): o for o in live}
    for name in sorted({*before, *now}):
        yield before.get(name), now.get(name), name


def _gone(what: str, gone: bool, *, other: bool = False) -> str:
    if gone:
        return f"{what} is gone"
    return f"{what} is another one" if other else f"{what} should not be there"


def _label(part: AnyConstraint) -> str:
    if part.name is not None:
        return part.name
    columns = part.uses if isinstance(part, CheckConstraint) else part.columns
    return f"on ({', '.join(columns)})"


def _text(default: Default | None) -> str:
    return "none" if default is None else default.text


def _list(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"
