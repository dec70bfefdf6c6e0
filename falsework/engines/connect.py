"""From what an operator writes as URL to a database that answered.

The forms: a URL; ``env:NAME``, whose value is one; ``file:PATH``, whose first line is one;
``python:package.module:name``, a callable that returns a SQLAlchemy Engine (for tokens that
expire: every session is made by that Engine).
"""

from __future__ import annotations

import os
import warnings
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import URL, Connection, event, inspect
from sqlalchemy import Engine as Pool
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidRequestError, SAWarning, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from falsework.engines.base import Driver, Trouble
from falsework.engines.drivers import driver_for, kin_of, synchronous
from falsework.engines.imports import last_line, load
from falsework.engines.redaction import masked, redact, secrets_of
from falsework.engines.tls import Tls
from falsework.errors import ConfigError, Denied, FalseworkError, Refused, Unreachable
from falsework.model.engine import Server

CONNECT_SECONDS = 10.0

_NOT_NOW = frozenset({Trouble.UNREACHABLE, Trouble.LOST, Trouble.LOCK_TIMEOUT, Trouble.RETRY})


@dataclass(frozen=True, slots=True)
class Target:
    """A database that answered: who speaks to it, and what it is.

    ``pool``      SQLAlchemy's engine; each connect is a session of its own
    ``schema``    the schema that unqualified names of the models mean
    ``identity``  which database it is, for people, without secrets
    ``verified``  False where the way leaves this machine and nobody asks who answers
    """

    driver: Driver
    pool: Pool = field(repr=False)
    schema: str
    server: Server
    identity: str
    verified: bool = True


def connect(
    url: str,
    *,
    schema: str | None = None,
    connect_seconds: float = CONNECT_SECONDS,
    tls: Tls = Tls.VERIFY,
    run_as: str | None = None,
) -> Target:
    """The database behind ``url``, in any of the forms; it has answered once.

    ``schema``           instead of the session's own default
    ``connect_seconds``  how long a connection may take to be made; an Engine from ``python:``
                         sets its own bound
    ``tls``              what a connection off this host must be, where it is made by a URL
    ``run_as``           the role that every session acts as

    Raises Unreachable when there is no answer, ConfigError when the URL, the credentials, the
    database or the schema are wrong, Refused for a server that is too old, Denied.
    """
    found = _resolve(url)
    own = found if isinstance(found, URL) else found.url
    shown, secrets = masked(own.render_as_string(hide_password=False)), secrets_of(own)
    try:
        driver, pool = _opened(found, connect_seconds, tls)
        _act(driver, pool, run_as)
    except (SQLAlchemyError, SAWarning, TypeError, ValueError, OSError) as error:
        raise _error(Trouble.OTHER, redact(last_line(error), secrets), shown) from None
    try:
        try:
            target = _target(driver, pool, schema)
        except InvalidRequestError:
            other = _through_kin(driver, found, connect_seconds, tls)
            if other is None:
                raise
            pool.dispose()
            pool = other
            _act(driver, pool, run_as)
            target = _target(driver, pool, schema)
        unasked = isinstance(found, URL) and tls is Tls.INSECURE and driver.off_host(found)
        return replace(target, verified=not unasked)
    except DBAPIError as error:
        pool.dispose()
        raise _error(driver.trouble(error), redact(str(error.orig), secrets), shown) from None
    except FalseworkError:
        pool.dispose()
        raise
    except (SQLAlchemyError, TypeError, ValueError, OSError) as error:
        pool.dispose()
        raise _error(Trouble.OTHER, redact(last_line(error), secrets), shown) from None


def _act(driver: Driver, pool: Pool, role: str | None) -> None:
    """Have every session of the pool act as the role."""
    if role is None:
        return
    try:
        statement = driver.become(role)
    except ValueError as error:
        raise ConfigError(
            f"run_as: no session can act as {role}", why=str(error), do="leave run_as out"
        ) from None

    @event.listens_for(pool, "connect")
    def act(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement)
        connection.commit()


def _resolve(text: str) -> URL | Pool:
    """What the written form stands for."""
    kind, _, rest = text.strip().partition(":")
    if kind == "env":
        return _resolve_again(_from_environment(rest), f"the variable {rest}")
    if kind == "file":
        return _resolve_again(_from_file(rest), f"the first line of {rest}")
    if kind == "python":
        return _from_python(rest)
    return synchronous(text)


def _resolve_again(text: str, origin: str) -> URL | Pool:
    """A URL that lay somewhere else; errors say where, not what it is."""
    if text.startswith(("env:", "file:")):
        raise ConfigError(
            f"{origin} refers to yet another place",
            why="it has to hold the URL itself",
            do="put the URL there",
        )
    try:
        return _resolve(text)
    except ConfigError as error:
        raise ConfigError(f"{origin}: {error.what}", why=error.why, do=error.do) from None


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ConfigError(
            f"env:{name}: there is no URL",
            why=f"the environment variable {name} is not set, or empty",
            do=f"export {name}=..., or name another variable",
        )
    return value


def _from_file(path: str) -> str:
    try:
        lines = Path(path).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(
            f"file:{path}: the file cannot be read",
            why=reason or type(error).__name__,
            do="name a file whose first line is the URL",
        ) from None
    if not lines or not lines[0].strip():
        raise ConfigError(
            f"file:{path}: there is no URL",
            why="the first line of the file is empty",
            do="write the URL in the first line",
        )
    return lines[0].strip()


def _from_python(path: str) -> Pool:
    make = load(path, "a callable that returns a SQLAlchemy Engine")
    try:
        made = make() if callable(make) else make
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        raise ConfigError(
            f"python:{path}: the call failed", why=last_line(error), do="mend the callable"
        ) from None
    if not isinstance(made, Pool):
        raise ConfigError(
            f"python:{path} gives no SQLAlchemy Engine",
            why=f"it gives {type(made).__module__}.{type(made).__qualname__}",
            do="return what sqlalchemy.create_engine(...) returns; an asynchronous engine will "
            "not do",
        )
    return made


def _opened(found: URL | Pool, connect_seconds: float, tls: Tls) -> tuple[Driver, Pool]:
    """The driver and its engine; nothing is connected yet."""
    if isinstance(found, URL):
        driver = driver_for(found.get_backend_name())
        return driver, _pool(driver, found, connect_seconds, tls)
    url = synchronous(found.url.render_as_string(hide_password=False))
    if url.get_driver_name() != found.dialect.driver:
        raise ConfigError(
            f"the Engine speaks through {found.dialect.driver}",
            why="that driver is asynchronous, or not known",
            do=f"create it with {url.drivername}://...",
        )
    driver = driver_for(url.get_backend_name())
    pool = _pool(driver, url, connect_seconds, Tls.INSECURE)  # what it connects by is the user's

    @event.listens_for(pool, "do_connect")
    def session(*_: object) -> DBAPIConnection | None:
        """Let the user's Engine make each session, with its creator and all its events."""
        made = found.raw_connection()
        made.detach()
        return made.dbapi_connection

    return driver, pool


def _pool(driver: Driver, url: URL, connect_seconds: float, tls: Tls) -> Pool:
    """SQLAlchemy only warns of options in a URL that nobody reads: that would hide a slip."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SAWarning)
        verified = tls is Tls.VERIFY and driver.off_host(url)
        return driver.pool(url, connect_seconds=connect_seconds, verified=verified)


def _through_kin(
    driver: Driver, found: URL | Pool, connect_seconds: float, tls: Tls
) -> Pool | None:
    """The pool through the dialect of an engine that speaks the same protocol, if there is one.

    Only where SQLAlchemy refuses the server: otherwise the dialect stays that of the URL, which
    the application has as well, since types are spelled by it.
    """
    kin = kin_of(driver)
    if not isinstance(found, URL) or not kin:
        return None
    url = found.set(drivername=f"{kin[0].dialects[0]}+{found.get_driver_name()}")
    return _pool(kin[0], url, connect_seconds, tls)


def _speaker(driver: Driver, connection: Connection) -> Driver:
    """The driver of the engine that the server is; the URL names one that it may be."""
    for known in (driver, *kin_of(driver)):
        if known.mine(connection):
            return known
    raise ConfigError(
        f"the server is not {driver.engine.name}",
        why="it speaks the same protocol, and behaves differently",
        do="use the URL of its own engine",
    )


def _target(driver: Driver, pool: Pool, schema: str | None) -> Target:
    """The target, once the server has answered and is known to be one to work with."""
    looking = pool.connect().execution_options(falsework_read_only=True)
    with looking as connection:
        return _known(_speaker(driver, connection), pool, connection, schema)


def _known(driver: Driver, pool: Pool, connection: Connection, schema: str | None) -> Target:
    """The target, unless the server is too old or has no such schema."""
    version = driver.version(connection)
    oldest = driver.engine.oldest
    if version < oldest:
        raise Refused(
            f"{driver.engine.name} {_dotted(version)} is older than {_dotted(oldest)}",
            why="what its statements lock and cost was never checked",
            do=f"upgrade the server to {_dotted(oldest)} or later",
        )
    if schema is not None:
        _check_schema(connection, schema)
    return Target(
        driver=driver,
        pool=pool,
        schema=schema if schema is not None else driver.default_schema(connection),
        server=Server(driver.engine, version),
        identity=driver.identity(connection),
    )


def _check_schema(connection: Connection, schema: str) -> None:
    names = inspect(connection).get_schema_names()
    if schema not in names:
        raise ConfigError(
            f"the database has no schema {schema}",
            why=f"it has {', '.join(sorted(names))}",
            do="create the schema, or name one that is there",
        )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _error(trouble: Trouble, text: str, shown: str) -> FalseworkError:
    """The error for a connection that could not be made or used."""
    why = " ".join(text.split())
    if trouble in _NOT_NOW:
        return Unreachable(
            f"no answer from {shown}",
            why=why,
            do="see that the server runs and this machine may reach it, then try again",
        )
    if trouble is Trouble.REJECTED:
        return ConfigError(
            f"{shown} does not let us in",
            why=why,
            do="check the name of the database, the user and the password; falsework makes no "
            "database, only what belongs into one",
        )
    if trouble is Trouble.DENIED:
        return Denied(
            f"{shown} does not let this user look",
            why=why,
            do="have the database's owner grant it, or use another user",
        )
    return ConfigError(f"{shown} cannot be used", why=why, do="check the URL and the server")
