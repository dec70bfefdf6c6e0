"""The runner with one thing left out: each of these must make a crash test fail.

A mutation is made in a forked child of the test run: the module's source is changed as it is
imported anew, and everything that uses it is imported anew as well.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from tests.servers import Server

if TYPE_CHECKING:
    from tests.generator.crash import Point, Whole

RUNNER = "falsework.migrate"
USERS = frozenset(
    f"tests.generator.{name}" for name in ("database", "crash", "history", "runners", "at_work")
)


@dataclass(frozen=True)
class Edit:
    """In a function ``old`` becomes ``new``, both as ``ast.unparse`` writes them.

    Where there is no ``new``, the whole statement with ``old`` in it goes.
    """

    module: str
    function: str
    old: str
    new: str | None = None


class Mutation:
    """A runner that is not right.

    ``how``     which test is to see it: "kill", "frozen", "torn" or "outlived"
    ``where``   the points at which it is tried, by words that their names hold; all where none
    ``online``  whether the plan has forms that no transaction holds, where there are any
    """

    def __init__(
        self,
        title: str,
        *edits: Edit,
        how: str = "kill",
        where: Sequence[str] = (),
        online: bool = False,
        engine: str = "sqlite",
    ) -> None:
        self.title, self.edits, self.engine = title, edits, engine
        self.how, self.where, self.online = how, where, online

    def __str__(self) -> str:
        return self.title


class Stale(Exception):
    """The source is not what the mutation was made for."""


def hunt(server: Server, mutation: Mutation) -> str:
    """What the crash tests say of the mutated runner; "" where they see nothing wrong."""
    _forget()
    sys.meta_path.insert(0, _Finder(mutation))
    try:
        return _tried(server, mutation)
    except Stale:
        raise
    except Exception as error:  # noqa: BLE001 - a mutant may fail in any way
        lines = str(error).strip().splitlines()
        return f"{type(error).__name__}: {lines[-1] if lines else ''}"


def _forget() -> None:
    """Have the runner, and what uses it, imported anew; a package keeps its modules, too."""
    for name in [n for n in sys.modules if n.startswith(RUNNER) or n in USERS]:
        del sys.modules[name]
        package, _, module = name.rpartition(".")
        if package in sys.modules:
            vars(sys.modules[package]).pop(module, None)


def _tried(server: Server, mutation: Mutation) -> str:
    runners = import_module("tests.generator.runners")
    with runners.upgraded(server, online=mutation.online) as run:
        if told := runners.wrong_at_once(run):
            return f"uninterrupted: {told[0]}"
        attack = _attacks(runners)[mutation.how]
        points = [p for p in run.points if all(word in str(p) for word in mutation.where)]
        for point in points:
            if mutation.how in ("torn", "outlived") and not runners.builds(point):
                continue
            if mutation.how == "frozen" and not runners.free(run, point):
                continue
            if told := attack(run, point):
                return f"{mutation.how} at {point}: {told[0]}"
    return ""


def _attacks(runners: ModuleType) -> dict[str, Callable[[Whole, Point], list[str]]]:
    return {
        "kill": import_module("tests.generator.crash").killed,
        "frozen": runners.replaced,
        "torn": runners.torn,
        "outlived": runners.outlived,
    }


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutation: Mutation) -> None:
        self._mutation = mutation

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        edits = [e for e in self._mutation.edits if fullname == f"{RUNNER}.{e.module}"]
        if not edits:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return None
        spec.loader = _Loader(fullname, spec.origin, edits)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, edits: list[Edit]) -> None:
        super().__init__(fullname, path)
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        module = ast.parse(self.get_data(self.path))
        for edit in self._edits:
            change(module, edit)
        return compile(module, self.path, "exec")


def change(module: ast.Module, edit: Edit) -> None:
    """Make the edit. Raises Stale where the code is not there, or there twice."""
    found = _function(module, edit.function.split("."))
    text = "\n".join(map(ast.unparse, found.body))
    if text.count(edit.old) != 1:
        raise Stale(f"{edit.old!r} is not once in {edit.module}.{edit.function}: {text}")
    found.body = ast.parse("\n".join(_changed(line, edit) for line in text.split("\n"))).body


def _changed(line: str, edit: Edit) -> str:
    if edit.new is not None or edit.old not in line:
        return line.replace(edit.old, edit.new or "")
    return line[: len(line) - len(line.lstrip())] + "pass"


def _function(scope: ast.Module | ast.ClassDef, path: list[str]) -> ast.FunctionDef:
    for node in scope.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == path[0]:
            return node if isinstance(node, ast.FunctionDef) else _function(node, path[1:])
    raise Stale(f"there is no {'.'.join(path)}")
