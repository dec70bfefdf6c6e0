"""What a real application is to the tests: how it was made, and what becomes of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, MetaData

ANY: object = object()
"""Some value, another one in each run."""

Begin = Callable[[Engine], None]


@dataclass(frozen=True, kw_only=True)
class Application:
    """An upgrade of a real application.

    ``begin``     makes the old release's database, by the application's own means
    ``models``    today's, with declarations
    ``dialects``  the URL's dialect by engine, for each engine that the application runs on
    ``filled``    what a column holds in rows that had no value; others hold NULL
    ``lose``      tables and columns that the upgrade may drop
    ``single``    tables for one row, which ``begin`` has written: none can be made up
    ``removed``   columns whose NULLs stand in the way: the operator deletes these rows
    ``accept``    ids of steps that the operator accepts, without the schema's name
    """

    begin: Begin
    models: MetaData
    dialects: Mapping[str, str]
    filled: Mapping[tuple[str, str], object] = field(default_factory=dict)
    lose: Sequence[str] = ()
    accept: Sequence[str] = ()
    removed: Sequence[tuple[str, str]] = ()
    single: Sequence[str] = ()
