"""What models say beyond SQLAlchemy, in ``Column.info`` and ``Table.info``.

::

    from falsework.declare import dropped, fill, new_uuid, until_contract

    Column("uuid", String(36), nullable=False, unique=True, info=fill(new_uuid()))
    Column("hidden", Boolean, nullable=False, info=fill("false"))

    Table(
        "hosts", metadata, ...,
        info=dropped("rack", down="'?'") | dropped("notes", down=None) | until_contract("ck_rack"),
    )

Each helper returns an :class:`Info`, a dict; ``|`` puts several together, and with any other dict
that an application keeps there. A mistake is a TypeError or ValueError right where it is written.

An *expression* is SQL text, one text per engine (``{"postgresql": "...", "sqlite": "..."}``), or a
SQLAlchemy expression, compiled for the engine at hand. It may read other columns of its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

FILL = "falsework.fill"
DROPPED = "falsework.dropped"
UNTIL_CONTRACT = "falsework.until_contract"
AT_EXPAND = "falsework.at_expand"
SOFT_DELETE = "falsework.soft_delete"


@runtime_checkable
class Compiles(Protocol):
    """A SQLAlchemy expression, as far as this module knows one."""

    def compile(self) -> object:
        """What SQLAlchemy's expressions have in common."""
        ...


@dataclass(frozen=True, slots=True)
class NewUuid:
    """A new random UUID in every row, in the form that the column's type stores."""


Expression: TypeAlias = str | Mapping[str, str] | Compiles
FillExpression: TypeAlias = Expression | NewUuid


@dataclass(frozen=True, slots=True)
class DroppedColumn:
    """A column that these models no longer have; ``down`` is what their rows hold in it."""

    column: str
    down: Expression | None


@dataclass(frozen=True, slots=True)
class SoftDeletion:
    """What ``soft_delete`` was told; see there."""

    column: str | None
    values: tuple[str | int, ...]
    at: str
    idle: Expression | None
    host: str | None
    after: timedelta | None
    local: bool
    takes: tuple[str, ...] = ()


class Info(dict[str, Any]):
    """Declarations for ``info=``. ``|`` merges them; the same thing said twice is a ValueError."""

    def __or__(self, other: Mapping[str, Any]) -> Info:  # type: ignore[override]
        """Both, the drops and the constraints of both put together."""
        return _merged(self, other)

    def __ror__(self, other: Mapping[str, Any]) -> Info:  # type: ignore[override]
        """Both, where the left one is a plain dict."""
        return _merged(other, self)

    def __ior__(self, other: Mapping[str, Any]) -> Info:  # type: ignore[override]  # noqa: PYI034
        """Both; a new value, since one declaration may stand on several tables."""
        return _merged(self, other)


def fill(expression: FillExpression) -> Info:
    """For ``Column.info``: the value for rows that have none, or that another release left NULL."""
    if not isinstance(expression, NewUuid):
        _check("fill", expression)
    if isinstance(expression, str) and expression.strip().upper() == "NULL":
        raise ValueError('fill("NULL") fills nothing: write the value that rows shall have')
    return Info({FILL: expression})


def new_uuid() -> NewUuid:
    """For ``fill(new_uuid())``: another random UUID in every row, spelled for each engine."""
    return NewUuid()


def dropped(column: str, *, down: Expression | None) -> Info:
    """For ``Table.info``: this column is gone, and release A still reads ``down`` in new rows.

    ``down=None`` says NULL. Falsework drops the column in db-contract.
    """
    _check_name("dropped", column)
    if isinstance(down, NewUuid):
        raise TypeError(
            f"dropped({column!r}, down=new_uuid()): the type of a dropped column is not known "
            "here; write its SQL, for example down={'postgresql': 'gen_random_uuid()'}"
        )
    if down is not None:
        _check(f"dropped({column!r}, down=...)", down)
    return Info({DROPPED: (DroppedColumn(column, down),)})


def until_contract(*constraints: str) -> Info:
    """For ``Table.info``: these constraints are gone from the models, which still obey them.

    They then stay until db-contract, so that release A can go on relying on them.
    """
    return _named("until_contract", UNTIL_CONTRACT, constraints)


def at_expand(*constraints: str) -> Info:
    """For ``Table.info``: release A obeys these new unique keys, foreign keys and checks already.

    They are then enforced in db-expand, once the rows that are there were counted, and release B
    may rely on them from its start. One without a name goes by its columns: ``"host, port"``.
    """
    return _named("at_expand", AT_EXPAND, constraints)


def soft_delete(
    column: str | None = None,
    *,
    values: Sequence[str | int] = (),
    at: str = "deleted_at",
    idle: Expression | None = None,
    host: str | None = None,
    after: timedelta | None = None,
    local: bool = False,
    takes: Sequence[str] = (),
) -> Info:
    """For ``Table.info``: how rows are marked deleted, and when db-reclaim may take them away.

    ``column``  says that its row is deleted: it holds one of ``values``; without values, anything
                but 0, false, '' and NULL, as the ``deleted`` of oslo.db or a boolean. Without a
                column a row is deleted that has a time in ``at``
    ``at``      the column that holds since when
    ``idle``    what must hold before a row may go: ``"task_state IS NULL"``. NULL is not enough
    ``host``    the column that says which host a row belongs to, for ``db-reclaim --host``
    ``after``   how long a row stays marked before it may go; ``--older-than`` says otherwise
    ``local``   whether times without a zone are the database's local ones; else they are UTC
    ``takes``   tables without a mark of their own whose rows go with a row that they refer to,
                though no foreign key says ON DELETE CASCADE
    """
    if isinstance(takes, str):
        raise TypeError(f'soft_delete(takes={takes!r}): write takes=("{takes}",)')
    for name in (column, at, host, *takes):
        if name is not None:
            _check_name("soft_delete", name)
    if isinstance(values, str) or not all(type(v) in (str, int) for v in values):
        raise TypeError(f'soft_delete(values={values!r}): write values=("SOFT_DELETED",)')
    if values and column is None:
        raise TypeError("soft_delete(values=...): say which column holds one of them")
    if idle is not None:
        _check("soft_delete(idle=...)", idle)
    if after is not None:
        _check_span(after)
    said = SoftDeletion(column, tuple(values), at, idle, host, after, bool(local), tuple(takes))
    return Info({SOFT_DELETE: said})


def _named(helper: str, key: str, constraints: tuple[str, ...]) -> Info:
    if not constraints:
        raise TypeError(f'{helper}() needs the names: {helper}("ck_hosts_rack")')
    for name in constraints:
        _check_name(helper, name)
    return Info({key: constraints})


def _check(where: str, expression: object) -> None:
    """Refuse what is no expression, and say what to write."""
    if isinstance(expression, str):
        if not expression.strip():
            raise ValueError(f"{where}: the SQL is empty; the empty string is \"''\"")
    elif isinstance(expression, Mapping):
        _check_engines(where, expression)
    elif callable(expression) and not isinstance(expression, Compiles):
        raise TypeError(
            f"{where}: {expression!r} is a Python function, and the server fills the rows; "
            "write SQL, or new_uuid() for random UUIDs"
        )
    elif isinstance(expression, type) or not isinstance(expression, Compiles):
        raise TypeError(
            f"{where}: {expression!r} is a Python value, not SQL; write {_as_sql(expression)}"
        )


def _check_engines(where: str, texts: Mapping[object, object]) -> None:
    if not texts:
        raise ValueError(f'{where}: no engine is named; write {{"postgresql": "...", ...}}')
    for engine, text in texts.items():
        if not isinstance(engine, str) or not isinstance(text, str) or not text.strip():
            raise TypeError(f"{where}: {engine!r}: {text!r} is not an engine's name and its SQL")


def _as_sql(value: object) -> str:
    """The SQL literal that a Python value probably stands for, as Python source."""
    if isinstance(value, bool):
        return repr(str(value).lower())
    if value is None:
        return "a value: NULL is what rows without one have already"
    if isinstance(value, int | float):
        return repr(str(value))
    return "its SQL as a string, or a SQLAlchemy expression such as literal(...)"


def _check_name(where: str, name: object) -> None:
    if not isinstance(name, str) or not name:
        raise TypeError(f"{where}({name!r}): the name is a string, as the database has it")


def _check_span(after: object) -> None:
    if not isinstance(after, timedelta) or after <= timedelta(0):
        raise TypeError(f"soft_delete(after={after!r}): write after=timedelta(days=90)")


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> Info:
    """Both mappings as one; raises ValueError where they contradict or repeat each other."""
    both = Info({**one, **other})
    if FILL in one and FILL in other:
        raise ValueError("two fill(...) for one column: write one of them")
    if SOFT_DELETE in one and SOFT_DELETE in other:
        raise ValueError("two soft_delete(...) for one table: write one of them")
    for key in (DROPPED, UNTIL_CONTRACT, AT_EXPAND):
        if key in one and key in other:
            parts = (*one[key], *other[key])
            _check_once(key, parts)
            both[key] = parts
    return both


def _check_once(key: str, parts: tuple[object, ...]) -> None:
    names = [p.column if isinstance(p, DroppedColumn) else cast("str", p) for p in parts]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{key.partition('.')[2]}({name!r}) is said twice: write it once")
