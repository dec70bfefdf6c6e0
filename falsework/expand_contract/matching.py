"""Which live object is which declared one, where names may differ or be missing.

Unique constraints and foreign keys are matched by what they do, since most are named by the
server; checks by name, or else by text; indexes by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from falsework.expand_contract.keys import same_key
from falsework.model.keys import ordered
from falsework.model.schema import (
    CheckConstraint,
    Column,
    Default,
    Exclusion,
    ForeignKey,
    Index,
    Rule,
    Table,
    UniqueConstraint,
)

Key = Index | UniqueConstraint
SameText = Callable[[str, str], bool | None]


def same_default(one: Default | None, other: Default | None, same: SameText) -> bool | None:
    """Whether two defaults are one; None: cannot be decided."""
    if one is None or other is None:
        return one is other
    return same(one.text, other.text)


def same_unique(one: UniqueConstraint, other: UniqueConstraint) -> bool:
    """Whether both do the same for the same columns; their order says nothing."""
    plain = [replace(u, name=None, columns=tuple(sorted(u.columns))) for u in (one, other)]
    return plain[0] == plain[1]


def same_check(one: CheckConstraint, other: CheckConstraint, same: SameText) -> bool | None:
    """Whether two checks say the same; None: cannot be decided."""
    return same(one.text, other.text)


def same_index(one: Index, other: Index, same: SameText) -> bool | None:
    """Whether two indexes of one name are built alike; None: cannot be decided."""
    forms = [
        (i.unique, i.method, len(i.columns), i.where is None, i.include, i.nulls_equal, i.storage)
        for i in (one, other)
    ]
    if forms[0] != forms[1]:
        return False
    texts = [
        _same_entry(one, a, other, b, same) for a, b in zip(one.columns, other.columns, strict=True)
    ]
    texts.append(same(one.where or "", other.where or ""))
    if False in texts:
        return False
    return None if None in texts else True


def same_exclusion(one: Exclusion, other: Exclusion, same: SameText) -> bool | None:
    """Whether two exclusion constraints keep the same rows apart; None: cannot be decided."""
    if (one.operators, one.deferrable) != (other.operators, other.deferrable):
        return False
    return same_index(one.index, other.index, same)


def excluding(
    exclusion: Exclusion, others: tuple[Exclusion, ...], same: SameText
) -> Exclusion | None:
    """The one among ``others`` that is this one: by name, else by what it keeps apart."""
    named = next((o for o in others if o.name is not None and o.name == exclusion.name), None)
    return named or next((o for o in others if same_exclusion(o, exclusion, same)), None)


def replaced_keys(old: Table, new: Table, same: SameText) -> Iterator[tuple[Key, Key]]:
    """Live keys that surely differ from their namesakes in the models; a broken index is none."""
    gone = (u for u in old.uniques if not any(same_unique(u, n) for n in new.uniques))
    live: dict[str | None, Key] = {u.name: u for u in gone if u.name is not None}
    live |= {i.name: i for i in old.indexes if i.valid}
    for unique in new.uniques:
        there = live.get(unique.name)
        if there is not None and not any(same_unique(u, unique) for u in old.uniques):
            yield there, unique
    for index in new.indexes:
        there = live.get(index.name)
        alike = isinstance(there, Index) and same_index(there, index, same) is not False
        if there is not None and not alike:
            yield there, index


def as_index(key: Key) -> Index:
    """The unique index that is under a constraint; an index as it is."""
    if isinstance(key, Index):
        return key
    return Index(
        name=key.name or "",
        columns=key.columns,
        unique=True,
        uses=tuple(sorted({*key.columns, *key.include})),
        include=key.include,
        nulls_equal=key.nulls_equal,
    )


def obeyed(check: CheckConstraint, others: tuple[CheckConstraint, ...], same: SameText) -> bool:
    """Whether one of the others says the same, or may do so; a name alone says nothing."""
    found = counterpart(check, others, same)
    if found is not None and same_check(found, check, same) is not False:
        return True
    return any(same(o.text, check.text) for o in others)


def keeps_alike(one: Index, other: Index, same: SameText) -> bool:
    """Whether rows that one unique index keeps apart obey the other, in whatever order each is."""
    plain = [
        replace(
            i,
            method=None,
            columns=tuple(ordered(e)[0] for e in i.columns),
            include=(),
            storage=(),
            nulls_equal=one.nulls_equal and other.nulls_equal,
        )
        for i in (one, other)
    ]
    if other.nulls_equal and not one.nulls_equal:
        return False
    turned = [replace(i, columns=tuple(sorted(i.columns))) for i in plain]
    return any(same_index(a, b, same) is not False for a, b in (plain, turned))


def _same_entry(one: Index, a: str, other: Index, b: str, same: SameText) -> bool | None:
    """Whether two entries are one. A column's name is no text that could be spelled otherwise."""
    if a == b:
        return True
    if any(i.is_column(e) or i.is_prefix(e) for i, e in ((one, a), (other, b))):
        return False
    (first, order), (second, turned) = ordered(a), ordered(b)
    return same(first, second) if order == turned else False


def counterpart(
    check: CheckConstraint, others: tuple[CheckConstraint, ...], same: SameText
) -> CheckConstraint | None:
    """The check among ``others`` that is this one: by name, else by what it says."""
    if check.name is not None:
        named = next((o for o in others if o.name == check.name), None)
        if named is not None:
            return named
    exact = next((o for o in others if same(o.text, check.text)), None)
    if exact is not None:
        return exact
    free = [o for o in others if check.name is None or o.name is None]
    return next(
        (o for o in free if o.uses == check.uses and same(o.text, check.text) is None), None
    )


def renamed(live: Table, declared: Table, same: SameText) -> Iterator[tuple[str, str | None, str]]:
    """Constraints that are there under another name: what each is, its name, the models' one."""
    one, other = live.primary_key, declared.primary_key
    if one and other and one.columns == other.columns and other.name not in (None, one.name):
        yield "primary key", one.name, str(other.name)
    for unique in declared.uniques:
        found = [u.name for u in live.uniques if same_unique(u, unique)]
        yield from _unlike(unique.label, found, unique.name)
    for key in declared.foreign_keys:
        found = [f.name for f in live.foreign_keys if same_key(f, key)]
        yield from _unlike(key.label, found, key.name)
    for check in declared.checks:
        there = counterpart(check, live.checks, same)
        yield from _unlike(check.label, [there.name] if there else [], check.name)
    for exclusion in declared.exclusions:
        one_there = excluding(exclusion, live.exclusions, same)
        yield from _unlike(exclusion.label, [one_there.name] if one_there else [], exclusion.name)


def _unlike(
    label: str, found: list[str | None], said: str | None
) -> Iterator[tuple[str, str | None, str]]:
    if said is not None and found and said not in found:
        yield label, found[0], said


def known(live: Table, declared: Table, same: SameText) -> Table:
    """The part of a live table that the models have, as the server spells it.

    What is somebody else's stays out: who owns it may drop it one day.
    """
    return replace(
        live,
        columns=tuple(_said(c, d) for c in live.columns if (d := declared.column(c.name))),
        comment=live.comment if declared.comment else None,
        uniques=tuple(u for u in live.uniques if owns(declared, u)),
        foreign_keys=tuple(f for f in live.foreign_keys if owns(declared, f)),
        checks=tuple(c for c in live.checks if counterpart(c, declared.checks, same)),
        indexes=tuple(i for i in live.indexes if owns(declared, i)),
        exclusions=tuple(x for x in live.exclusions if excluding(x, declared.exclusions, same)),
        triggers=(),
    )


def _said(live: Column, declared: Column) -> Column:
    """The live column without a comment that only the database has."""
    return live if declared.comment or live.comment is None else replace(live, comment=None)


def owns(owned: Table | None, part: Rule) -> bool:
    """Whether an earlier release owned this object of its table: by name, or by what it does."""
    if owned is None:
        return False
    if isinstance(part, Index):
        return any(i.name == part.name for i in owned.indexes)
    if isinstance(part, UniqueConstraint):
        return any(same_unique(u, part) for u in owned.uniques)
    if isinstance(part, ForeignKey):
        return any(same_key(f, part) for f in owned.foreign_keys)
    if isinstance(part, Exclusion):
        return any(
            x.name == part.name or replace(x, name=part.name) == part for x in owned.exclusions
        )
    return any(
        (c.name is not None and c.name == part.name) or c.text == part.text for c in owned.checks
    )
