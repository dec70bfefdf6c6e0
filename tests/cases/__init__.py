"""Scenarios, one folder each: what changes from release A to release B, and how that goes.

A folder holds ``case.py``, whose docstring is the title and whose ``CASE`` is the scenario, and
``plan.<engine>.txt``, the plan that an operator would read; ``make golden`` writes these anew.

Many tests run over all of them: the law (``tests/expand_contract``), the plans, crashes at every
point. To add one, add a folder: whatever tests scenarios finds it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.cases.model import Case

FOLDER = Path(__file__).parent


@cache
def all_cases() -> tuple[Case, ...]:
    """Every scenario, by name."""
    return tuple(_load(folder) for folder in folders())


def folders() -> tuple[Path, ...]:
    """The folder of every scenario, by name."""
    return tuple(sorted(path.parent for path in FOLDER.glob("*/case.py")))


def case(name: str) -> Case:
    """The scenario in the folder of that name."""
    return next(c for c in all_cases() if c.name == name)


def _load(folder: Path) -> Case:
    module = import_module(f"{__name__}.{folder.name}.case")
    found: Case = module.CASE
    return replace(found, name=folder.name, title=(module.__doc__ or "").strip())
