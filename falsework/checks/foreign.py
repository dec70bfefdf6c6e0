"""Checks that users bring: by decorator, by entry point, and classes as oslo.upgradecheck has them.

A check is a function of a ``Situation`` that yields a ``Remark`` for each thing to know::

    @check(code="APP1", title="cells without a mapping", effect="...", remedy="...")
    def cells(situation):
        for name in situation.connection.scalars(text("SELECT ...")):
            yield Remark(name, "has no mapping")

It is found by the configuration (``checks = ["nova.checks"]``) or by an entry point of the group
``falsework.checks``. A class with ``_upgrade_checks``, pairs of a name and a function that returns
something with ``code`` (0, 1, 2) and ``details``, runs as it is:
https://docs.openstack.org/oslo.upgradecheck/latest/user/usage.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, partial
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from falsework.checks.check import Look, Standing
from falsework.checks.situation import Situation
from falsework.engines.imports import last_line, load, module
from falsework.errors import ConfigError
from falsework.model.plan import Phase
from falsework.model.remark import Remark

GROUP = "falsework.checks"
CLASSIC = "_upgrade_checks"
"""What a class of oslo.upgradecheck has."""


def check(
    *,
    code: str,
    title: str,
    effect: str,
    remedy: str,
    when: str = "before any phase",
    before: Iterable[str] = tuple(Phase),
) -> Callable[[Look], Standing]:
    """Make a check of a function.

    ``code``    what ``--only`` and ``--skip`` call it; falsework's own begin with FW
    ``before``  the phases before which it is made: expand, migrate, contract
    """

    def make(look: Look) -> Standing:
        return Standing(
            code=code,
            title=title,
            effect=effect,
            remedy=remedy,
            when=when,
            look=look,
            phases=frozenset(map(Phase, before)),
            own=False,
        )

    return make


def found(named: Sequence[str], taken: Collection[str]) -> tuple[Standing, ...]:
    """The checks that the configuration names, and those of entry points.

    ``taken``  codes that are falsework's. Importing code runs it.

    Raises ConfigError for what is no check, and a code that two have.
    """
    checks: list[Standing] = []
    for path in named:
        checks += checks_in(_loaded(path), path)
    for entry in sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
        try:
            thing = entry.load()
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything
            raise ConfigError(
                f"the entry point {entry.name} = {entry.value} cannot be loaded",
                why=last_line(error),
                do="mend or remove the package that has it",
            ) from None
        checks += checks_in(thing, entry.value)
    seen = set(taken)
    for one in checks:
        if one.code in seen:
            raise ConfigError(
                f"two checks have the code {one.code}",
                why="--only, --skip and waivers tell checks by their codes",
                do="give one of them another code",
            )
        seen.add(one.code)
    return tuple(checks)


def _loaded(path: str) -> object:
    what = "a check"
    return load(path, what) if ":" in path else module(path, what)


def checks_in(thing: object, path: str) -> Sequence[Standing]:
    """The checks in a module, a list, a class, or the one that it is; ``path`` names it.

    Raises ConfigError where there is none.
    """
    if isinstance(thing, Standing):
        return (thing,)
    if hasattr(thing, CLASSIC):
        return tuple(_classic(thing))
    parts: Iterable[object] = ()
    if isinstance(thing, ModuleType):
        own = [v for v in vars(thing).values() if getattr(v, "__module__", "") == thing.__name__]
        parts = [
            *(v for v in vars(thing).values() if isinstance(v, Standing)),
            *(v for v in own if isinstance(v, type) and hasattr(v, CLASSIC)),
        ]
    elif isinstance(thing, list | tuple):
        parts = thing
    checks = [one for part in parts for one in checks_in(part, path)]
    if not checks:
        raise ConfigError(
            f"{path}: there is no check in it",
            why=f"it is a {type(thing).__name__}, and no part of it is a check",
            do="make one with @falsework.checks.check(code=..., title=...), or name a class with "
            f"{CLASSIC}",
        )
    return checks


def _classic(thing: Any) -> Iterator[Standing]:  # noqa: ANN401 - anybody's class
    """A check for each pair of the class, by the pair's name; all share one instance."""
    made = cache(thing if isinstance(thing, type) else lambda: thing)
    for name, function in getattr(thing, CLASSIC):
        call, options = function if isinstance(function, tuple) else (function, {})
        yield Standing(
            code=str(name),
            title=str(name),
            effect="",
            remedy="",
            when="before any phase",
            look=partial(_look, made, partial(call, **options)),
            own=False,
        )


def _look(made: Callable[[], Any], call: Callable[[Any], Any], _: Situation) -> Iterator[Remark]:
    """Its result as a remark: 1 is a warning, 2 and more a failure."""
    told = call(made())
    if told.code:
        yield Remark("", str(told.details or "no details"), stops=int(told.code) > 1)
