"""The programs that installation puts on the path."""

from __future__ import annotations

import sys
from typing import NoReturn

from falsework.cli.frame import run
from falsework.cli.group import GROUP, load


def main() -> NoReturn:
    """``falsework``."""
    sys.exit(run(GROUP, name="falsework"))


def _one(name: str) -> NoReturn:
    sys.exit(run(load(name), name=f"db-{name}"))


def db_plan() -> NoReturn:
    """``db-plan``."""
    _one("plan")


def db_check() -> NoReturn:
    """``db-check``."""
    _one("check")


def db_expand() -> NoReturn:
    """``db-expand``."""
    _one("expand")


def db_migrate() -> NoReturn:
    """``db-migrate``."""
    _one("migrate")


def db_contract() -> NoReturn:
    """``db-contract``."""
    _one("contract")


def db_sync() -> NoReturn:
    """``db-sync``."""
    _one("sync")


def db_abort() -> NoReturn:
    """``db-abort``."""
    _one("abort")


def db_grants() -> NoReturn:
    """``db-grants``."""
    _one("grants")


def db_status() -> NoReturn:
    """``db-status``."""
    _one("status")


def db_adopt() -> NoReturn:
    """``db-adopt``."""
    _one("adopt")


def db_calibrate() -> NoReturn:
    """``db-calibrate``."""
    _one("calibrate")


def db_reclaim() -> NoReturn:
    """``db-reclaim``."""
    _one("reclaim")
