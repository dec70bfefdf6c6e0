"""The MetaData that a configuration names. Loading models runs the user's code."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import MetaData

from falsework.engines.imports import last_line, load
from falsework.errors import ConfigError

_DO = "name a MetaData, a declarative base class, or a callable that returns one of them"


def load_models(paths: str | Iterable[str]) -> tuple[MetaData, ...]:
    """The MetaData behind each ``package.module:name``, in order.

    The name may stand for a MetaData, for a declarative base class, or for a callable without
    arguments that returns one. Raises ConfigError for anything else.
    """
    named = (paths,) if isinstance(paths, str) else tuple(paths)
    if not named:
        raise ConfigError(
            "no models are named",
            why="release B's schema is what its models say",
            do="--models package.module:metadata, or models = [...] in the configuration",
        )
    return tuple(_metadata(path) for path in named)


def _metadata(path: str) -> MetaData:
    found = load(path, "the MetaData")
    metadata = _of(found)
    if metadata is None and callable(found) and not isinstance(found, type):
        metadata = _of(found := _called(found, path))
    if metadata is None:
        raise ConfigError(
            f"{path} is no MetaData",
            why=f"it is {_described(found)}",
            do=_DO,
        )
    if not metadata.tables:
        raise ConfigError(
            f"{path}: the MetaData has no tables",
            why="the modules that define them may not have been imported, and taking the models "
            "for empty would mean to drop everything",
            do="name a module that imports all models",
        )
    return metadata


def _of(found: object) -> MetaData | None:
    """The MetaData that the object is or has."""
    if isinstance(found, MetaData):
        return found
    held = getattr(found, "metadata", None)
    return held if isinstance(held, MetaData) else None


def _called(make: object, path: str) -> object:
    try:
        return make() if callable(make) else make
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        raise ConfigError(f"{path}: the call failed", why=last_line(error), do=_DO) from None


def _described(found: object) -> str:
    kind = found if isinstance(found, type) else type(found)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return f"the class {name}" if isinstance(found, type) else f"an object of {name}"
