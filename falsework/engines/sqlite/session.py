"""Connections to an SQLite file: opened without making it, errors that say what is wrong with it.

What is special here, each measured:

- a file that is not there would be made, and look like an empty database;
- foreign keys are enforced only where a connection asks for it;
- the driver begins no transaction before DDL: see ``transactions``.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import URL, create_engine, event
from sqlalchemy import Engine as Pool
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from falsework.engines.sqlite.transactions import begin, commit
from falsework.engines.sqlite.trouble import CANTOPEN, MAY_NOT_READ, NO_DATABASE, code

CREATE = "falsework_create"  # in the query of the URL: the file may be made


def open_pool(url: URL, *, connect_seconds: float, module: ModuleType | None = None) -> Pool:
    """A SQLAlchemy engine whose every connect opens the file anew.

    A file that is not there is an error, not a new database, unless the URL says
    ``?falsework_create=true``. ``module`` is another DBAPI module than Python's own sqlite3.
    A database in memory is a new one for each connection.
    """
    may_create = str(url.query.get(CREATE, "")).lower() in {"1", "true", "yes"}
    url = url.set(drivername="sqlite+pysqlite").difference_update_query([CREATE])
    pool = create_engine(url, poolclass=NullPool, module=module)

    @event.listens_for(pool, "do_connect")
    def named(_dialect: object, _record: object, args: list[Any], options: dict[str, Any]) -> None:
        options.setdefault("timeout", connect_seconds)
        args[0], options["uri"] = _uri(
            args[0], is_uri=bool(options.get("uri")), mode="rwc" if may_create else "rw"
        )

    event.listen(pool, "connect", _prepare)
    event.listen(pool, "begin", begin)
    event.listen(pool, "commit", commit)
    event.listen(pool, "handle_error", _explain)
    return pool


def _uri(name: str, *, is_uri: bool, mode: str) -> tuple[str, bool]:
    """The file as a URI with its mode, and whether it is one: a database in memory is not."""
    if is_uri and ("mode=" in name or ":memory:" in name):
        return name, True
    if is_uri:
        return f"{name}{'&' if '?' in name else '?'}mode={mode}", True
    if name in {"", ":memory:"}:
        return name, False
    return f"file:{quote(name)}?mode={mode}", True


def _prepare(raw: DBAPIConnection, _record: object) -> None:
    raw.isolation_level = None  # the driver begins nothing by itself
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA legacy_alter_table=OFF")
    cursor.close()


def _explain(context: ExceptionContext) -> None:
    """Say why a file cannot be opened; SQLite itself says only that it cannot."""
    error = context.original_exception
    if context.connection is not None or code(error) != CANTOPEN or context.engine is None:
        return
    name = context.engine.url.database or ""
    path = Path(unquote(name.removeprefix("file:").partition("?")[0]))
    if reason := _reason(path):
        raise OperationalError(None, None, type(error)(reason)) from error


def _reason(path: Path) -> str | None:
    try:
        folder = path.is_dir()
        path.stat()
    except FileNotFoundError:
        return f"{NO_DATABASE}: there is no file {path} (?{CREATE}=true in the URL makes one)"
    except PermissionError:
        return f"{MAY_NOT_READ}: {path}"
    if folder:
        return f"{NO_DATABASE}: {path} is a folder"
    return None if os.access(path, os.R_OK) else f"{MAY_NOT_READ}: {path}"


def beside(url: URL, name: str) -> URL:
    """The URL of a file that is not there yet, in the folder of this one's; it may be made."""
    file = (url.database or "").removeprefix("file:").partition("?")[0]
    path = Path(unquote(file)).parent / f"{name}.db"
    return URL.create("sqlite", database=str(path), query={CREATE: "true"})


def remove(url: URL) -> None:
    """The file with what may lie beside it (https://www.sqlite.org/tempfiles.html)."""
    for end in ("", "-journal", "-wal", "-shm"):
        Path(f"{url.database}{end}").unlink(missing_ok=True)
