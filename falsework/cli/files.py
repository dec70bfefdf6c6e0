"""Files that commands write."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from falsework.errors import ConfigError
from falsework.model.plan import Plan
from falsework.model.wire import dump_plan


def file_of(models: str) -> str:
    """The file of ``package.module:name`` as a URI, relative to the working directory if it can be.

    The module's name where it has no file, or is not imported.
    """
    name = models.partition(":")[0]
    found = getattr(sys.modules.get(name), "__file__", None)
    if found is None:
        return quote(name or "models")
    path, here = Path(found), Path.cwd()
    return quote(str(path.relative_to(here))) if path.is_relative_to(here) else path.as_uri()


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan, whole or not at all, for the user's own eyes."""
    write_whole(path, dump_plan(plan), "the plan")


def write_whole(path: Path, data: bytes, what: str) -> None:
    """Write a file, whole or not at all, for the user's own eyes; ``what`` it is, for errors."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(
            f"{path}: {what} cannot be written",
            why=error.strerror or type(error).__name__,
            do="name a file in a folder that you may write to",
        ) from None
