"""The pages under ``docs`` say what is: made from the product, or held against it."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine

from falsework import errors
from falsework.checks import CHECKS
from falsework.cli.group import NAMES, load
from falsework.config import SETTINGS, Config
from falsework.expand_contract.changes import CHANGES
from falsework.migrate import adopt, run
from falsework.migrate.tables import tables
from falsework.model.plan import Hazard, Phase, Plan
from falsework.session import open_session
from tests.docs import checks, commands
from tests.docs.words import KEYS
from tests.servers.run import ROOT

DOCS = ROOT / "docs"
MODELS = DOCS / "models.md"
BLOCK = r"```python\n# release {}\n(.*?)```"
EXAMPLE = re.compile(rf"{BLOCK.format('A')}\s*{BLOCK.format('B')}", re.DOTALL)
STEPS = re.compile(r"```text\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
EXAMPLES = [match.groups() for match in EXAMPLE.finditer(MODELS.read_text())]


def test_commands_page(golden: Callable[[Path, str], None]) -> None:
    """The page is what the commands, settings and errors say today."""
    golden(commands.PATH, commands.page())


def test_checks_page(golden: Callable[[Path, str], None]) -> None:
    """The page is what the checks say of themselves."""
    golden(checks.PATH, checks.page())


def test_commands_page_is_whole() -> None:
    """Every command, option, exit code, setting and check is on it."""
    text = commands.PATH.read_text()
    wanted = [f"## {name}\n" for name in NAMES]
    wanted += [f"`{o}" for name in NAMES for p in load(name).params for o in p.opts]
    wanted += [
        f"| **{code}** |"
        for code in json.loads(commands.SURFACE.read_text())["exit_codes"]
        if code.isdigit()
    ]
    wanted += [f"`{s.name}`" for s in SETTINGS] + [f"`{s.variable}`" for s in SETTINGS]
    wanted += [f"`{check.code}`" for check in CHECKS]
    assert [w for w in wanted if w not in text] == []


def test_every_key_has_a_meaning() -> None:
    """No JSON key is without its words, and no words are left over."""
    found = json.loads(commands.SURFACE.read_text())["json"].values()
    assert {key for keys in found for key in keys} == set(KEYS)


def test_changes_page_names_every_kind() -> None:
    """A heading for each class of ``CHANGES``, in their order."""
    text = (DOCS / "changes.md").read_text()
    headings = re.findall(r"^## .*\(`(\w+)`\)$", text, re.MULTILINE)
    assert headings == [getattr(kind, "__name__", "") for kind in CHANGES]


def test_operating_page_is_whole() -> None:
    """Every error that a run ends with, every hazard and every table of the journal is on it."""
    text = (DOCS / "operating.md").read_text()
    wanted = [
        kind.__name__
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.NotNow | errors.NeedsHuman)
    ]
    wanted = [name for name in wanted if name not in {"NotNow", "NeedsHuman"}]
    wanted += [str(hazard) for hazard in Hazard]
    wanted += [table.name for table in tables("main").in_order]
    assert [word for word in wanted if f"`{word}`" not in text] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file names one that is there."""
    targets = [t for t in LINK.findall(page.read_text()) if "://" not in t]
    assert [t for t in targets if not (page.parent / t).exists()] == []


@pytest.mark.parametrize(("a", "b"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_of_models_works(a: str, b: str, tmp_path: Path) -> None:
    """Its upgrade is planned without refusals, runs, and leaves nothing to do."""
    plan = upgraded(a, b, tmp_path)
    assert (plan.refusals, plan.proof.broken) == ((), ())


def test_steps_of_models_page(golden: Callable[[Path, str], None], tmp_path: Path) -> None:
    """The steps below each example are those of its plan."""
    assert EXAMPLES
    text = MODELS.read_text()
    plans = [list(listed(planned(a, b, tmp_path / str(n)))) for n, (a, b) in enumerate(EXAMPLES)]
    left = iter(plans)
    golden(MODELS, STEPS.sub(lambda _: "```text\n" + "\n".join(next(left)) + "\n```", text))
    assert next(left, None) is None


def listed(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        yield f"{step.phase:<8}  {step.title}"


def models(source: str) -> MetaData:
    names: dict[str, object] = {}
    exec(compile(source, "docs/models.md", "exec"), names)  # noqa: S102 - our own page
    found = names["metadata"]
    assert isinstance(found, MetaData)
    return found


def planned(a: str, b: str, folder: Path) -> Plan:
    """The plan on a file at release A, which release A owns."""
    folder.mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'example.db'}"
    engine = create_engine(url)
    models(a).create_all(engine)
    engine.dispose()
    session = open_session(Config(url=url))
    adopt(session.target, session.live(), "A")
    session = open_session(Config(url=url))
    return session.plan(session.present((models(b),)))


def upgraded(a: str, b: str, folder: Path) -> Plan:
    plan = planned(a, b, folder)
    session = open_session(Config(url=f"sqlite:///{folder / 'example.db'}"))
    for phase in Phase:
        run(session.target, plan if phase is Phase.EXPAND else None, phase)
    again = session.plan(session.present((models(b),)))
    assert not again.steps
    return plan
