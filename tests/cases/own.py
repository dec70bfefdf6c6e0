"""Objects that only one engine has, in models that are made on every engine."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import DOMAIN


class Domain(DOMAIN):
    """One that is made where there are such things; SQLAlchemy's own asks every database for it."""

    cache_ok = True

    def create(self, bind: Any, checkfirst: bool = True, **more: Any) -> None:  # noqa: ANN401
        if bind.dialect.name == "postgresql":
            super().create(bind, checkfirst, **more)

    def drop(self, bind: Any, checkfirst: bool = True, **more: Any) -> None:  # noqa: ANN401
        if bind.dialect.name == "postgresql":
            super().drop(bind, checkfirst, **more)
