"""A database beside another one, on the same server, for the length of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError

from falsework.engines.connect import Target, connect
from falsework.engines.redaction import redact
from falsework.engines.tls import Tls
from falsework.errors import ConfigError


@contextmanager
def beside(first: Target, what: str, *, tls: Tls) -> Iterator[Target]:
    """An empty database of its own beside ``first``; it is dropped at the end.

    ``what``  the setting or option that names ``first``, for errors

    Raises ConfigError where this user cannot make one, or not drop it.
    """
    name = f"fw_scratch_{token_hex(6)}"
    with _told(f"{what}: no database can be made and dropped there"):
        url = first.driver.make_beside(first.pool, name)
    try:
        made = connect(url.render_as_string(hide_password=False), tls=tls)
        try:
            yield made
        finally:
            made.pool.dispose()
    finally:
        with _told(f"{what}: the database {name} cannot be dropped there"):
            first.driver.drop_beside(first.pool, url)


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        said = getattr(error, "orig", None) or error
        why = redact(next(iter(str(said).strip().splitlines()), type(said).__name__))
        raise ConfigError(
            what, why=why, do="use a server and a user that can, or leave it out"
        ) from None
