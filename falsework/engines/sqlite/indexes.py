"""Indexes: read from pragmas where these say all, from the index's own text where they do not."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from falsework.engines.normalize import Form, Token, closing, split
from falsework.engines.sqlite.pragmas import Key
from falsework.engines.sqlite.text import named, normal, tokens, uses
from falsework.model.schema import Index

_DESC = " DESC"


class IndexText(NamedTuple):
    """What the text of CREATE INDEX says: its entries and its predicate in normal form."""

    entries: tuple[str, ...]
    where: str | None


def entry(text: str, *, descending: bool) -> str:
    """An index entry of the model: a column's name or an expression, then its direction."""
    return text + _DESC if descending else text


def direction(text: str, columns: Container[str]) -> tuple[str, str]:
    """The entry cut into its column or expression, and `` DESC`` or nothing."""
    if text not in columns and text.endswith(_DESC):
        return text.removesuffix(_DESC), _DESC
    return text, ""


@lru_cache(maxsize=4096)
def parse_index(sql: str) -> IndexText:
    """The entries and the predicate of a CREATE INDEX statement."""
    parts = tokens(sql)
    opening = next(i for i, t in enumerate(parts) if t.text == "(")
    end = closing(parts, opening)
    where = normal(parts[end + 2 :]) if end + 1 < len(parts) else None
    return IndexText(tuple(map(_entry, split(parts[opening + 1 : end]))), where)


def _entry(parts: Sequence[Token]) -> str:
    descending = parts[-1].says("DESC")
    if parts[-1].says("ASC", "DESC"):
        parts = parts[:-1]
    name = len(parts) == 1 and parts[0].form in (Form.NAME, Form.STRING)
    return entry(named(parts[0]) if name else normal(parts), descending=descending)


def read_index(key: Key, sql: str, collations: Mapping[str, str]) -> Index:
    """The index. ``collations`` has every column of the table with its own collation."""
    own = [
        entry(p.name, descending=p.descending)
        if p.name is not None and collations.get(p.name) == p.collation
        else None
        for p in key.parts
    ]
    used = {p.name for p in key.parts if p.name is not None}
    if None in own or key.partial:
        text = parse_index(sql)
        for written in (*text.entries, text.where or ""):
            used.update(uses(written, collations))
        entries = tuple(o or w for o, w in zip(own, text.entries, strict=True))
        return Index(key.name, entries, key.unique, text.where, tuple(sorted(used)))
    return Index(key.name, tuple(o for o in own if o), key.unique, uses=tuple(sorted(used)))


def ambiguous(index: Index, key: Key, collations: Mapping[str, str]) -> bool:
    """Whether an entry could be taken for another one: a column may be named like SQL text."""
    for written, part in zip(index.columns, key.parts, strict=True):
        own = part.name is not None and collations.get(part.name) == part.collation
        text, down = direction(written, collations)
        if (text in collations) != own or (own and text != part.name):
            return True
        if bool(down) != part.descending:
            return True
    return False
