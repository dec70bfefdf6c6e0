"""Files that commands write."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from falsework.errors import ConfigError
from falsework.model.plan import Plan
from falsework.model.wire import dump_plan


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan, whole or not at all, for the user's own eyes."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(dump_plan(plan))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(
            f"{path}: the plan cannot be written",
            why=error.strerror or type(error).__name__,
            do="name a file in a folder that you may write to",
        ) from None
