import subprocess
import sys

import pytest

from falsework.engines import drivers
from falsework.engines.drivers import KNOWN, Dbapi, Known, driver_for, engine_names, synchronous
from falsework.errors import ConfigError


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_known_engines_are_what_they_say(known: Known) -> None:
    """What is written down to avoid an import agrees with what the import gives."""
    driver = driver_for(known.dialects[0])

    assert driver.engine.name == known.name
    assert driver.dialects == known.dialects


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("postgresql://me@host/db", "postgresql+psycopg2://me@host/db"),
        ("postgres://me@host/db", "postgresql+psycopg2://me@host/db"),
        ("postgresql+psycopg://me@host/db", "postgresql+psycopg://me@host/db"),
        ("postgresql+psycopg_async://me@host/db", "postgresql+psycopg://me@host/db"),
        ("postgresql+asyncpg://me@host/db", "postgresql+psycopg2://me@host/db"),
        ("sqlite:///x.db", "sqlite+pysqlite:///x.db"),
        (" sqlite+aiosqlite:///x.db\n", "sqlite+pysqlite:///x.db"),
    ],
)
def test_urls_take_a_synchronous_driver(written: str, used: str) -> None:
    """A URL may be the application's own: its asynchronous driver has a synchronous neighbour."""
    assert synchronous(written).render_as_string() == used


def test_the_installed_driver_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg2, psycopg 3 serves."""
    monkeypatch.setattr(drivers, "find_spec", lambda name: None if name == "psycopg2" else name)

    assert synchronous("postgresql://host/db").drivername == "postgresql+psycopg"


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named or not, a driver that is not installed is a matter of one pip install."""
    monkeypatch.setattr(drivers, "find_spec", lambda _: None)

    for url in ("postgresql://host/db", "postgresql+psycopg2://host/db"):
        with pytest.raises(ConfigError, match=r"pip install 'falsework\[postgresql\]'"):
            synchronous(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("oracle://me:canary@host/db", "it knows sqlite, postgresql"),
        ("postgresql+asyncpg://me:canary@host/db?ssl=require", "the URL has ssl"),
        ("postgresql+pg8000://me:canary@host/db", r"write postgresql\+psycopg2://"),
        ("host/db password=canary", "not a database URL"),
        ("postgresql://me:canary@host:port/db", "not a database URL"),
        ("", "not a database URL"),
    ],
)
def test_urls_that_cannot_be_used(url: str, says: str) -> None:
    """Each is refused with what to write, and without its password."""
    with pytest.raises(ConfigError, match=says) as caught:
        synchronous(url)

    assert "canary" not in str(caught.value)


def test_engines_are_imported_when_needed() -> None:
    """Naming the engines imports none: a missing driver of another database does not hurt."""
    code = (
        "import sys; import falsework.engines.drivers as d; d.engine_names();"
        "bad = [m for m in sys.modules for k in d.KNOWN if m == k.package"
        " or m in [b.module for b in k.dbapis]]; sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_known_engine_is_named() -> None:
    """The names are those that {engine: SQL} mappings use; none twice."""
    assert len(set(engine_names())) == len(KNOWN)
    assert all(isinstance(dbapi, Dbapi) for known in KNOWN for dbapi in known.dbapis)
