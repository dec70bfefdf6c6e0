"""What earlier releases owned: the journal knows some of it, models of theirs tell the rest."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.model.schema import Schema, Table


def joined(one: Schema | None, other: Schema | None) -> Schema | None:
    """What either owned. A part that both had may be there twice, in two spellings."""
    if one is None or other is None:
        return one or other
    both = {t.name: t for t in one.tables}
    for table in other.tables:
        known = both.get(table.name)
        both[table.name] = table if known is None else _joined(known, table)
    listed = {e.name: e for e in (*one.enumerations, *other.enumerations)}
    made = {d.name: d for d in (*one.domains, *other.domains)}
    counting = {s.name: s for s in (*one.sequences, *other.sequences)}
    return replace(
        one,
        tables=tuple(both[name] for name in sorted(both)),
        enumerations=tuple(listed[name] for name in sorted(listed)),
        domains=tuple(made[name] for name in sorted(made)),
        sequences=tuple(counting[name] for name in sorted(counting)),
    )


def _joined(one: Table, other: Table) -> Table:
    return replace(
        one,
        columns=(*one.columns, *(c for c in other.columns if one.column(c.name) is None)),
        uniques=(*one.uniques, *other.uniques),
        foreign_keys=(*one.foreign_keys, *other.foreign_keys),
        checks=(*one.checks, *other.checks),
        indexes=(*one.indexes, *other.indexes),
        exclusions=(*one.exclusions, *other.exclusions),
    )
