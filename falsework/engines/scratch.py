"""How a server spells what models say: by asking another database, made for it and dropped again.

Servers print a default or a check in a way of their own, and a normaliser cannot follow them
everywhere. Two texts that one server printed can be compared letter by letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace
from sqlalchemy import MetaData, Table
from sqlalchemy.exc import SQLAlchemyError

from falsework.engines.beside import beside
from falsework.engines.connect import Target, connect
from falsework.engines.imports import last_line
from falsework.engines.redaction import redact
from falsework.engines.tls import Tls
from falsework.errors import ConfigError
from falsework.model.engine import Engine
from falsework.model.intent import Declared
from falsework.model.schema import Schema, TableName
from falsework.model.schema import Table as Picture
from falsework.model.texts import reworded, texts


def spelled(
    url: str, target: Target, models: Sequence[MetaData], live: Schema, said: Declared, *, tls: Tls
) -> Declared:
    """The models with every text as the server prints it, in tables that are not as declared.

    ``url``  a database on a server of the target's engine, of which this user may make others; in
             any of the forms of ``connect``. One is made beside it, and dropped at the end.

    Raises ConfigError where it is of no use, and what ``connect`` raises.
    """
    unlike = [t.name for t in said.schema.tables if live.table(t.name) not in (None, t)]
    if not unlike:
        return said
    declared = {_name(t, target): t for one in models for t in one.tables.values()}
    with _scratch(url, target, tls) as scratch:
        printed = {name: _printed(scratch, declared[name]) for name in unlike}
    tables = tuple(
        reworded(t, printed[t.name], texts(printed[t.name])) if t.name in printed else t
        for t in said.schema.tables
    )
    return said.spelled(replace(said.schema, tables=tables))


def decided(engine: Engine) -> Callable[[str, str], bool | None]:
    """``Engine.same_text`` for texts that one server printed: what it does not know is another."""
    return lambda one, other: bool(engine.same_text(one, other))


def _name(table: Table, target: Target) -> TableName:
    return TableName(str(table.schema or target.schema), str(table.name))


@contextmanager
def _scratch(url: str, target: Target, tls: Tls) -> Iterator[Target]:
    """A database of its own on the server behind the URL, for the length of the block."""
    if not target.driver.remote:
        raise ConfigError(
            f"scratch_url is of no use for {target.server.engine.name}",
            why="it keeps each text as it was written",
            do="leave scratch_url out",
        )
    first = connect(url, tls=tls)
    try:
        _must_be_alike(first, target)
        with beside(first, "scratch_url", tls=tls) as made:
            yield made
    finally:
        first.pool.dispose()


def _must_be_alike(one: Target, target: Target) -> None:
    found, wanted = one.server, target.server
    if (found.engine.name, found.version[0]) != (wanted.engine.name, wanted.version[0]):
        raise ConfigError(
            f"scratch_url is {found.engine.name} {found.version[0]}",
            why=f"the database is {wanted.engine.name} {wanted.version[0]}, and each spells texts "
            "in its own way",
            do="name a server of the same engine and version",
        )


def _refused(what: str, error: SQLAlchemyError) -> ConfigError:
    return ConfigError(
        what, why=redact(last_line(error)), do="use a server and a user that can, or leave it out"
    )


def _printed(scratch: Target, table: Table) -> Picture:
    """The table alone, without what ties it to others, as the server has it."""
    apart = MetaData(naming_convention=table.metadata.naming_convention)
    # None is what it takes for no schema, whatever its annotation says.
    copied = table.to_metadata(apart, schema=None)  # type: ignore[arg-type]
    for key in list(copied.foreign_key_constraints):
        copied.constraints.discard(key)
    try:
        with scratch.pool.begin() as connection:
            copied.create(connection)
        with scratch.pool.connect().execution_options(falsework_read_only=True) as connection:
            found = scratch.driver.read(connection, (scratch.schema,), (table.name,))
        with scratch.pool.begin() as connection:
            copied.drop(connection)
    except SQLAlchemyError as error:
        raise _refused(f"scratch_url: table {table.name} cannot be made there", error) from None
    return found.tables[0]
