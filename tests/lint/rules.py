"""What ruff cannot know about this project: rules over the syntax tree of one module.

A rule takes a module and yields what is wrong in it. Add one: a function here, its name in RULES,
and a bad and a good snippet in ``test_rules.py`` (a test misses them otherwise).
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

LINES = 400

# A part of a word counts too: is_mysql, PostgreSQLPlanner, pg_catalog.
VENDOR = re.compile(r"postgres|psycopg|mysql|mariadb|sqlite|db2\b|ibm_db|\bpg_", re.IGNORECASE)

VERB = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|CREATE|ALTER|DROP|RENAME|TRUNCATE|COMMENT|GRANT"
    r"|REVOKE|LOCK|SET|SHOW|KILL|CALL|PRAGMA|VACUUM|ANALYZE|REINDEX|EXPLAIN|BEGIN|COMMIT)\b"
)

# Where vendor names may stand, and why. A folder ends in "/".
VENDORS_MAY_BE_NAMED = {
    "falsework/engines/": "the one place that branches on vendors",
    "falsework/demo/": "brings a throw-away database of its own, so it has to choose a vendor",
}
# Where names may stand in prose (a text with a blank in it), but not in code.
VENDORS_MAY_BE_TOLD = {
    "falsework/cli/": "help shows the URLs and names that an operator types",
    "falsework/declare.py": "errors show what a developer types in {engine: SQL}",
}
SQL_MAY_BE_SPELLED = {
    "falsework/engines/": "the spelling of each engine",
    "falsework/expand_contract/questions.py": "counts, the same on each engine, of spelled names",
}


@dataclass(frozen=True)
class Module:
    """A module's text, and its path from the root of the project: "falsework/errors.py"."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def within(self, places: dict[str, str]) -> bool:
        return any(
            self.path.startswith(place) if place.endswith("/") else self.path == place
            for place in places
        )


@dataclass(frozen=True)
class Wrong:
    """One thing to mend."""

    line: int
    what: str


Rule = Callable[[Module], Iterator[Wrong]]


def no_vendor_names(module: Module) -> Iterator[Wrong]:
    """Only engines know vendors: anything else asks facts, spelling and type moves."""
    if module.within(VENDORS_MAY_BE_NAMED):
        return
    prose = docstrings(module.tree)
    told = module.within(VENDORS_MAY_BE_TOLD)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = [] if node in prose or (told and " " in node.value) else [node.value]
        else:
            words = names(node)
        for word in words:
            if VENDOR.search(word):
                yield Wrong(getattr(node, "lineno", 1), f"names a vendor: {word!r}")


def no_pasted_sql(module: Module) -> Iterator[Wrong]:
    """SQL is put together by the engines' spelling alone, which quotes what it is given."""
    if module.within(SQL_MAY_BE_SPELLED):
        return
    for node in ast.walk(module.tree):
        start = pasted(node)
        if start is not None and VERB.match(start):
            yield Wrong(getattr(node, "lineno", 1), f"puts SQL together: {start[:40]!r}")


def short(module: Module) -> Iterator[Wrong]:
    """A module that needs more lines knows more than one thing."""
    count = len(module.text.splitlines())
    if count > LINES:
        yield Wrong(count, f"has {count} lines, {LINES} are the limit: split it by what it knows")


def explained(module: Module) -> Iterator[Wrong]:
    """A module says in its first line what it is for."""
    if not (ast.get_docstring(module.tree) or "").strip():
        yield Wrong(1, f"{PurePosixPath(module.path).name} has no docstring")


RULES: tuple[Rule, ...] = (no_vendor_names, no_pasted_sql, short, explained)


def docstrings(tree: ast.Module) -> set[ast.AST]:
    """The constants that explain: of modules, classes, functions, and below attributes."""
    return {
        statement.value
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }


def names(node: ast.AST) -> list[str]:
    """The identifiers that this node itself writes down."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.keyword(arg=str(name)):
            return [name]
        case ast.alias(name=name, asname=other):
            return [name, other or ""]
        case ast.ImportFrom(module=str(name)):
            return [name]
    return []


def pasted(node: ast.AST) -> str | None:
    """The constant beginning of a text that the node puts together; None if it does not."""
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if any(
            isinstance(part, ast.FormattedValue) for part in node.values
        ):
            return start
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=ast.Constant(value=str(start))):
            return start
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(start)), attr="format")):
            return start
    return None
