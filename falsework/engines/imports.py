"""Objects of the user's own code, by ``package.module:name``. Importing code runs it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

from falsework.engines.redaction import redact
from falsework.errors import ConfigError


def load(path: str, what: str) -> object:
    """The object that ``path`` names; ``what`` says in errors what it was to be.

    The working directory counts as on the path, as it does for ``python -m``. Raises ConfigError
    with the last line of an import error, never a stack trace.
    """
    module_name, colon, names = path.partition(":")
    if not colon or not module_name or not names:
        raise ConfigError(
            f"{path}: this does not name {what}",
            why="it has no module and name with a colon between",
            do="write package.module:name, for example myapp.models:metadata",
        )
    found: object = module(module_name, what)
    for name in names.split("."):
        if not hasattr(found, name):
            raise ConfigError(
                f"{path}: there is no {name} in {module_name}",
                why=_offer(found),
                do=f"name {what} that the module has",
            )
        found = getattr(found, name)
    return found


def module(name: str, what: str) -> ModuleType:
    """The module of that name; ``what`` says in errors what it was to give. As ``load``."""
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        raise ConfigError(
            f"{name}: the module cannot be imported, so it cannot give {what}",
            why=last_line(error),
            do=_how(name),
        ) from None


def _how(name: str) -> str:
    """What to do about a name that cannot be imported; a file's path is what people write first."""
    dotted = name.removesuffix(".py").strip("./").replace("/", ".")
    if dotted != name:
        return f"write the module's name, as an import statement has it, for example {dotted}"
    return f"make `python -c 'import {name}'` work in this directory and environment"


def last_line(error: BaseException) -> str:
    """The error as the last line of its stack trace, without secrets."""
    lines = str(error).strip().splitlines()
    return redact(f"{type(error).__name__}: {lines[-1]}" if lines else type(error).__name__)


def _offer(found: object) -> str:
    """What could have been named instead, without what the module imports from elsewhere."""
    names = [
        name
        for name, value in getattr(found, "__dict__", {}).items()
        if not name.startswith("_") and not _imported(value, found)
    ]
    return f"it has {', '.join(sorted(names)[:12])}" if names else "it has no names of its own"


def _imported(value: object, found: object) -> bool:
    if isinstance(value, ModuleType):
        return True
    own = getattr(found, "__name__", None)
    return isinstance(value, type | FunctionType) and value.__module__ != own
