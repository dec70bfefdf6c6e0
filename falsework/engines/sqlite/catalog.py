"""The live schema of an SQLite database, and how many rows its tables hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from falsework.engines.sqlite.pragmas import Object, fetch
from falsework.engines.sqlite.tables import MAIN, Builder
from falsework.engines.sqlite.text import fold, mentioned, tokens
from falsework.model.schema import Schema, TableName, View

_OURS = ("sqlite_", "falsework_")
# What fts3, fts4, fts5 and rtree keep their data in: part of a virtual table, in nobody's models.
_SHADOWS = frozenset(
    "content data idx docsize config segments segdir stat node rowid parent".split()
)


def read(
    connection: Connection, schemas: Sequence[str], tables: Sequence[str] | None = None
) -> Schema:
    """The schema ``main`` in four queries. Attached databases are other databases: left out."""
    if MAIN not in schemas:
        return Schema()
    catalog = fetch(connection, tables)
    made = sorted(_reported(catalog.objects), key=lambda o: o.name)
    names = {fold(o.name): o.name for o in made}
    wanted = frozenset(names.values() if tables is None else tables)
    builder = Builder(catalog, names)
    return Schema(
        tuple(builder.table(o) for o in made if o.name in wanted),
        tuple(v for v in _views(catalog.objects, names) if _touches(v, wanted, tables is None)),
    )


def _reported(objects: Sequence[Object]) -> Iterator[Object]:
    """The application's tables: not SQLite's own, not the journal's, none of a virtual table."""
    virtual = {o.name for o in objects if o.type == "table" and o.rootpage == 0}
    for made in objects:
        if made.type != "table" or fold(made.name).startswith(_OURS):
            continue
        stem, _, end = made.name.rpartition("_")
        if not (end in _SHADOWS and stem in virtual):
            yield made


def _views(objects: Sequence[Object], names: Mapping[str, str]) -> Iterator[View]:
    """Every view with the tables it names, or that a view it names does."""
    views = sorted((o for o in objects if o.type == "view"), key=lambda o: o.name)
    words = {fold(v.name): mentioned(tokens(v.sql)) for v in views}
    for view in views:
        reached = _reach(fold(view.name), words)
        used = sorted(names[n] for n in reached & names.keys())
        uses = tuple((TableName(MAIN, n), "") for n in used)
        yield View(MAIN, view.name, view.sql, uses)


def _reach(view: str, words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Every name in the view's text, and in the texts of the views it names."""
    seen: set[str] = set()
    ahead = [view]
    while ahead:
        new = words[ahead.pop()] - seen
        seen |= new
        ahead.extend(new & words.keys())
    return frozenset(seen)


def _touches(view: View, wanted: frozenset[str], everything: bool) -> bool:
    return everything or any(table.name in wanted for table, _ in view.uses)
