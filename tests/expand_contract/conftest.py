"""Says at the end of a test run how much of the law was held against servers."""

from collections import Counter

import pytest

from tests.expand_contract.law import COUNTED, LAW


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    total: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            total.update(dict(getattr(report, "user_properties", ())).get(LAW, {}))
    if total:
        numbers = ", ".join(f"{total[name]} {text}" for name, text in COUNTED.items())
        terminalreporter.write_line(f"law: {numbers}")
