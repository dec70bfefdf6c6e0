"""The engines there are, and which of them a URL means. Each is imported when it is first needed.

So help is fast, and a machine that has the driver of one database needs that of no other one.
To add an engine: its package, exporting ``DRIVER``, and one line in ``KNOWN``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from falsework.engines.base import Driver
from falsework.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Dbapi:
    """A driver of an engine: its name in URLs, and the module to be installed."""

    name: str
    module: str


@dataclass(frozen=True, slots=True)
class Known:
    """An engine before it is imported.

    ``dbapis``     synchronous drivers, the preferred one first
    ``renamed``    asynchronous drivers that take the same URL as a synchronous one
    ``different``  asynchronous drivers whose URL parameters mean something else elsewhere
    ``aliases``    other names that people write in URLs
    ``kin``        engines whose servers speak the same protocol: the server says which one it is
    ``extra``      what installs a driver, where that has not the engine's name
    """

    name: str
    package: str
    dialects: tuple[str, ...]
    dbapis: tuple[Dbapi, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    different: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    extra: str = ""

    def driver(self) -> Driver:
        """The engine's driver, imported now."""
        found: Driver = import_module(self.package).DRIVER
        return found


KNOWN = (
    Known(
        name="sqlite",
        package="falsework.engines.sqlite",
        dialects=("sqlite",),
        dbapis=(Dbapi("pysqlite", "sqlite3"),),
        renamed=(("aiosqlite", "pysqlite"),),
    ),
    Known(
        name="postgresql",
        package="falsework.engines.postgresql",
        dialects=("postgresql",),
        dbapis=(Dbapi("psycopg2", "psycopg2"), Dbapi("psycopg", "psycopg")),
        renamed=(("psycopg_async", "psycopg"),),
        different=("asyncpg",),
        aliases=("postgres",),
    ),
    Known(
        name="mysql",
        package="falsework.engines.mysql",
        dialects=("mysql",),
        dbapis=(Dbapi("pymysql", "pymysql"),),
        renamed=(("aiomysql", "pymysql"), ("asyncmy", "pymysql")),
        kin=("mariadb",),
    ),
    Known(
        name="mariadb",
        package="falsework.engines.mariadb",
        dialects=("mariadb",),
        dbapis=(Dbapi("pymysql", "pymysql"),),
        renamed=(("aiomysql", "pymysql"), ("asyncmy", "pymysql")),
        kin=("mysql",),
        extra="mysql",
    ),
)


@cache
def driver_for(dialect: str) -> Driver:
    """The driver for a SQLAlchemy dialect name. Raises ConfigError for an engine not known."""
    return _known(dialect).driver()


def kin_of(driver: Driver) -> tuple[Driver, ...]:
    """Drivers of engines that the server behind the same URL may turn out to be."""
    known = next(k for k in KNOWN if k.name == driver.engine.name)
    return tuple(other.driver() for other in KNOWN if other.name in known.kin)


def engine_names() -> tuple[str, ...]:
    """The names of all engines, as an ``{engine: SQL}`` mapping has them."""
    return tuple(known.name for known in KNOWN)


def synchronous(text: str) -> URL:
    """The URL with the driver that will be used, which is installed and synchronous.

    Raises ConfigError for what is no URL, an unknown engine, and a driver that cannot be used.
    No message holds any part of the URL that may be secret.
    """
    url = _parsed(text)
    dialect, _, dbapi = url.drivername.partition("+")
    known = _known(dialect)
    name = _dbapi(known, dbapi, url) if dbapi else _installed(known).name
    return url.set(drivername=f"{known.dialects[0]}+{name}")


def _parsed(text: str) -> URL:
    try:
        return make_url(text.strip())
    except (ArgumentError, ValueError):
        raise ConfigError(
            "this is not a database URL",
            why="a URL is dialect://user@host:port/database",
            do="write one, for example sqlite:///file.db or postgresql://user@host/database; "
            "percent-encode @ : / in names and passwords",
        ) from None


def _known(dialect: str) -> Known:
    for known in KNOWN:
        if dialect in (*known.dialects, *known.aliases):
            return known
    raise ConfigError(
        f"{dialect}: not an engine that this falsework knows",
        why=f"it knows {', '.join(engine_names())}",
        do="use a URL of one of these",
    )


def _dbapi(known: Known, name: str, url: URL) -> str:
    """The synchronous driver for the one that the URL names."""
    name = dict(known.renamed).get(name, name)
    if name in known.different and not url.query:
        return _installed(known).name
    preferred = f"{known.dialects[0]}+{known.dbapis[0].name}://..."
    for dbapi in known.dbapis:
        if dbapi.name == name:
            if find_spec(dbapi.module) is None:
                raise _not_installed(known, (dbapi,))
            return name
    if name in known.different:
        raise ConfigError(
            f"{known.name}+{name} is asynchronous, and its URL parameters mean something else "
            "to a synchronous driver",
            why=f"the URL has {', '.join(sorted(url.query))}",
            do=f"write {preferred} with the parameters of that driver",
        )
    raise ConfigError(
        f"{known.name}+{name}: not a driver that falsework knows",
        why="it has to know how a driver reports errors, and it knows "
        + ", ".join(d.name for d in known.dbapis),
        do=f"write {preferred}",
    )


def _installed(known: Known) -> Dbapi:
    """The first driver of the engine that is installed."""
    for dbapi in known.dbapis:
        if find_spec(dbapi.module) is not None:
            return dbapi
    raise _not_installed(known, known.dbapis)


def _not_installed(known: Known, dbapis: tuple[Dbapi, ...]) -> ConfigError:
    names = " or ".join(d.module for d in dbapis)
    return ConfigError(
        f"no driver for {known.name} is installed",
        why=f"{names} cannot be imported",
        do=f"pip install 'falsework[{known.extra or known.name}]'",
    )
