"""Rules about what a table keeps unique, and about its checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from falsework.expand_contract.look import INSERTS, Look, Value, not_null_column
from falsework.expand_contract.matching import keeps_alike, obeyed, same_exclusion
from falsework.model.frozen import Frozen
from falsework.model.plan import Kind, Verdict
from falsework.model.schema import CheckConstraint, Index, Table


class _Unique(Frozen, frozen=True):
    """Something unique.

    ``columns``  the columns compared as they are
    ``uses``     all columns that it looks at: of expressions and of its predicate too
    ``whole``    whether every row counts, and nothing but plain columns is compared
    ``nulls``    whether two NULLs are equal
    ``late``     whether it is looked at when the transaction ends
    """

    columns: frozenset[str]
    uses: frozenset[str]
    whole: bool
    index: Index | None = None
    nulls: bool = False
    late: bool = False

    def holds(self, other: _Unique) -> bool:
        """Whether rows that obey this one obey the other, as far as their NULLs go."""
        return self.nulls or not other.nulls


def new_uniques(look: Look) -> Iterator[Verdict]:
    """A key that the home does not have can be broken by rows that are right at home.

    Not by a row that holds NULL in the key, since NULLs are never equal, or something of its own.
    A key of the home's can be broken only where its NULL was that, and a default has replaced it.
    """
    home = tuple(_uniques(look.rules))
    there = tuple(_uniques(look.now))
    for unique in there:
        if any(o.whole and o.columns < unique.columns and o.holds(unique) for o in there):
            continue  # whoever breaks it breaks the smaller one
        known = [mine for mine in home if _covers(look, mine, unique)]
        if known and not any(mine.holds(unique) for mine in known):
            yield from _equal_nulls(look, unique)
            continue
        shown = ", ".join(sorted(unique.uses))
        reason = f"({shown}) is unique" if unique.whole else f"index {_name(unique)} is unique"
        for kind in INSERTS:
            held = {look.value(kind, name) for name in unique.columns}
            if not _apart(unique, held) and all(_lost(look, kind, mine) for mine in known):
                certain = unique.whole and not unique.late and Value.NULL not in held
                yield from look.new_row(kind, reason, certain=certain)
        for name in sorted(unique.uses) if not known else ():
            if look.ours.column(name) is not None:
                certain = unique.whole and not unique.late
                yield look.fails(Kind.UPDATE, name, reason, certain=certain)


def _equal_nulls(look: Look, unique: _Unique) -> Iterator[Verdict]:
    """A key that the home has too, but for NULLs: only they can be duplicates."""
    reason = f"({', '.join(sorted(unique.columns))}) is unique, NULL too"
    for kind in INSERTS:
        if Value.NULL in {look.value(kind, name) for name in unique.columns}:
            yield from look.new_row(kind, reason, certain=False)
    if look.ours.nullable(unique.columns):
        for name in sorted(unique.columns):
            if look.ours.column(name) is not None:
                yield look.fails(Kind.UPDATE, name, reason, certain=False)


def _apart(unique: _Unique, held: Iterable[Value]) -> bool:
    """Whether something in the key keeps rows apart, whatever else they hold."""
    keeps = (Value.DISTINCT,) if unique.nulls else (Value.NULL, Value.DISTINCT)
    return any(value in keeps for value in held)


def _lost(look: Look, kind: Kind, mine: _Unique) -> bool:
    """Whether what kept rows apart in the home's own key is no more."""
    return _apart(mine, (look.value_at_home(kind, name) for name in mine.columns))


def _uniques(table: Table) -> Iterator[_Unique]:
    if table.primary_key:
        columns = frozenset(table.primary_key.columns)
        yield _Unique(columns, columns, whole=True)
    for unique in table.uniques:
        columns = frozenset(unique.columns)
        late = unique.deferrable is not None
        yield _Unique(columns, columns, whole=True, nulls=unique.nulls_equal, late=late)
    for index in table.indexes:
        if index.unique:
            plain = frozenset(n for e in index.columns if (n := _plain(table, e)) is not None)
            whole = index.where is None and len(plain) == len(index.columns)
            uses = plain | frozenset(index.watches)
            yield _Unique(plain, uses, whole=whole, index=index, nulls=index.nulls_equal)


def _plain(table: Table, entry: str) -> str | None:
    """The column that the entry of an index is, its order aside."""
    names = (entry, entry.removesuffix(" DESC"), entry.partition(" NULLS ")[0])
    return next((n for n in names if table.column(n) is not None), None)


def _covers(look: Look, mine: _Unique, other: _Unique) -> bool:
    """Whether rows that obey ``mine`` obey the other as well."""
    if mine.whole:
        return mine.columns <= other.columns
    if mine.index is None or other.index is None:
        return False
    wanted = replace(other.index, nulls_equal=False)  # that is looked at by itself
    return keeps_alike(mine.index, wanted, look.server.engine.same_text)


def _name(unique: _Unique) -> str:
    return unique.index.name if unique.index else ""


def new_checks(look: Look) -> Iterator[Verdict]:
    """A check that the home does not have can be broken, unless all it sees is left NULL.

    What it says of a default, or of a NULL beside a value, only the server knows, and whether rows
    that obey a check of the home over the same columns obey this one as well. Texts that cannot
    be compared are taken as equal here as everywhere: a note says so.
    """
    same = look.server.engine.same_text
    for check in look.now.checks:
        own = obeyed(check, look.rules.checks, same)
        kinds = [k for k in INSERTS if not own or look.moved(k, check.uses)]
        bound = not own and any({*c.uses} & {*check.uses} for c in look.rules.checks)
        reason = f"check {check.name or check.text}"
        if (column := not_null_column(look.server, check)) is not None:
            yield from _no_null(look, column, reason, kinds, own=own)
            continue
        for kind in kinds:
            held = {look.value(kind, name) for name in check.uses}
            if held != {Value.NULL} or not _passes_null(check):
                yield from look.new_row(kind, reason, certain=held == {Value.FREE} and not bound)
        known = [name for name in check.uses if look.ours.column(name) is not None]
        for name in known if not own else ():
            certain = len(known) == len(check.uses) and not bound
            yield look.fails(Kind.UPDATE, name, reason, certain=certain)


def new_exclusions(look: Look) -> Iterator[Verdict]:
    """Rows that are right at home may exclude each other; NULL excludes nothing.

    Whether two rows do only the server knows, by the operators; but for ``=`` alone, which is what
    unique means.
    """
    same, home = look.server.engine.same_text, tuple(_uniques(look.rules))
    for one in look.now.exclusions:
        if any(same_exclusion(mine, one, same) is not False for mine in look.rules.exclusions):
            continue
        plain = [n for e in one.columns if (n := _plain(look.now, e)) is not None]
        compared = zip(one.columns, one.operators, strict=True)
        equal = {n for e, o in compared if o == "=" and (n := _plain(look.now, e)) is not None}
        if any(mine.whole and mine.columns <= equal for mine in home):
            continue  # no two rows are equal in these
        unique = {*one.operators} == {"="} and len(plain) == len(one.columns)
        certain = unique and one.where is None and one.deferrable is None
        for kind in INSERTS:
            held = {look.value(kind, name) for name in plain}
            if Value.NULL not in held:
                yield from look.new_row(kind, one.label, certain=certain and held == {Value.FREE})
        for name in one.uses:
            if look.ours.column(name) is not None:
                yield look.fails(Kind.UPDATE, name, one.label, certain=certain)


def _no_null(
    look: Look, column: str, reason: str, kinds: list[Kind], *, own: bool
) -> Iterator[Verdict]:
    """A check that only refuses NULL, as NOT NULL does."""
    for kind in kinds:
        if look.value(kind, column) is Value.NULL:
            yield from look.new_row(kind, reason)
    ours = look.ours.column(column)
    if ours is not None and ours.nullable and not own:
        yield look.fails(Kind.UPDATE, column, reason)


def _passes_null(check: CheckConstraint) -> bool:
    """Whether NULL in all its columns surely passes: the text looks at no NULL itself."""
    words = set("".join(c if c.isalnum() else " " for c in check.text.lower()).split())
    return not words & {"null", "coalesce", "ifnull", "case", "nullif", "distinct", "is"}


def missing_keys(look: Look) -> Iterator[Verdict]:
    """An upsert needs a key over exactly its columns; one that names none, over some of them."""
    there = [frozenset(key) for key in look.now.keys]
    named = look.server.engine.upserts_name_keys
    for key in dict.fromkeys(look.ours.keys):
        wanted = frozenset(key)
        if not any(found == wanted if named else found <= wanted for found in there):
            subject = ", ".join(key)
            yield Verdict(
                look.home.release,
                look.ours.name,
                Kind.UPSERT,
                subject,
                f"nothing keeps ({subject}) unique",
                missing_key=key,
            )
