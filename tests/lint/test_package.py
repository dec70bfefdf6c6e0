"""Every module of the package keeps every rule of ``rules.py``."""

import pytest

from tests.lint.rules import RULES, Module, Rule
from tests.servers.run import ROOT

MODULES = [
    Module(path.relative_to(ROOT).as_posix(), path.read_text())
    for path in sorted((ROOT / "falsework").rglob("*.py"))
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_module_keeps_rule(rule: Rule, module: Module) -> None:
    """Nothing is wrong; what is would be listed with its line."""
    wrong = [f"{module.path}:{found.line}: {found.what}" for found in rule(module)]
    assert not wrong, "\n".join([rule.__doc__ or "", *wrong])
