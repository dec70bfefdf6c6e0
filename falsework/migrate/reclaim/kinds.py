"""What is read of the rows of a table, and the statements about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Delete, Select, Update, case, delete, literal, select, update
from sqlalchemy.sql.selectable import TableClause

from falsework.engines.marks import eligible, marked, of_host
from falsework.errors import Refused
from falsework.migrate.keys import Key
from falsework.migrate.keyset import above, among, named, plain, sql, upto
from falsework.model.engine import Engine
from falsework.model.forest import Branch, Forest, Tie
from falsework.model.schema import Schema, TableName

Row: TypeAlias = tuple[object, ...]
"""The values of ``Kind.columns``, and the verdict behind them."""


class Verdict(IntEnum):
    """What a row's own policy says of it."""

    GOES = 0
    WAITS = 1  # marked, but not for long enough, or busy
    LIVES = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """A table whose rows go, or hold others.

    ``columns``  the key first, then what foreign keys begin and end at
    ``may_go``   the predicate of rows that may go by themselves; None: there is no policy
    ``marked``   the predicate of rows that are marked deleted
    ``host``     the predicate of rows that this host takes; None: all of them
    ``pinned``   columns that each UPDATE would change
    """

    table: TableName
    key: tuple[str, ...]
    columns: tuple[str, ...]
    may_go: str | None = None
    marked: str | None = None
    host: str | None = None
    pinned: tuple[str, ...] = ()

    def key_of(self, row: Row) -> Key:
        """The row's key, as it can be looked up."""
        return tuple(map(plain, row[: len(self.key)]))

    def values(self, row: Row, columns: tuple[str, ...]) -> Key | None:
        """The row's values in these columns; None where one of them is NULL."""
        found = tuple(plain(row[self.columns.index(name)]) for name in columns)
        return None if None in found else found

    def page(self, after: Key | None, limit: int) -> Select[Any]:
        """Keys of rows that may go, in order, behind ``after``."""
        source, keys = self._source, self._keys
        found: Select[Any] = select(*keys).select_from(source)
        if after is not None:
            found = found.where(above(keys, after))
        return found.where(*self._mine()).order_by(*keys).limit(limit)

    def edge(self, after: Key | None, rows: int) -> Select[Any]:
        """The key of the last of so many rows of any sort behind ``after``; none where fewer.

        By the key alone: a server may sort all rows that may go to find the last of some.
        """
        keys = self._keys
        found: Select[Any] = select(*keys).order_by(*keys).limit(1).offset(rows - 1)
        return found if after is None else found.where(above(keys, after))

    def swept(self, after: Key | None, upper: Key | None) -> Delete:
        """All rows that may go behind ``after`` and up to ``upper``; None: to the end."""
        gone = delete(self._source).where(*self._mine())
        if after is not None:
            gone = gone.where(above(self._keys, after))
        return gone if upper is None else gone.where(upto(self._keys, upper))

    def held(self, keys: Iterable[Key], *, lock: bool) -> Select[Any]:
        """Those of these rows that may still go; locked ones are nobody's to wait for."""
        found = self._rows().where(among(self._keys, keys), *self._mine())
        return found.with_for_update(skip_locked=True) if lock else found

    def children(
        self,
        branch: Branch,
        parents: Iterable[Key],
        limit: int,
        *,
        after: Key | None = None,
        lock: bool = False,
    ) -> Select[Any]:
        """Rows of this kind that hang on the parents' values along the branch."""
        source = self._source
        found = self._rows().where(among([source.c[name] for name in branch.columns], parents))
        if lock:
            return found.limit(limit).with_for_update(nowait=True)
        if after is not None:
            found = found.where(above(self._keys, after))
        return found.order_by(*self._keys).limit(limit)

    def felled(self, keys: Iterable[Key]) -> Delete:
        """The rows of these keys go, as far as they still may."""
        return delete(self._source).where(among(self._keys, keys), *self._policy())

    def freed(self, branch: Branch, keys: Iterable[Key]) -> Update:
        """The rows of these keys refer to nothing any more along the branch."""
        source = named(self.table, (*self.key, *branch.columns, *self.pinned))
        values: dict[Any, Any] = {source.c[name]: source.c[name] for name in self.pinned}
        values.update({source.c[name]: None for name in branch.columns})
        return update(source).where(among([source.c[n] for n in self.key], keys)).values(values)

    @property
    def _source(self) -> TableClause:
        return _source(self.table, self.columns)

    @property
    def _keys(self) -> list[ColumnElement[Any]]:
        source = self._source
        return [source.c[name] for name in self.key]

    def _rows(self) -> Select[Any]:
        source = self._source
        return select(*(source.c[name] for name in self.columns), self._verdict())

    def _verdict(self) -> ColumnElement[int]:
        if self.may_go is None or self.marked is None:
            return literal(int(Verdict.GOES))
        return case(
            (sql(self.may_go), int(Verdict.GOES)),
            (sql(self.marked), int(Verdict.WAITS)),
            else_=int(Verdict.LIVES),
        )

    def _policy(self) -> list[ColumnElement[Any]]:
        return [] if self.may_go is None else [sql(self.may_go)]

    def _mine(self) -> list[ColumnElement[Any]]:
        return [*self._policy(), *([] if self.host is None else [sql(self.host)])]


@cache
def _source(table: TableName, columns: tuple[str, ...]) -> TableClause:
    """One object for the whole statement: SQLAlchemy takes two for a join."""
    return named(table, columns)


@dataclass(frozen=True, slots=True)
class Kinds:
    """Makes the kinds of one run.

    ``before``  by table: rows marked since then (UTC), or longer, may go
    ``host``    whose rows go, of tables whose policy names a column for it; None: everybody's
    """

    live: Schema
    forest: Forest
    engine: Engine
    before: Mapping[TableName, datetime]
    host: str | None = None

    def walked(self) -> Iterator[TableName]:
        """The tables whose rows may go by themselves, children first."""
        for table in (t for group in self.forest.order for t in group):
            policy = self.forest.policies.get(table)
            if policy is not None and (self.host is None or policy.host is not None):
                yield table

    def all(self) -> Mapping[TableName, Kind]:
        """Those of all trees. Raises Refused for a table whose rows nothing tells apart."""
        wanted: dict[TableName, list[str]] = {table: [] for table in self.forest.policies}
        for branches in self.forest.branches.values():
            for branch in branches:
                wanted.setdefault(branch.parent, []).extend(branch.parent_columns)
                wanted.setdefault(branch.child, []).extend(branch.columns)
        return {name: self._kind(name, columns) for name, columns in wanted.items()}

    def _kind(self, name: TableName, columns: list[str]) -> Kind:
        table = self.live.table(name)
        if table is None:
            raise KeyError(name)
        key = table.walk_key or self._to_be_seen(name)
        if key is None:
            raise Refused(
                f"the rows of {name} cannot be taken away one by one",
                why="it has no primary key, and no unique key without NULLs",
                do="give it one, or take the policy away that reaches it",
            )
        read = tuple(dict.fromkeys((*key, *columns)))
        pinned = tuple(c.name for c in table.columns if c.refreshed)
        policy = self.forest.policies.get(name)
        if policy is None:
            return Kind(name, key, read, pinned=pinned)
        mine = None
        if self.host is not None and policy.host is not None:
            mine = of_host(policy, table, self.engine, self.host)
        return Kind(
            name,
            key,
            read,
            eligible(policy, table, self.engine, self.before[name]),
            marked(policy, table, self.engine),
            mine,
            pinned,
        )

    def _to_be_seen(self, name: TableName) -> tuple[str, ...] | None:
        """For rows that only hold others: that they are there is all that is asked."""
        found = [b for some in self.forest.branches.values() for b in some if b.child == name]
        if name in self.forest.policies or any(b.tie is not Tie.HOLDS for b in found):
            return None
        return found[0].columns


def held_by(branch: Branch, row: Row) -> str | None:
    """Why a child holds its parent, in words; None where it does not."""
    if branch.tie is Tie.HOLDS:
        return f"rows of {branch.child} refer to it, and no policy says that they may go"
    if branch.tie is not Tie.JUDGED or row[-1] == Verdict.GOES:
        return None
    if row[-1] == Verdict.WAITS:
        return f"rows of {branch.child} are not due yet, or busy"
    return f"rows of {branch.child} are not marked deleted"
