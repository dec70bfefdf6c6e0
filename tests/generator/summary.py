"""Say at the end of a test run how many crash points it covered, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

COVERED, MET, TWICE = "crash points covered", "crash points met", "crash points killed twice"
SCENARIOS = "scenarios there are"
ROTATION = "crash rotation"
CAUGHT = "mutation caught"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a server, with the number that makes the same choice again."""
    count: Counter[tuple[str, str]] = Counter()
    scenarios: Counter[str] = Counter()
    there_are: dict[str, object] = {}
    rotation, caught = None, list[str]()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            found = dict(report.user_properties)
            rotation = found.get(ROTATION, rotation)
            server = str(found.get("server", ""))
            scenarios[server] += COVERED in found
            there_are[server] = found.get(SCENARIOS, there_are.get(server))
            for name in (COVERED, MET, TWICE):
                count[server, name] += int(str(found.get(name, 0)))
            caught += [str(found[CAUGHT])] if CAUGHT in found else []
    if rotation is not None and scenarios.total():
        _points(terminalreporter, count, scenarios, there_are, rotation)
    if caught and terminalreporter.config.getoption("verbose") > 0:
        terminalreporter.section("what left-out parts of the runner are caught by")
        for line in sorted(caught):
            terminalreporter.write_line(line[:200])


def _points(
    terminalreporter: pytest.TerminalReporter,
    count: Counter[tuple[str, str]],
    scenarios: Counter[str],
    there_are: Mapping[str, object],
    rotation: object,
) -> None:
    terminalreporter.section("kill -9")
    for server in sorted(s for s in scenarios if scenarios[s]):
        terminalreporter.write_line(
            f"{server}: {count[server, COVERED]} of {count[server, MET]} crash points in "
            f"{scenarios[server]} of {there_are[server]} scenarios, "
            f"{count[server, TWICE]} of them killed twice in a row"
        )
    terminalreporter.write_line(
        f"FALSEWORK_TEST_ROTATION={rotation} covers the same ones again; --full covers all"
    )
