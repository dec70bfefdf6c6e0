"""Record the present schema as the one that a release owns: what may be dropped one day."""

from __future__ import annotations

from falsework.engines.connect import Target
from falsework.migrate.settings import Settings
from falsework.model.schema import Schema


def adopt(target: Target, schema: Schema, release: str, settings: Settings = Settings()) -> None:
    """Store ``schema`` as owned by ``release``; the journal's tables are made where missing.

    Raises Refused while a plan is under way, AnotherRunner, Denied, Unreachable.
    """
    raise NotImplementedError
