"""The rows that a soft-delete policy means, as predicates; and the clock that judges their age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from falsework.declare import SoftDeletion
from falsework.errors import ConfigError
from falsework.model.engine import Engine
from falsework.model.schema import Column, Table
from falsework.model.soft_delete import SoftDelete


def policy(said: SoftDeletion, idle: str | None) -> SoftDelete:
    """The policy that was declared; ``idle`` is its condition in the engine's normal form."""
    return SoftDelete(
        said.at,
        said.column,
        said.values,
        idle,
        said.host,
        None if said.after is None else said.after.total_seconds(),
        said.local,
        said.takes,
    )


def clock(engine: Engine, connection: Connection) -> datetime:
    """The database's time: UTC, without a zone. No decision about age asks another clock."""
    found = connection.exec_driver_sql(
        engine.marks.clock, execution_options={"no_parameters": True}
    ).scalar_one()
    return datetime.fromisoformat(found)


def marked(policy: SoftDelete, table: Table, engine: Engine) -> str:
    """Rows that are marked deleted. Raises ConfigError where the policy does not fit the table."""
    check(policy, table, engine)
    return " AND ".join(_marked(policy, table, engine))


def eligible(policy: SoftDelete, table: Table, engine: Engine, before: datetime) -> str:
    """Rows that may go: marked since ``before`` (UTC) or longer, and idle.

    Raises ConfigError where the policy does not fit the table.
    """
    check(policy, table, engine)
    since = engine.marks.until(_column(policy.at, table), before, local=policy.local) or ""
    parts = [*_marked(policy, table, engine), since]
    if policy.idle is not None:
        parts.append(policy.idle)
    return " AND ".join(f"({part})" for part in dict.fromkeys(parts))


def of_host(policy: SoftDelete, table: Table, engine: Engine, host: str) -> str:
    """Rows that belong to the host. Raises ConfigError where the policy names no such column."""
    if policy.host is None:
        raise ConfigError(
            f"the rows of {table.name} belong to no host",
            why="the policy says of no column that it holds one",
            do='soft_delete(..., host="host"), or leave --host out',
        )
    return engine.marks.among(_column(policy.host, table), (host,))


def check(policy: SoftDelete, table: Table, engine: Engine) -> None:
    """Raise ConfigError where the policy does not fit the table."""
    where = f"soft_delete(...) of {table.name}"
    for name in policy.columns:
        if table.column(name) is None:
            raise ConfigError(
                f"{where} names a column {name}",
                why=f"the columns are {', '.join(table.column_names)}",
                do="name one of them",
            )
    at = _column(policy.at, table)
    if engine.marks.dated(at) is None:
        raise ConfigError(
            f"{where}: {policy.at} holds no time",
            why=f"its type is {at.type}",
            do="name the column that holds since when a row is marked: at=...",
        )
    if policy.column is None or policy.values:
        return
    flag = _column(policy.column, table)
    if engine.marks.set(flag) is None:
        raise ConfigError(
            f"{where}: {policy.column} of type {flag.type} is no flag",
            why="a flag is a number, a truth or a text",
            do="name its values: values=(...); or, where at=... alone is the mark, no column",
        )


def _marked(policy: SoftDelete, table: Table, engine: Engine) -> Iterator[str]:
    if policy.column is None:
        yield engine.marks.dated(_column(policy.at, table)) or ""
    elif policy.values:
        yield engine.marks.among(_column(policy.column, table), policy.values)
    else:
        yield engine.marks.set(_column(policy.column, table)) or ""


def _column(name: str, table: Table) -> Column:
    """The column, which ``check`` has seen."""
    found = table.column(name)
    if found is None:
        raise KeyError(name)
    return found
