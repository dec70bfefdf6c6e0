"""Each rule can fail, and lets pass what it should."""

from typing import NamedTuple

import pytest

from tests.lint import rules
from tests.lint.rules import RULES, Module, Rule


class Example(NamedTuple):
    """A module, and on which lines ``rule`` finds something wrong."""

    rule: Rule
    text: str
    wrong: tuple[int, ...] = ()
    path: str = "falsework/migrate/executor.py"


EXAMPLES = [
    Example(rules.no_vendor_names, 'if engine == "mysql":\n    pass', (1,)),
    Example(rules.no_vendor_names, "if server.is_mariadb:\n    pass", (1,)),
    Example(rules.no_vendor_names, "class PostgreSQLPlanner:\n    pass", (1,)),
    Example(rules.no_vendor_names, "\nimport psycopg2", (2,)),
    Example(rules.no_vendor_names, "from falsework.engines.sqlite import ENGINE", (1,)),
    Example(rules.no_vendor_names, "from falsework.engines import db2 as engine", (1,)),
    Example(rules.no_vendor_names, 'f"{x} FROM pg_catalog.pg_class"', (1,)),
    Example(rules.no_vendor_names, "run(sqlite=True)\ndef f(mysql):\n    pass", (1, 2)),
    Example(rules.no_vendor_names, '"""As MySQL does."""\nx = 1  # or SQLite\n"""Db2, too."""'),
    Example(rules.no_vendor_names, 'E = "mysql"', (), "falsework/engines/mysql.py"),
    Example(rules.no_vendor_names, 'h = "a URL: mysql://host/db"', (), "falsework/cli/plan.py"),
    Example(rules.no_vendor_names, 'if e == "mysql": pass', (1,), "falsework/cli/plan.py"),
    Example(rules.no_pasted_sql, 'f"SELECT * FROM {table}"', (1,)),
    Example(rules.no_pasted_sql, 'f"""\n  ALTER TABLE {t}"""', (1,)),
    Example(rules.no_pasted_sql, '"DROP TABLE " + table', (1,)),
    Example(rules.no_pasted_sql, '"DELETE FROM %s" % table', (1,)),
    Example(rules.no_pasted_sql, '"UPDATE {} SET x".format(table)', (1,)),
    Example(rules.no_pasted_sql, 'text("SELECT 1")'),
    Example(rules.no_pasted_sql, 'f"SELECT 1"'),
    Example(rules.no_pasted_sql, 'f"{count} rows of {table}: Select them"'),
    Example(rules.no_pasted_sql, 'f"DROP TABLE {t}"', (), "falsework/engines/sqlite.py"),
    Example(rules.short, "x = 1\n" * 401, (401,)),
    Example(rules.short, "x = 1\n" * 400),
    Example(rules.explained, "x = 1", (1,)),
    Example(rules.explained, "", (1,)),
    Example(rules.explained, '"""Says what it is for."""'),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.rule.__name__}-{e.text[:24]!r}")
def test_example(example: Example) -> None:
    """A rule finds what it is there to find, on its line, and nothing else."""
    found = list(example.rule(Module(example.path, example.text)))
    assert tuple(wrong.line for wrong in found) == example.wrong


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_has_examples(rule: Rule) -> None:
    """A rule that cannot fail is none, nor is one that nothing passes."""
    outcomes = {bool(example.wrong) for example in EXAMPLES if example.rule is rule}
    assert outcomes == {True, False}
